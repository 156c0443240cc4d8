//! Speech in and out. Everything here needs somebody logged in.

use crate::model::{
    AppError, AppResult,
    ids::FileId,
    speech::{SpeakRequest, SpeechOptions, SpeechSettings, Transcription},
};
use leptos::{
    prelude::*,
    server_fn::codec::{ByteStream, Json, MultipartData, MultipartFormData, Streaming},
};

/// What was said in the recording in the field `audio`. The fields `language`, `prompt` (the words before) and `tool` may
/// come before it. Silence and noise have no words, and that is no failure.
///
/// # Errors
/// `Unauthorized`; a sentence when it is no recording, too large or too long, or nobody listens.
#[server(prefix = "/api", endpoint = "transcribe", input = MultipartFormData)]
pub async fn transcribe(data: MultipartData) -> AppResult<Transcription> {
    let (state, user) = crate::server::http::session::member().await?;
    crate::server::http::speech::transcribe(&state.speech, user.id, data).await
}

/// What is said in one of the person's files, as lines of JSON: each a [`crate::model::speech::TranscriptionLine`].
///
/// # Errors
/// `Unauthorized`; `NotFound`; a sentence when it is no recording, too large, or nobody listens.
#[server(prefix = "/api", endpoint = "transcribe_file", input = Json, output = Streaming)]
pub async fn transcribe_file(
    file: FileId,
    tool: Option<String>,
    language: Option<String>,
) -> AppResult<ByteStream<AppError>> {
    let (state, user) = crate::server::http::session::member().await?;
    let lines = state.speech.transcribe_file(user.id, file, tool, language);
    Ok(crate::server::http::speech::lines(lines.await?))
}

/// Says a text, as it is made: 16-bit samples, little-endian, 24,000 a second, one channel; at the usual speed.
///
/// # Errors
/// `Unauthorized`; a sentence about `text`, or why nobody says it. A stream that breaks off is a connection that breaks.
#[server(prefix = "/api", endpoint = "speak", input = Json, output = Streaming)]
pub async fn speak(request: SpeakRequest) -> AppResult<ByteStream<AppError>> {
    let (state, user) = crate::server::http::session::member().await?;
    let sound = state.speech.speak(user.id, request).await?;
    Ok(crate::server::http::speech::sound(sound))
}

/// The voices and listeners there are, and which of them the person chose.
///
/// # Errors
/// `Unauthorized`.
#[server(name = GetSpeechOptions, prefix = "/api", endpoint = "speech_options")]
pub async fn speech_options() -> AppResult<SpeechOptions> {
    let (state, user) = crate::server::http::session::member().await?;
    state.speech.options(user.id).await
}

/// Has the person spoken to and listened to in another way from now on.
///
/// # Errors
/// `Unauthorized`; a sentence about the field that cannot be as it is.
#[server(prefix = "/api", endpoint = "save_speech_settings")]
pub async fn save_speech_settings(settings: SpeechSettings) -> AppResult<()> {
    let (state, user) = crate::server::http::session::member().await?;
    state.speech.save_settings(user.id, settings).await
}
