//! Reading a run's event stream as it comes, and counting what it costs.

use super::within;
use inspireai::model::{
    event::{RunEvent, SequencedEvent},
    transcript::{Applied, Transcript},
};
use std::collections::VecDeque;

/// An open event stream. Dropped, it hangs up.
pub struct Reader {
    response: reqwest::Response,
    buffer: Vec<u8>,
    events: VecDeque<SequencedEvent>,
}

impl Reader {
    pub fn new(response: reqwest::Response) -> Self {
        Self {
            response,
            buffer: Vec::new(),
            events: VecDeque::new(),
        }
    }

    /// The next event, or nothing when the stream has ended.
    pub async fn next(&mut self) -> Option<SequencedEvent> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            let chunk = within("the next event", self.response.chunk())
                .await
                .ok()??;
            self.buffer.extend_from_slice(&chunk);
            while let Some(at) = self.buffer.windows(2).position(|pair| pair == b"\n\n") {
                let frame: Vec<u8> = self.buffer.drain(..at + 2).collect();
                self.events
                    .extend(parse(&String::from_utf8(frame).expect("UTF-8")));
            }
        }
    }

    /// Reads until an event is as wanted, and returns that one.
    pub async fn until(&mut self, wanted: impl Fn(&RunEvent) -> bool) -> SequencedEvent {
        while let Some(event) = self.next().await {
            if wanted(&event.event) {
                return event;
            }
        }
        panic!("the stream ended before the event that was waited for");
    }

    /// Everything that is left, to the end of the stream.
    pub async fn rest(mut self) -> Vec<SequencedEvent> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

/// One frame: an id and a line of data, or a mere heartbeat.
fn parse(frame: &str) -> Option<SequencedEvent> {
    let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name));
    let (id, data) = field("id:").zip(field("data:"))?;
    Some(SequencedEvent {
        seq: id.parse().expect("a number"),
        event: serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}")),
    })
}

/// Folds events into what a page would show; a gap fails the test.
pub fn fold(events: &[SequencedEvent]) -> Transcript {
    fold_onto(Transcript::default(), events)
}

/// Folds events into a transcript that is there; a gap fails the test.
pub fn fold_onto(mut transcript: Transcript, events: &[SequencedEvent]) -> Transcript {
    for event in events {
        let applied = transcript.apply(event);
        assert_ne!(applied, Applied::Gap, "after {}: {event:?}", transcript.seq);
    }
    transcript
}
