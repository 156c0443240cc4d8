//! Speech at the door: recordings in forms, and lines of what was heard in them.

use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        ids::UserId,
        speech::{Transcription, TranscriptionLine},
    },
    server::speech::{Hints, MAX_RECORDING_BYTES, Recording, Room, Speech},
};
use axum::http::{HeaderName, HeaderValue};
use futures::{Stream, StreamExt, TryStreamExt, stream::BoxStream};
use leptos::{
    prelude::use_context,
    server_fn::codec::{ByteStream, MultipartData},
};
use leptos_axum::ResponseOptions;
use std::{pin::pin, time::Duration};
use tokio::time::timeout;
use tokio_util::bytes::Bytes;

/// The field that the recording is in; what is known of it stands before it.
const AUDIO: &str = "audio";
/// Longest text in a field.
const MAX_WORDS_BYTES: usize = 16 * 1024;
/// How long nothing may come of a recording that is on its way.
const SILENCE: Duration = Duration::from_secs(30);

/// What was said in the recording that a form brings.
///
/// # Errors
/// A sentence when it is no recording, too large or too long, or nobody listens.
pub async fn transcribe(
    speech: &Speech,
    user: UserId,
    form: MultipartData,
) -> AppResult<Transcription> {
    // What waits, waits in the network and not in the memory.
    let turn = speech.turn_to_be_heard(user).await?;
    let room = speech.room().await?;
    let (recording, hints) = read(form, room).await?;
    speech.transcribe(user, turn, recording, hints).await
}

/// Sound as it goes out.
pub fn sound(sound: BoxStream<'static, AppResult<Bytes>>) -> ByteStream<AppError> {
    let_through();
    ByteStream::new(sound)
}

/// Lines as they go out.
pub fn lines(lines: BoxStream<'static, TranscriptionLine>) -> ByteStream<AppError> {
    let_through();
    ByteStream::new(lines.map(|line| {
        let mut line = serde_json::to_string(&line).map_err(|_| AppError::internal())?;
        line.push('\n');
        Ok(line)
    }))
}

/// Asks proxies to pass on what comes when it comes.
fn let_through() {
    if let Some(response) = use_context::<ResponseOptions>() {
        let name = HeaderName::from_static("x-accel-buffering");
        response.insert_header(name, HeaderValue::from_static("no"));
    }
}

async fn read(form: MultipartData, room: Room) -> AppResult<(Recording, Hints)> {
    let mut fields = form.into_inner().ok_or_else(AppError::internal)?;
    let mut hints = Hints::default();
    while let Some(field) = fields.next_field().await.map_err(|_| unreadable())? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == AUDIO {
            let file = field.file_name().unwrap_or("recording").to_owned();
            let told = field.content_type().map(ToString::to_string);
            let mut recording = Recording::new(file, told, room);
            gather(field, |piece| recording.push(piece)).await?;
            return Ok((recording, hints));
        }
        let mut words = Vec::new();
        gather(field, |piece| {
            words.extend_from_slice(&piece);
            words.len() <= MAX_WORDS_BYTES
        })
        .await?;
        let words = String::from_utf8(words).map_err(|_| unreadable())?;
        let words = Some(words).filter(|words| !words.is_empty());
        match name.as_str() {
            "language" => hints.language = words,
            "prompt" => hints.prompt = words,
            "tool" => hints.tool = words,
            _ => {}
        }
    }
    Err(AppError::field(
        AUDIO,
        "There is no recording in this form.",
    ))
}

/// Hands the pieces of a field to `take`, until it says that they are too many.
async fn gather<E>(
    field: impl Stream<Item = Result<Bytes, E>>,
    mut take: impl FnMut(Bytes) -> bool,
) -> AppResult<()> {
    let mut field = pin!(field);
    loop {
        let next = timeout(SILENCE, field.try_next()).await;
        match next.map_err(|_| unreadable())?.map_err(|_| unreadable())? {
            Some(piece) => {
                if !take(piece) {
                    return Err(too_large());
                }
            }
            None => return Ok(()),
        }
    }
}

fn too_large() -> AppError {
    AppError::new(
        ErrorKind::TooLarge,
        format!(
            "The recording is larger than the {} MB that are taken at once. Send it in parts.",
            MAX_RECORDING_BYTES / 1_000_000
        ),
    )
}

fn unreadable() -> AppError {
    AppError::new(
        ErrorKind::Network,
        "The recording broke off on its way here. Send it again.",
    )
}
