//! `POST /v1/audio/speech`.

use crate::server::{
    catalog::ModelUse,
    http::{
        files::as_it_is,
        v1::{
            ask::model,
            body::JsonBody,
            error::{ApiError, ApiResult},
            fields::Fields,
        },
    },
    providers::speech::{SpeechFormat, SpeechRequest},
    state::AppState,
};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use serde_json::Value;

/// Longest text that is spoken at once, in characters, as the interface has it.
const MAX_CHARS: usize = 4096;

const FORMATS: [(&str, SpeechFormat); 6] = [
    ("mp3", SpeechFormat::Mp3),
    ("opus", SpeechFormat::Opus),
    ("aac", SpeechFormat::Aac),
    ("flac", SpeechFormat::Flac),
    ("wav", SpeechFormat::Wav),
    ("pcm", SpeechFormat::Pcm),
];

/// `POST /v1/audio/speech`.
pub(in crate::server::http::v1) async fn speak(
    State(state): State<AppState>,
    JsonBody(body): JsonBody,
) -> ApiResult<Response> {
    let fields = Fields::at(&body, "")?;
    let name = fields.needed_text("model")?;
    let text = fields.needed_text("input")?;
    if text.is_empty() || text.chars().count() > MAX_CHARS {
        return Err(fields.wrong("input", "must have between 1 and 4096 characters"));
    }
    let voice = match fields.value("voice") {
        // A voice of one's own is an object with its id.
        Some(Value::Object(_)) => {
            let voice = fields.object("voice")?;
            voice.map(|voice| voice.needed_text("id")).transpose()?
        }
        _ => fields.text("voice")?,
    };
    fields.check_choice("stream_format", &["audio"])?;
    let tool = model(&state, Some(name), ModelUse::Speech).await?;
    let provider = state.engine.providers().speech(tool.api_type);
    let provider = provider.ok_or_else(|| ApiError::unknown_model("Nothing speaks here."))?;
    let request = SpeechRequest {
        model: tool.model.unwrap_or(tool.slug),
        text: text.to_owned(),
        voice: voice
            .ok_or_else(|| fields.wrong("voice", "is missing"))?
            .to_owned(),
        format: fields
            .choice("response_format", &FORMATS)?
            .unwrap_or_else(|| provider.default_format()),
        speed: fields.number("speed", 0.25..=4.0)?,
        instructions: fields.text("instructions")?.map(ToOwned::to_owned),
    };
    let format = request.format;
    let speech = provider.speak(request).await?;
    let media_type = HeaderValue::from_str(&speech.media_type)
        .unwrap_or(HeaderValue::from_static(format.media_type()));
    let headers = [(header::CONTENT_TYPE, media_type)];
    // Whoever sends a body may ask for more after its end.
    let response = (headers, Body::from_stream(speech.bytes.fuse())).into_response();
    Ok(as_it_is(response))
}
