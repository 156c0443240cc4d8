//! Answers as they come: server-sent events in whichever words the door uses.

use super::{
    ask::{Said, Saying, broken_off},
    error::{ApiError, ApiResult},
};
use crate::server::metrics;
use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt, stream};
use serde_json::Value;
use std::convert::Infallible;

/// How a door words an answer, frame by frame.
pub(super) trait Wording: Send + 'static {
    /// What comes before the first word.
    fn opening(&mut self) -> String;

    /// What is written for something that was said.
    fn said(&mut self, said: Said) -> String;

    /// What is written when it fails on the way.
    fn failed(&mut self, error: ApiError) -> String;
}

/// An answer of events. It ends with the model's answer or its failure; a reader who goes away ends it as well.
pub(super) fn respond(saying: Saying, mut wording: impl Wording) -> Response {
    let opening = wording.opening();
    let frames = stream::unfold(Some((saying, wording)), |open| async move {
        let (mut saying, mut wording) = open?;
        let said = saying.next().await.unwrap_or_else(|| Err(broken_off()));
        let is_end = matches!(said, Err(_) | Ok(Said::End { .. }));
        let text = write(&mut wording, said);
        Some((text, (!is_end).then_some((saying, wording))))
    });
    event_stream(stream::iter([opening]).chain(frames))
}

/// An answer of frames that are written already.
pub(super) fn event_stream(frames: impl Stream<Item = String> + Send + 'static) -> Response {
    // Whoever sends a body may ask for more after its end.
    let body = frames
        .fuse()
        .filter(|text| std::future::ready(!text.is_empty()))
        .map(|text| Ok::<_, Infallible>(Bytes::from(text)));
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/event-stream; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ];
    let body = Body::from_stream(metrics::while_open(body.boxed()));
    (headers, body).into_response()
}

fn write(wording: &mut impl Wording, said: ApiResult<Said>) -> String {
    match said {
        Ok(said) => wording.said(said),
        Err(error) => wording.failed(error),
    }
}

/// An event without a name.
pub(super) fn data(value: &Value) -> String {
    format!("data: {value}\n\n")
}

/// An event with a name.
pub(super) fn named(name: &str, value: &Value) -> String {
    format!("event: {name}\ndata: {value}\n\n")
}
