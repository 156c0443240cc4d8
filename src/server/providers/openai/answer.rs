//! An answer while it streams: events in, what they mean out, until its end.

use super::{
    failure::{Failure, silence},
    transport::{Transport, media_type},
    wire::shorten,
};
use crate::server::providers::{ChatEvent, ChatStream, GeneratedFile, ProviderError};
use async_openai::error::OpenAIError;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use reqwest::Method;
use serde::de::DeserializeOwned;
use std::time::{Duration, Instant};
use tokio_util::bytes::BytesMut;

/// The biggest file of a model's making that is fetched.
const MAX_FETCHED_BYTES: usize = 64 * 1024 * 1024;

/// What an event of the wire means.
pub(super) enum Step {
    /// It is known at once.
    Event(ChatEvent),
    /// A file is to be fetched from the provider.
    Fetch {
        /// Below the interface's base.
        path: String,
        /// What it is called.
        name: String,
    },
}

impl From<ChatEvent> for Step {
    fn from(event: ChatEvent) -> Self {
        Self::Event(event)
    }
}

/// What is known of an answer while its events come.
pub(super) trait Answer: Send + 'static {
    /// An event of the wire.
    type Event: DeserializeOwned + Send + 'static;

    /// Takes the next event.
    fn take(&mut self, event: Self::Event) -> Result<Vec<Step>, ProviderError>;

    /// The stream ended: well, if the answer was whole.
    fn end(&mut self) -> Result<Vec<Step>, ProviderError>;

    /// Whether nothing more comes.
    fn is_over(&self) -> bool;
}

/// The events of one answer of a model.
pub(super) fn follow<A: Answer>(
    transport: Transport,
    events: impl Stream<Item = Result<A::Event, OpenAIError>> + Send + Unpin + 'static,
    answer: A,
) -> ChatStream {
    let endpoint = transport.endpoint().clone();
    let steps = stream::try_unfold((events, answer), move |(mut events, mut answer)| {
        let transport = transport.clone();
        async move {
            if answer.is_over() {
                return Ok::<_, ProviderError>(None);
            }
            let steps = next(&transport, &mut events, &mut answer).await?;
            let mut known = Vec::with_capacity(steps.len());
            for step in steps {
                match step {
                    Step::Event(event) => known.push(Ok(event)),
                    Step::Fetch { path, name } => {
                        known.extend(fetch(&transport, &path, name).await.map(Ok));
                    }
                }
            }
            Ok(Some((stream::iter(known), (events, answer))))
        }
    });
    // A server's own words in the middle of an answer may repeat the key as well.
    steps
        .try_flatten()
        .map_err(move |error: ProviderError| ProviderError {
            message: endpoint.without_key(&error.message),
            ..error
        })
        .boxed()
}

async fn next<A: Answer>(
    transport: &Transport,
    events: &mut (impl Stream<Item = Result<A::Event, OpenAIError>> + Unpin),
    answer: &mut A,
) -> Result<Vec<Step>, ProviderError> {
    let idle_timeout = transport.endpoint().idle_timeout;
    let waiting = Instant::now();
    match events.next().await {
        Some(Ok(event)) => answer.take(event),
        // The library tells that reading failed, not why. What fails just when the time limit is due is silence; the limit
        // counts from the last byte, which came a little before we began to wait.
        Some(Err(OpenAIError::StreamError(_)))
            if waiting.elapsed() >= idle_timeout.mul_f32(0.9) =>
        {
            Err(silence(idle_timeout))
        }
        Some(Err(error)) => Err(Failure::of(error, idle_timeout).into()),
        None => answer.end(),
    }
}

/// A file of the model's making. An answer is worth having without it, so failing is only logged.
async fn fetch(transport: &Transport, path: &str, name: String) -> Option<ChatEvent> {
    const PATIENCE: Duration = Duration::from_secs(60);
    let fetched = async {
        let request = transport.request(Method::GET, "", path);
        let response = transport.send(request, PATIENCE).await?;
        let media_type = media_type(&response).to_owned();
        let mut pieces = transport.download(response);
        let mut bytes = BytesMut::new();
        while let Some(piece) = pieces.try_next().await? {
            if bytes.len() + piece.len() > MAX_FETCHED_BYTES {
                tracing::warn!("a file of a model's making is too big to be kept");
                return Ok(None);
            }
            bytes.extend_from_slice(&piece);
        }
        Ok::<_, ProviderError>(Some((media_type, bytes.freeze())))
    };
    match fetched.await {
        Ok(Some((media_type, bytes))) => Some(ChatEvent::File(GeneratedFile {
            name,
            media_type,
            bytes,
        })),
        Ok(None) => None,
        Err(error) => {
            tracing::warn!(error = %shorten(&error.message), "a file of a model's making could not be fetched");
            None
        }
    }
}
