//! `/audio/speech` and `/audio/transcriptions`. The model may say what goes wrong: `status-500`, `silence`, `html`.

use super::{Service, error, form, record::Recorded};
use axum::{
    Json,
    body::Body,
    extract::{OriginalUri, State},
    http::{HeaderMap, Method, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use std::{io, time::Duration};

/// Sound, or what is taken for it: the words, between marks, in three pieces.
pub(super) async fn speak(Json(body): Json<Value>) -> Response {
    let text = body["input"].as_str().unwrap_or_default();
    match body["model"].as_str().unwrap_or_default() {
        "status-500" => return error(500, "The server had an error"),
        "html" => {
            return ([(header::CONTENT_TYPE, "text/html")], "<h1>Log in</h1>").into_response();
        }
        _ => {}
    }
    let format = body["response_format"].as_str().unwrap_or("mp3");
    let media_type = if format == "mp3" {
        "audio/mpeg".to_owned()
    } else {
        format!("audio/{format}")
    };
    let dies = body["model"] == "die-after";
    let pieces = ["ID3".to_owned(), text.to_owned(), "END".to_owned()];
    let pieces =
        stream::iter(pieces.into_iter().enumerate()).then(move |(index, piece)| async move {
            if dies && index == 2 {
                // What was sent before is to arrive: a connection that breaks at once takes it along.
                tokio::time::sleep(Duration::from_millis(50)).await;
                return Err(io::Error::other("the script says so"));
            }
            Ok(piece)
        });
    (
        [(header::CONTENT_TYPE, media_type)],
        Body::from_stream(pieces),
    )
        .into_response()
}

/// Hears the name of the file and its size.
pub(super) async fn transcribe(
    State(service): State<Service>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(parts) = form::read(&headers, body, |_| false).await else {
        return error(400, "The form is not whole.");
    };
    let mut recorded = Recorded::of(&method, &uri, &headers);
    recorded.form = parts.iter().map(|part| part.field.clone()).collect();
    service.shelf.lock().requests.push(recorded);
    let text = |name: &str| {
        let part = parts.iter().find(|part| part.field.name == name)?;
        part.field.text.clone()
    };
    let model = text("model").unwrap_or_default();
    let Some(file) = parts.iter().find(|part| part.field.name == "file") else {
        return error(400, "'file' is a required property");
    };
    if model == "status-500" {
        return error(500, "The server had an error");
    }
    let name = file.field.filename.clone().unwrap_or_default();
    let words = [
        format!("{name} "),
        "of ".to_owned(),
        format!("{} bytes", file.field.size),
    ];
    if text("stream").as_deref() != Some("true") || model == "whisper-1" {
        return Json(
            json!({ "text": words.concat(), "usage": { "type": "duration", "seconds": 1 } }),
        )
        .into_response();
    }
    let mut frames: Vec<Value> = words
        .iter()
        .map(|word| json!({ "type": "transcript.text.delta", "delta": word }))
        .collect();
    if model == "error-in-stream" {
        frames.push(
            json!({ "error": { "message": "The engine is overloaded", "code": "server_error" } }),
        );
    } else if model != "die-after" {
        frames.push(json!({ "type": "transcript.text.done", "text": words.concat() }));
    }
    let body: String = frames
        .iter()
        .map(|frame| format!("data: {frame}\n\n"))
        .collect();
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}
