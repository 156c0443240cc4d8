//! Following a run over HTTP: `fetch` and a reader, so that a status can be acted on and a position given from the start.

use crate::model::{
    event::{RunEvent, SequencedEvent},
    ids::RunId,
};
use futures::{
    StreamExt,
    future::{Either, select},
};
use gloo_net::http::Request;
use gloo_timers::future::TimeoutFuture;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_streams::ReadableStream;

/// First wait before connecting again; doubles up to [`MAX_WAIT_MS`].
const WAIT_MS: u32 = 250;
/// Longest wait before connecting again.
const MAX_WAIT_MS: u32 = 8_000;
/// How long a server may be silent: two heartbeats and a half.
const SILENCE_MS: u32 = 25_000;
/// Failures in a row that are nobody's business: a node that goes away behind a proxy costs one or two, and what is shown
/// and gone within a second only flickers.
const SILENT_FAILURES: u32 = 2;

/// What whoever follows a run wants after an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// More, from this number on.
    After(u64),
    /// Everything from the beginning: something was missed.
    Snapshot,
    /// Nothing: it was the end.
    Done,
}

/// What is told about a run from outside its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Events come.
    Open,
    /// The server has not been reached a few times; another try follows.
    Lost,
    /// The server does not give this run to us (any more).
    Refused,
}

/// Follows a run from `after` to its end, connecting again as often as needed. Dropping the future closes the connection.
pub async fn follow_run(
    run: RunId,
    after: u64,
    mut on_event: impl FnMut(SequencedEvent) -> Next,
    on_connection: impl Fn(Connection),
) {
    let mut next = Next::After(after);
    let mut wait_ms = WAIT_MS;
    let mut failures = 0;
    loop {
        let before = next;
        let url = match next {
            Next::After(seq) => format!("/api/runs/{run}/events?after={seq}"),
            Next::Snapshot => format!("/api/runs/{run}/events"),
            Next::Done => return,
        };
        match Request::get(&url).send().await {
            Ok(response) if response.ok() => {
                failures = 0;
                on_connection(Connection::Open);
                if let Some(body) = response.body() {
                    next = read(body, next, &mut on_event).await;
                }
            }
            Ok(response) if (400..500).contains(&response.status()) => {
                on_connection(Connection::Refused);
                return;
            }
            _ => {
                failures += 1;
                if failures > SILENT_FAILURES {
                    on_connection(Connection::Lost);
                }
            }
        }
        match next {
            Next::Done => return,
            // Getting on is a reason to try again at once, getting nowhere is one to wait.
            _ if next != before => wait_ms = WAIT_MS,
            _ => {
                TimeoutFuture::new(wait_ms).await;
                wait_ms = (wait_ms * 2).min(MAX_WAIT_MS);
            }
        }
    }
}

async fn read(
    body: web_sys::ReadableStream,
    mut next: Next,
    on_event: &mut impl FnMut(SequencedEvent) -> Next,
) -> Next {
    let mut chunks = ReadableStream::from_raw(body).into_stream();
    let mut frames = Frames::default();
    // A server that is there sends a heartbeat every ten seconds; a connection to one that is not may stay open for ever.
    while let Either::Left((Some(Ok(chunk)), _)) =
        select(chunks.next(), TimeoutFuture::new(SILENCE_MS)).await
    {
        frames.push(&chunk.unchecked_into::<Uint8Array>().to_vec());
        while let Some(event) = frames.next() {
            next = on_event(event);
            if !matches!(next, Next::After(_)) {
                return next;
            }
        }
    }
    next
}

/// Cuts bytes into events. Frames are cut before they are decoded, so a character that two chunks share is never torn.
#[derive(Default)]
struct Frames {
    bytes: Vec<u8>,
    start: usize,
}

impl Frames {
    fn push(&mut self, chunk: &[u8]) {
        self.bytes.drain(..self.start);
        self.start = 0;
        self.bytes.extend_from_slice(chunk);
    }

    fn next(&mut self) -> Option<SequencedEvent> {
        loop {
            let rest = &self.bytes[self.start..];
            let end = rest.windows(2).position(|pair| pair == b"\n\n")?;
            let frame = rest
                .get(..end)
                .and_then(|frame| std::str::from_utf8(frame).ok());
            let event = frame.and_then(parse);
            self.start += end + 2;
            if event.is_some() {
                return event;
            }
        }
    }
}

/// One frame; comments and frames of a newer server that this client does not know are passed over.
fn parse(frame: &str) -> Option<SequencedEvent> {
    let mut seq = None;
    let mut event: Option<RunEvent> = None;
    for line in frame.lines() {
        if let Some(id) = line.strip_prefix("id:") {
            seq = id.trim().parse().ok();
        } else if let Some(data) = line.strip_prefix("data:") {
            event = serde_json::from_str(data.trim_start()).ok();
        }
    }
    Some(SequencedEvent {
        seq: seq?,
        event: event?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn events(chunks: &[&[u8]]) -> Vec<SequencedEvent> {
        let mut frames = Frames::default();
        let mut events = Vec::new();
        for chunk in chunks {
            frames.push(chunk);
            while let Some(event) = frames.next() {
                events.push(event);
            }
        }
        events
    }

    #[test]
    fn heartbeats_and_unknown_events_are_passed_over() {
        let wire = b":\n\nid:1\ndata:{\"new_thing\":1}\n\nid:2\ndata:\"stopped\"\n\n";
        assert_eq!(
            events(&[wire]),
            [SequencedEvent {
                seq: 2,
                event: RunEvent::Stopped
            }]
        );
    }

    proptest! {
        #[test]
        fn however_the_bytes_are_cut_the_events_are_the_same(cuts in prop::collection::vec(0usize..64, 0..12)) {
            let wire = "id:1\ndata:{\"t\":\"Grüße 👋\"}\n\n:\n\nid:2\ndata:{\"t\":\"a\\n\\nb\"}\n\nid:3\ndata:\"stopped\"\n\n".as_bytes();
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(wire.len())).collect();
            cuts.extend([0, wire.len()]);
            cuts.sort_unstable();
            let chunks: Vec<_> = cuts.windows(2).map(|pair| &wire[pair[0]..pair[1]]).collect();
            prop_assert_eq!(events(&chunks), events(&[wire]));
        }
    }
}
