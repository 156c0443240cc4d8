//! The log of runs: append, read after a number, follow. What readers stream from while a run is open; the database keeps
//! what lasts. No rules of chat in here.

mod memory;

use crate::model::{
    event::{RunEvent, SequencedEvent},
    ids::RunId,
};
use futures::stream::BoxStream;
use memory::MemoryLog;
use std::sync::Arc;

/// Where the events of open runs are kept.
#[derive(Clone)]
pub enum RunLog {
    /// In this process.
    Memory(MemoryLog),
}

/// Events as they come, in batches of what was there at once.
pub type EventStream = BoxStream<'static, Vec<Arc<SequencedEvent>>>;

impl RunLog {
    /// A log in this process.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::Memory(MemoryLog::default())
    }

    /// Makes room for a run; readers may follow it from now on.
    pub fn open(&self, run: RunId) {
        match self {
            Self::Memory(log) => log.open(run),
        }
    }

    /// Adds an event and gives it its number.
    pub fn append(&self, run: RunId, event: RunEvent) -> u64 {
        match self {
            Self::Memory(log) => log.append(run, event),
        }
    }

    /// The events after `after`, those that are there and those that will come; it ends after the run's end. `None` when
    /// the log does not hold what comes right after `after`.
    #[must_use]
    pub fn follow(&self, run: RunId, after: u64) -> Option<EventStream> {
        match self {
            Self::Memory(log) => log.follow(run, after),
        }
    }

    /// How many runs are in the log.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Memory(log) => log.len(),
        }
    }

    /// Whether no run is in the log.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets a run some time after its end, so that readers who blink can still resume without a snapshot.
    pub fn close(&self, run: RunId) {
        match self {
            Self::Memory(log) => log.close(run),
        }
    }

    /// Forgets a run at once.
    pub fn forget(&self, run: RunId) {
        match self {
            Self::Memory(log) => log.forget(run),
        }
    }
}
