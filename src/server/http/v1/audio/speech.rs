//! `POST /v1/audio/speech`.

use crate::server::{
    http::{
        files::as_it_is,
        v1::{
            access::Caller, ask::no_such_model, body::JsonBody, error::ApiResult, fields::Fields,
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
    Caller(caller): Caller,
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
    let speaker = state.speech.named_speaker(name).await;
    let speaker = speaker.map_err(no_such_model)?;
    let request = SpeechRequest {
        model: speaker.tool.model_id().to_owned(),
        text: text.to_owned(),
        voice: voice
            .ok_or_else(|| fields.wrong("voice", "is missing"))?
            .to_owned(),
        format: fields
            .choice("response_format", &FORMATS)?
            .unwrap_or_else(|| speaker.provider.default_format()),
        speed: fields.number("speed", 0.25..=4.0)?,
        instructions: fields.text("instructions")?.map(ToOwned::to_owned),
    };
    let format = request.format;
    let turn = state.speech.turn_to_be_told(caller.user.id).await?;
    let speech = state.speech.say(turn, &speaker, request).await?;
    let media_type = HeaderValue::from_str(&speech.media_type)
        .unwrap_or(HeaderValue::from_static(format.media_type()));
    let headers = [(header::CONTENT_TYPE, media_type)];
    // Whoever sends a body may ask for more after its end.
    let response = (headers, Body::from_stream(speech.bytes.fuse())).into_response();
    Ok(as_it_is(response))
}
