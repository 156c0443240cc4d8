//! `POST /v1/audio/transcriptions`.

use crate::server::{
    catalog::ModelUse,
    http::v1::{
        ask::{broken_off, model},
        error::{ApiError, ApiResult},
        form::{Form, FormFile, Texts},
        sse::{data, event_stream},
    },
    providers::transcription::{TranscriptionEvent, TranscriptionRequest, TranscriptionStream},
    state::AppState,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;
use tokio_util::bytes::Bytes;

/// Longest recording, as the interface has it.
pub(in crate::server::http::v1) const MAX_AUDIO_BYTES: u64 = 25_000_000;

/// A recording that has come whole: its sender may tell what is to be done with it after it.
struct Recording {
    name: String,
    media_type: Option<String>,
    size_bytes: u64,
    pieces: Vec<Bytes>,
}

/// How the words are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Text,
    Events,
}

/// `POST /v1/audio/transcriptions`.
pub(in crate::server::http::v1) async fn transcribe(
    State(state): State<AppState>,
    form: Form,
) -> ApiResult<Response> {
    let (texts, recording) = form.read(|_, file| record(file)).await?;
    let recording = recording.ok_or_else(|| ApiError::invalid("file", "`file` is missing."))?;
    let name = texts
        .get("model")
        .ok_or_else(|| ApiError::invalid("model", "`model` is missing."))?;
    let format = format(&texts)?;
    let tool = model(&state, Some(name), ModelUse::Transcription).await?;
    let provider = state.engine.providers().transcription(tool.api_type);
    let provider = provider.ok_or_else(|| ApiError::unknown_model("Nothing listens here."))?;
    let owned = |name| {
        texts
            .get(name)
            .filter(|text| !text.is_empty())
            .map(ToOwned::to_owned)
    };
    let pieces = recording.pieces.into_iter().map(Ok);
    let words = provider
        .transcribe(TranscriptionRequest {
            model: tool.model.unwrap_or(tool.slug),
            media_type: media_type(recording.media_type, &recording.name),
            name: recording.name,
            size_bytes: recording.size_bytes,
            audio: stream::iter(pieces).boxed(),
            language: owned("language"),
            prompt: owned("prompt"),
            is_streamed: format == Format::Events,
        })
        .await?;
    match format {
        Format::Events => Ok(events(words)),
        Format::Json => Ok(Json(json!({ "text": whole(words).await? })).into_response()),
        Format::Text => {
            let kind = HeaderValue::from_static("text/plain; charset=utf-8");
            Ok(([(header::CONTENT_TYPE, kind)], whole(words).await? + "\n").into_response())
        }
    }
}

async fn record(mut file: FormFile) -> ApiResult<Recording> {
    let (mut pieces, mut size_bytes) = (Vec::new(), 0);
    while let Some(piece) = file
        .content
        .try_next()
        .await
        .map_err(|_| ApiError::invalid("file", "The recording broke off."))?
    {
        size_bytes += piece.len() as u64;
        if size_bytes > MAX_AUDIO_BYTES {
            return Err(ApiError::too_large(MAX_AUDIO_BYTES).about("file"));
        }
        pieces.push(piece);
    }
    if pieces.is_empty() {
        return Err(ApiError::invalid("file", "The recording is empty."));
    }
    Ok(Recording {
        name: file.name,
        media_type: file.media_type,
        size_bytes,
        pieces,
    })
}

/// Where a sender does not know better than `application/octet-stream`, the name does.
fn media_type(told: Option<String>, name: &str) -> String {
    let told = told.filter(|told| told.starts_with("audio/") || told.starts_with("video/"));
    told.unwrap_or_else(|| {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        match ending.to_ascii_lowercase().as_str() {
            "mp3" | "mpga" | "mpeg" => "audio/mpeg",
            "wav" => "audio/wav",
            "flac" => "audio/flac",
            "ogg" | "oga" | "opus" => "audio/ogg",
            "m4a" | "mp4" => "audio/mp4",
            "webm" => "audio/webm",
            _ => "application/octet-stream",
        }
        .to_owned()
    })
}

fn format(texts: &Texts) -> ApiResult<Format> {
    if texts.has("timestamp_granularities") {
        return Err(ApiError::invalid(
            "timestamp_granularities",
            "`timestamp_granularities` is not taken: times are not told here.",
        ));
    }
    let format = match texts.get("response_format") {
        None | Some("json") => Format::Json,
        Some("text") => Format::Text,
        Some(_) => {
            return Err(ApiError::invalid(
                "response_format",
                "`response_format` must be `json` or `text`: times are not told here.",
            ));
        }
    };
    match texts.get("stream") {
        None | Some("false" | "") => Ok(format),
        Some("true") => Ok(Format::Events),
        Some(_) => Err(ApiError::invalid(
            "stream",
            "`stream` must be true or false.",
        )),
    }
}

async fn whole(mut words: TranscriptionStream) -> ApiResult<String> {
    while let Some(event) = words.next().await {
        if let TranscriptionEvent::Done(text) = event? {
            return Ok(text);
        }
    }
    Err(broken_off())
}

fn events(words: TranscriptionStream) -> Response {
    let frames = words.map(|event| match event {
        Ok(TranscriptionEvent::Delta(delta)) => {
            data(&json!({ "type": "transcript.text.delta", "delta": delta }))
        }
        Ok(TranscriptionEvent::Done(text)) => {
            data(&json!({ "type": "transcript.text.done", "text": text }))
        }
        Err(error) => data(&ApiError::from(error).body()),
    });
    event_stream(frames)
}
