//! The event stream of a run, and its other requests that are not server functions.

use super::session::Member;
use crate::{
    model::{AppError, AppResult, event::SequencedEvent, ids::RunId},
    server::{metrics, state::AppState},
};
use axum::{
    body::{Body, Bytes},
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use serde::Deserialize;
use std::{convert::Infallible, fmt::Write, time::Duration};

/// A comment at least this often keeps proxies from taking a quiet stream for a dead one, and lets us notice a reader
/// who is gone.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// At a shutdown the runs have been ended; their readers get this long to hear of it.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Where a reader stands.
#[derive(Deserialize)]
pub(super) struct After {
    after: Option<u64>,
}

/// `GET /api/runs/{id}/events`: server-sent events. An event's id is its number in the run and its data the event as JSON;
/// the event's name is left out, because every byte here is paid for each delta.
pub(super) async fn run_events(
    State(state): State<AppState>,
    Member(user): Member,
    Path(run): Path<String>,
    Query(query): Query<After>,
    headers: HeaderMap,
) -> AppResult<Response> {
    let run: RunId = run.parse().map_err(|_| AppError::not_found("answer"))?;
    let resumed = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let events = state
        .chat
        .attach(user.id, run, query.after.or(resumed))
        .await?;
    let frames =
        events.map(|batch| Frame::Events(batch.iter().map(|event| encode(event)).collect()));
    let shutdown = state.shutdown.clone();
    // The end of the events ends the stream; the heartbeat alone must not keep it open, and neither may a shutdown.
    let ended = stream::once(async { Frame::End });
    let beats = stream::unfold((), |()| async {
        tokio::time::sleep(HEARTBEAT).await;
        Some((Frame::Events(":\n\n".to_owned()), ()))
    });
    let body = stream::select(frames.chain(ended), beats)
        .take_while(|frame| std::future::ready(!matches!(frame, Frame::End)))
        .filter_map(|frame| async move {
            match frame {
                Frame::Events(text) => Some(Ok::<_, Infallible>(Bytes::from(text))),
                Frame::End => None,
            }
        })
        .take_until(async move {
            shutdown.cancelled().await;
            tokio::time::sleep(LAST_WORDS).await;
        });
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/event-stream"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ];
    let body = Body::from_stream(metrics::while_open(body.boxed()));
    Ok((headers, body).into_response())
}

enum Frame {
    Events(String),
    End,
}

/// An event as it travels. JSON has no line breaks of its own, so one `data` line holds it.
fn encode(SequencedEvent { seq, event }: &SequencedEvent) -> String {
    let mut frame = format!("id:{seq}\ndata:");
    match serde_json::to_string(event) {
        Ok(json) => frame.push_str(&json),
        Err(error) => {
            tracing::error!(%error, "an event could not be written");
            let _ = write!(frame, "{{}}");
        }
    }
    frame.push_str("\n\n");
    frame
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::RunEvent;

    #[test]
    fn a_delta_costs_few_bytes_around_its_text_and_never_breaks_the_frame() {
        let event = SequencedEvent {
            seq: 12,
            event: RunEvent::Text("line\nnext".to_owned()),
        };
        assert_eq!(encode(&event), "id:12\ndata:{\"t\":\"line\\nnext\"}\n\n");
    }
}
