//! Responses: OpenAI's newer chat interface, with conversations kept there, files by reference, summaries of thoughts.

mod event;
mod item;
mod output;
mod request;

use super::{
    OpenaiClient,
    answer::follow,
    content::remote_ids,
    failure::{Failure, Refusal},
    lacking::Part,
    transport::EVENT_STREAM,
};
use crate::server::providers::{ChatRequest, ChatStream, ProviderError, ProviderErrorKind};
use async_openai::traits::RequestOptionsBuilder;
pub(super) use item::Item;
use output::Output;
use request::ResponseRequest;
use reqwest::{StatusCode, header::ACCEPT};
use serde_json::Value;

/// The statuses by which servers say that something is not there.
const GONE: [StatusCode; 3] = [
    StatusCode::BAD_REQUEST,
    StatusCode::NOT_FOUND,
    StatusCode::GONE,
];

/// The provider's own conversation, as it is used for one question.
pub(super) struct Held {
    /// Its id there.
    pub(super) id: String,
    /// How many of the request's messages it holds, instructions not counted.
    pub(super) holds: usize,
    /// Whether it was made for this question.
    pub(super) is_new: bool,
}

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

/// A refusal because a file or the conversation is gone, told apart from all others.
pub(super) fn told_apart(failure: Failure, request: &ChatRequest, held: Option<&Held>) -> Failure {
    let Some(refusal) = failure.refusal(&GONE) else {
        return failure;
    };
    let is_lost = |refusal: &Refusal| {
        refusal.status != StatusCode::BAD_REQUEST
            || refusal.mentions(&[
                "not found",
                "not find",
                "no such",
                "no file",
                "not exist",
                "n't exist",
                "expired",
                "deleted",
                "no longer",
                "not accessible",
            ])
    };
    if !is_lost(refusal) {
        return failure;
    }
    let named = remote_ids(request).find(|id| refusal.repeats(id));
    let speaks_of_files = refusal.mentions(&["file"]);
    if named.is_some()
        || (speaks_of_files && held.is_none() && remote_ids(request).next().is_some())
    {
        let id = named.map(ToOwned::to_owned);
        let message = "The service does not have one of the files any more.";
        return ProviderError::gone(ProviderErrorKind::FileGone, id, message).into();
    }
    match held {
        // A file that an earlier question brought is gone from the conversation's own memory: only a replay helps.
        Some(held)
            if speaks_of_files
                || refusal.mentions(&["conversation"])
                || refusal.repeats(&held.id) =>
        {
            let message = "The service does not have this conversation any more.";
            ProviderError::gone(
                ProviderErrorKind::ThreadGone,
                Some(held.id.clone()),
                message,
            )
            .into()
        }
        _ => failure,
    }
}
