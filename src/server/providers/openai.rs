//! Any OpenAI-compatible server, by streamed chat completions.
//!
//! What we send is as the reference documents it; what we read is read leniently, because compatible servers differ.

mod transport;
mod wire;

use super::{ChatEvent, ChatProvider, ChatRequest, ChatStream, ProviderError, ProviderErrorKind};
use crate::{model::chat::FinishReason, server::config::OpenaiConfig};
use async_openai::{Client, config::OpenAIConfig as ApiConfig, error::OpenAIError};
use async_trait::async_trait;
use futures::{StreamExt, stream};
use std::time::{Duration, Instant};
use transport::Transport;
use wire::{Chunk, CompletionRequest, ModelList};

/// Chat with one server.
pub struct OpenaiChat {
    client: Client<ApiConfig>,
    idle_timeout: Duration,
}

impl OpenaiChat {
    /// A client of the configured server; connects on first use.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn new(config: &OpenaiConfig) -> Result<Self, reqwest::Error> {
        let api = ApiConfig::new()
            .with_api_base(&config.base_url)
            .with_api_key(config.api_key());
        Ok(Self {
            client: Client::with_config(api).with_http_service(Transport::new(config)?),
            idle_timeout: config.idle_timeout,
        })
    }

    /// The ids of the models that the server says it has.
    ///
    /// # Errors
    /// When it does not answer, or not with a list.
    pub async fn list_models(&self) -> Result<Vec<String>, ProviderError> {
        let list: ModelList = self
            .client
            .models()
            .list_byot()
            .await
            .map_err(|error| self.explain(error))?;
        Ok(list.data.into_iter().map(|model| model.id).collect())
    }

    fn explain(&self, error: OpenAIError) -> ProviderError {
        transport::explain(error, self.idle_timeout)
    }
}

#[async_trait]
impl ChatProvider for OpenaiChat {
    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        let body = CompletionRequest::from(&request);
        let chunks = self
            .client
            .chat()
            .create_stream_byot::<_, Chunk>(body)
            .await
            .map_err(|error| self.explain(error))?;
        let idle_timeout = self.idle_timeout;
        let state = (chunks, Answer::default());
        let events = stream::try_unfold(state, move |(mut chunks, mut answer)| async move {
            if answer.is_over {
                return Ok(None);
            }
            let waiting = Instant::now();
            let events = match chunks.next().await {
                Some(Ok(chunk)) => answer.take(chunk)?,
                // The library tells that reading failed, not why. What fails just when the time limit is due is silence;
                // the limit counts from the last byte, which came a little before we began to wait.
                Some(Err(OpenAIError::StreamError(_)))
                    if waiting.elapsed() >= idle_timeout.mul_f32(0.9) =>
                {
                    return Err(transport::silence(idle_timeout));
                }
                Some(Err(error)) => return Err(transport::explain(error, idle_timeout)),
                None => answer.end()?,
            };
            Ok(Some((
                stream::iter(events.into_iter().map(Ok)),
                (chunks, answer),
            )))
        });
        Ok(futures::TryStreamExt::try_flatten(events).boxed())
    }
}

/// What is known of an answer while its chunks come.
#[derive(Default)]
struct Answer {
    has_started: bool,
    reason: Option<FinishReason>,
    usage: Option<crate::model::chat::Usage>,
    is_over: bool,
}

impl Answer {
    fn take(&mut self, chunk: Chunk) -> Result<Vec<ChatEvent>, ProviderError> {
        if let Some(error) = chunk.error {
            return Err(ProviderError::new(
                ProviderErrorKind::Unavailable,
                format!("The service broke off its answer: {}", error.sentence()),
            ));
        }
        let mut events = Vec::new();
        if !self.has_started {
            self.has_started = true;
            events.push(ChatEvent::Started);
        }
        if let Some(usage) = chunk.usage {
            self.usage = Some(usage.into());
        }
        if let Some(choice) = chunk.choices.into_iter().next() {
            if let Some(text) = choice.delta.text() {
                events.push(ChatEvent::Text(text));
            }
            if let Some(reason) = choice.finish_reason {
                self.reason = Some(wire::finish_reason(&reason));
            }
        }
        Ok(events)
    }

    /// The stream ended: well, if a reason was given.
    fn end(&mut self) -> Result<Vec<ChatEvent>, ProviderError> {
        self.is_over = true;
        match self.reason {
            Some(reason) => Ok(vec![ChatEvent::Finished {
                reason,
                usage: self.usage,
            }]),
            None => Err(ProviderError::new(
                ProviderErrorKind::Disconnected,
                "The service closed the connection before its answer was complete.",
            )),
        }
    }
}
