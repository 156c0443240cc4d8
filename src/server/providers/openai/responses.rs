//! Responses: OpenAI's newer chat interface, with conversations kept there, files by reference, summaries of thoughts.

mod event;
mod item;
mod output;
mod request;

use super::{
    OpenaiClient, answer::follow, conversations::Held, failure::Failure, gone::told_apart,
    lacking::Part, transport::EVENT_STREAM,
};
use crate::server::providers::{ChatRequest, ChatStream};
use async_openai::traits::RequestOptionsBuilder;
pub(super) use item::Item;
use output::Output;
use request::ResponseRequest;
use reqwest::{StatusCode, header::ACCEPT};
use serde_json::Value;

impl OpenaiClient {
    /// Asks by Responses.
    pub(super) async fn respond(&self, request: &ChatRequest) -> Result<ChatStream, Failure> {
        let held = self.hold(request).await?;
        let answer = self.respond_in(request, held.as_ref()).await;
        if let (Err(_), Some(held)) = (&answer, held)
            && held.is_new
        {
            // Nobody will ever ask in it.
            self.forget(held.id);
        }
        answer
    }

    async fn respond_in(
        &self,
        request: &ChatRequest,
        held: Option<&Held>,
    ) -> Result<ChatStream, Failure> {
        let has_summaries = !self.lacking.has(Part::Summaries);
        let mut answer = self.post_response(request, held, has_summaries).await;
        if has_summaries && answer.as_ref().is_err_and(refuses_summaries) {
            self.lacking.note(Part::Summaries);
            answer = self.post_response(request, held, false).await;
        }
        answer.map_err(|failure| told_apart(failure, request, held))
    }

    async fn post_response(
        &self,
        request: &ChatRequest,
        held: Option<&Held>,
        has_summaries: bool,
    ) -> Result<ChatStream, Failure> {
        let body = ResponseRequest::of(request, held, has_summaries)?;
        let api = self.transport.api(&request.model);
        let events = api
            .responses()
            .header(ACCEPT, EVENT_STREAM)
            .map_err(|error| self.failure(error))?
            .create_stream_byot::<_, Value>(body)
            .await
            .map_err(|error| self.failure(error))?;
        let thread = held.map(|held| held.id.clone());
        Ok(follow(self.transport.clone(), events, Output::new(thread)))
    }
}

/// OpenAI gives summaries of thoughts to organisations only that have proved who they are.
fn refuses_summaries(failure: &Failure) -> bool {
    failure
        .refusal(&[StatusCode::BAD_REQUEST, StatusCode::FORBIDDEN])
        .is_some_and(|refusal| {
            refusal
                .param
                .as_deref()
                .is_some_and(|param| param.starts_with("reasoning.summary"))
                || refusal.mentions(&["reasoning summar", "reasoning.summary"])
        })
}
