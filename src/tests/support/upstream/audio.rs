//! `/audio/speech` and `/audio/transcriptions`. The model may say what goes wrong: `status-500`, `silence`, `html`. Samples
//! (`pcm`) are a tone that lasts as long as the text is, 20 ms a character, as the script of the upstream has them come.

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
pub(super) async fn speak(State(service): State<Service>, Json(body): Json<Value>) -> Response {
    let text = body["input"].as_str().unwrap_or_default();
    match body["model"].as_str().unwrap_or_default() {
        "status-500" => return error(500, "The server had an error"),
        "html" => {
            return ([(header::CONTENT_TYPE, "text/html")], "<h1>Log in</h1>").into_response();
        }
        _ => {}
    }
    let format = body["response_format"].as_str().unwrap_or("mp3");
    if format == "pcm" && body["model"] != "die-after" {
        return tone(&service, text.chars().count());
    }
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

/// Samples a second, and how many of them a character has.
const RATE: usize = 24_000;
const CHARACTER: usize = RATE / 50;

fn tone(service: &Service, characters: usize) -> Response {
    let samples = characters * CHARACTER;
    let script = service.shelf.lock().speech;
    let busy = Busy::speaking(service);
    let pieces = (0..samples).step_by(RATE / 10).enumerate();
    let pieces: Vec<_> = pieces.collect();
    let pieces = stream::iter(pieces).then(move |(index, start)| {
        let is_dead = script.die_after.is_some_and(|limit| index >= limit);
        async move {
            if script.piece_ms > 0 || is_dead {
                // What was sent before a break is to arrive.
                tokio::time::sleep(Duration::from_millis(script.piece_ms.max(20))).await;
            }
            match is_dead {
                true => Err(io::Error::other("the script says so")),
                false => Ok(wave(start..(start + RATE / 10).min(samples))),
            }
        }
    });
    let pieces = pieces.inspect(move |_| {
        let _lasts = &busy;
    });
    (
        [(header::CONTENT_TYPE, "audio/pcm")],
        Body::from_stream(pieces),
    )
        .into_response()
}

fn wave(samples: std::ops::Range<usize>) -> Vec<u8> {
    let sample = |at: usize| {
        let turn = at as f64 * 440.0 / RATE as f64;
        ((turn * std::f64::consts::TAU).sin() * 8_000.0) as i16
    };
    samples.flat_map(|at| sample(at).to_le_bytes()).collect()
}

/// Something that goes on, until it is dropped.
struct Busy {
    service: Service,
    is_speech: bool,
}

impl Busy {
    fn speaking(service: &Service) -> Self {
        Self::with(service, true)
    }

    fn listening(service: &Service) -> Self {
        Self::with(service, false)
    }

    fn with(service: &Service, is_speech: bool) -> Self {
        let busy = Self {
            service: service.clone(),
            is_speech,
        };
        busy.change(|count| {
            count.0 += 1;
            count.1 = count.1.max(count.0);
        });
        busy
    }

    fn change(&self, change: impl Fn(&mut (usize, usize))) {
        let mut shelf = self.service.shelf.lock();
        match self.is_speech {
            true => change(&mut shelf.speaking),
            false => change(&mut shelf.listening),
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.change(|count| count.0 -= 1);
    }
}

/// Hears the name of the file and its size, or what it is told to hear.
pub(super) async fn transcribe(
    State(service): State<Service>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let _busy = Busy::listening(&service);
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
    let told = service.shelf.lock().heard.clone();
    let words: Vec<String> = match told {
        Some(words) => words.split_inclusive(' ').map(ToOwned::to_owned).collect(),
        None => vec![
            format!("{name} "),
            "of ".to_owned(),
            format!("{} bytes", file.field.size),
        ],
    };
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
