//! `POST /v1/audio/transcriptions`.

use crate::server::{
    http::v1::{
        access::Caller,
        ask::{broken_off, no_such_model},
        error::{ApiError, ApiResult},
        form::{Form, FormFile, Texts},
        sse::{data, event_stream},
    },
    providers::transcription::{TranscriptionEvent, TranscriptionStream},
    speech::{Hints, MAX_RECORDING_BYTES, Recording, Room},
    state::AppState,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, TryStreamExt};
use serde_json::json;

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
    Caller(caller): Caller,
    form: Form,
) -> ApiResult<Response> {
    // What waits, waits in the network and not in the memory.
    let turn = state.speech.turn_to_be_heard(caller.user.id).await?;
    let room = state.speech.room().await?;
    let (texts, recording) = form.read(|_, file| record(file, room)).await?;
    let recording = recording.ok_or_else(|| ApiError::invalid("file", "`file` is missing."))?;
    let name = texts
        .get("model")
        .ok_or_else(|| ApiError::invalid("model", "`model` is missing."))?;
    let format = format(&texts)?;
    let listener = state.speech.named_listener(name).await;
    let listener = listener.map_err(no_such_model)?;
    let owned = |name| {
        texts
            .get(name)
            .filter(|text| !text.is_empty())
            .map(ToOwned::to_owned)
    };
    let hints = Hints {
        tool: None,
        language: owned("language"),
        prompt: owned("prompt"),
    };
    let is_streamed = format == Format::Events;
    let words = state
        .speech
        .listen(turn, &listener, recording, hints, is_streamed)
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

async fn record(mut file: FormFile, room: Room) -> ApiResult<Recording> {
    let mut recording = Recording::new(file.name, file.media_type, room);
    while let Some(piece) = file
        .content
        .try_next()
        .await
        .map_err(|_| ApiError::invalid("file", "The recording broke off."))?
    {
        if !recording.push(piece) {
            return Err(ApiError::too_large(MAX_RECORDING_BYTES).about("file"));
        }
    }
    Ok(recording)
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
        if let TranscriptionEvent::Done { text, .. } = event? {
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
        Ok(TranscriptionEvent::Done { text, .. }) => {
            data(&json!({ "type": "transcript.text.done", "text": text }))
        }
        Err(error) => data(&ApiError::from(error).body()),
    });
    event_stream(frames)
}
