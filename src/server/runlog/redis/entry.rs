//! How runs, events and signals are written in Redis.

use crate::model::{event::SequencedEvent, ids::RunId};
use redis::streams::StreamId;

/// The field that holds an event as JSON.
pub(super) const EVENT: &str = "e";

const RUN: &str = "inspireai:run:";
const NODE: &str = "inspireai:node:";

/// The stream of a run.
pub(super) fn run_key(run: RunId) -> String {
    format!("{RUN}{run}")
}

/// The stream of messages for one process.
pub(super) fn node_key(instance: &str) -> String {
    format!("{NODE}{instance}")
}

/// The run of a stream.
pub(super) fn run_of(key: &str) -> Option<RunId> {
    key.strip_prefix(RUN)?.parse().ok()
}

/// An entry's identifier is the event's number and a zero.
pub(super) fn number_of(id: &str) -> Option<u64> {
    id.split('-').next()?.parse().ok()
}

/// The event in an entry; nothing for what a newer version wrote and this one cannot read.
pub(super) fn event_of(entry: &StreamId) -> Option<SequencedEvent> {
    let json: String = entry.get(EVENT)?;
    Some(SequencedEvent {
        seq: number_of(&entry.id)?,
        event: serde_json::from_str(&json).ok()?,
    })
}

/// What processes tell each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// Stop a run.
    Stop(RunId),
    /// Look again at which runs to listen to.
    Wake,
    /// Come back, to prove that messages do.
    Probe(u64),
}

impl Signal {
    pub(super) fn field(&self) -> &'static str {
        match self {
            Self::Stop(_) => "stop",
            Self::Wake => "wake",
            Self::Probe(_) => "probe",
        }
    }

    pub(super) fn value(&self) -> String {
        match self {
            Self::Stop(run) => run.to_string(),
            Self::Wake => "1".to_owned(),
            Self::Probe(number) => number.to_string(),
        }
    }

    pub(super) fn of(entry: &StreamId) -> Option<Self> {
        if let Some(run) = entry.get::<String>("stop") {
            return Some(Self::Stop(run.parse().ok()?));
        }
        if let Some(number) = entry.get::<u64>("probe") {
            return Some(Self::Probe(number));
        }
        entry.contains_key("wake").then_some(Self::Wake)
    }
}
