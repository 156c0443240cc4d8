//! Speech in both directions: `/audio/speech` and `/audio/transcriptions`.

use super::{
    OpenaiClient,
    failure::{Failure, disconnected, in_stream, protocol},
    multipart::{self, file_part},
    transport::{EVENT_STREAM, media_type},
    wire::shorten,
};
use crate::server::providers::{
    ProviderError, ProviderErrorKind,
    files::DownloadStream,
    speech::{Speech, SpeechProvider, SpeechRequest},
    transcription::{
        TranscriptionEvent, TranscriptionProvider, TranscriptionRequest, TranscriptionStream,
    },
};
use async_trait::async_trait;
use eventsource_stream::Eventsource;
use futures::{StreamExt, stream};
use reqwest::{Method, Response, multipart::Form};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// The body of `POST /audio/speech`.
#[derive(Serialize)]
struct SpeechBody<'a> {
    model: &'a str,
    input: &'a str,
    voice: &'a str,
    response_format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    speed: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<&'a str>,
}

#[derive(Deserialize)]
struct Transcription {
    text: String,
    #[serde(default)]
    usage: Value,
}

/// How long was listened, where a model is paid by the second.
fn heard_ms(usage: &Value) -> Option<u64> {
    let seconds = usage["seconds"].as_f64()?;
    Some(Duration::try_from_secs_f64(seconds).ok()?.as_millis() as u64)
}

#[async_trait]
impl SpeechProvider for OpenaiClient {
    async fn speak(&self, request: SpeechRequest) -> Result<Speech, ProviderError> {
        let body = SpeechBody {
            model: &request.model,
            input: &request.text,
            voice: &request.voice,
            response_format: request.format.as_str(),
            speed: request.speed.map(|speed| speed.clamp(0.25, 4.0)),
            instructions: request.instructions.as_deref(),
        };
        let post = self
            .transport
            .request(Method::POST, &request.model, "/audio/speech")
            .json(&body);
        let patience = self.transport.endpoint().idle_timeout;
        let response = self
            .transport
            .send(post, patience)
            .await
            .map_err(unsupported)?;
        let media_type = match media_type(&response) {
            said if said.starts_with("audio/") => said.to_owned(),
            "application/octet-stream" | "" => request.format.media_type().to_owned(),
            _ => return Err(protocol()),
        };
        Ok(Speech {
            media_type,
            bytes: self.transport.download(response),
        })
    }
}

#[async_trait]
impl TranscriptionProvider for OpenaiClient {
    async fn transcribe(
        &self,
        request: TranscriptionRequest,
    ) -> Result<TranscriptionStream, ProviderError> {
        let (part, progress) = file_part(
            &request.name,
            &request.media_type,
            request.size_bytes,
            request.audio,
        )?;
        let mut form = Form::new()
            .text("model", request.model.clone())
            .text("response_format", "json");
        if let Some(language) = request.language {
            form = form.text("language", language);
        }
        if let Some(prompt) = request.prompt {
            form = form.text("prompt", prompt);
        }
        if request.is_streamed {
            form = form.text("stream", "true");
        }
        let post = self
            .transport
            .request(Method::POST, &request.model, "/audio/transcriptions");
        let patience = self.transport.endpoint().idle_timeout;
        let form = form.part("file", part);
        let response = multipart::send(&self.transport, post, form, progress, patience)
            .await
            .map_err(unsupported)?;
        self.transcription(response).await
    }
}

impl OpenaiClient {
    /// Some models stream however they are asked, some do not however they are asked.
    async fn transcription(
        &self,
        response: Response,
    ) -> Result<TranscriptionStream, ProviderError> {
        if media_type(&response) == EVENT_STREAM {
            return Ok(events(self.transport.download(response)));
        }
        let whole: Transcription = response.json().await.map_err(|_| protocol())?;
        let done = Ok(TranscriptionEvent::Done {
            heard_ms: heard_ms(&whole.usage),
            text: whole.text,
        });
        Ok(stream::once(std::future::ready(done)).boxed())
    }
}

/// The server has no such interface at all: another sentence than that a model is missing.
fn unsupported(failure: Failure) -> ProviderError {
    if failure.is_no_such_endpoint() {
        return ProviderError::new(
            ProviderErrorKind::Unsupported,
            "The service neither speaks nor listens. Choose another tool.",
        );
    }
    failure.into()
}

fn events(bytes: DownloadStream) -> TranscriptionStream {
    // Failures pass through the parser as they are.
    let events = bytes.eventsource().boxed();
    stream::unfold(Some(events), |events| async move {
        let mut events = events?;
        loop {
            let event = match events.next().await {
                Some(Ok(event)) => event,
                Some(Err(eventsource_stream::EventStreamError::Transport(error))) => {
                    return Some((Err(error), None));
                }
                Some(Err(_)) => return Some((Err(protocol()), None)),
                None => return Some((Err(disconnected()), None)),
            };
            match event_of(&event.data) {
                Ok(Some(done @ TranscriptionEvent::Done { .. })) => return Some((Ok(done), None)),
                Ok(Some(delta)) => return Some((Ok(delta), Some(events))),
                Ok(None) => {}
                Err(error) => return Some((Err(error), None)),
            }
        }
    })
    .boxed()
}

fn event_of(data: &str) -> Result<Option<TranscriptionEvent>, ProviderError> {
    let Ok(event) = serde_json::from_str::<Value>(data) else {
        return Err(protocol());
    };
    let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
    if let Some(message) = event["error"]["message"].as_str() {
        return Err(in_stream(
            event["error"]["code"].as_str(),
            &shorten(message),
        ));
    }
    Ok(match event["type"].as_str() {
        Some("transcript.text.delta") => Some(TranscriptionEvent::Delta(text("delta"))),
        Some("transcript.text.done") => Some(TranscriptionEvent::Done {
            text: text("text"),
            heard_ms: heard_ms(&event["usage"]),
        }),
        _ => None,
    })
}
