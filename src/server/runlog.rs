//! The log of runs: append, read after a number, follow. What readers stream from while a run is open; the database keeps
//! what lasts. No rules of chat in here.

mod memory;
mod redis;

use super::redis::Redis;
use crate::model::{
    event::{RunEvent, SequencedEvent},
    ids::RunId,
};
use futures::stream::BoxStream;
use memory::MemoryLog;
use redis::RedisLog;
use std::sync::Arc;
use tokio::sync::broadcast;

/// Where the events of open runs are kept.
#[derive(Clone)]
pub enum RunLog {
    /// In this process. What other nodes drive is not in it.
    Memory(MemoryLog),
    /// In this process, and in a Redis that all nodes share.
    Redis(RedisLog),
}

/// Events as they come, in batches of what was there at once.
pub type EventStream = BoxStream<'static, Vec<Arc<SequencedEvent>>>;

impl RunLog {
    /// A log in this process.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::Memory(MemoryLog::default())
    }

    /// A log that nodes share. `instance` is this process among all that ever use it. A Redis that cannot be reached is
    /// told in the log, and tried again for as long as the log lives.
    #[must_use]
    pub fn shared(redis: Redis, instance: &str) -> Self {
        Self::Redis(RedisLog::start(redis, instance))
    }

    /// Makes room for a run that this process drives; readers may follow it from now on.
    pub fn open(&self, run: RunId) {
        self.memory().open(run);
    }

    /// Adds an event to a run that this process drives, and gives it its number.
    pub fn append(&self, run: RunId, event: RunEvent) -> u64 {
        let seq = self.memory().append(run, event);
        if let Self::Redis(log) = self {
            log.publish(run);
        }
        seq
    }

    /// The events after `after`, those that are there and those that will come. It ends after the run's end, and when the
    /// log loses the run. `None` when the log does not hold what comes right after `after`.
    pub async fn follow(&self, run: RunId, after: u64) -> Option<EventStream> {
        match self {
            Self::Memory(log) => log.follow(run, after),
            Self::Redis(log) => log.follow(run, after).await,
        }
    }

    /// Lets go of events that are stored elsewhere up to number `stored`; some are kept for readers who lag or blink.
    pub fn trim(&self, run: RunId, stored: u64) {
        self.memory().trim(run, stored);
    }

    /// What nodes were told of a run after `after`, without a gap: what a run's driver leaves behind when it dies.
    pub async fn rest(&self, run: RunId, after: u64) -> Vec<SequencedEvent> {
        match self {
            Self::Memory(_) => Vec::new(),
            Self::Redis(log) => log.rest(run, after).await,
        }
    }

    /// Tells whoever follows a run that another process drove, that it has ended.
    pub async fn announce(&self, run: RunId, end: SequencedEvent) {
        if let Self::Redis(log) = self {
            log.announce(run, end).await;
        }
    }

    /// Asks the process that drives a run to stop it. Without a shared log that process finds out by itself, from the
    /// database.
    pub async fn request_stop(&self, instance: &str, run: RunId) {
        if let Self::Redis(log) = self {
            log.request_stop(instance, run).await;
        }
    }

    /// The runs that other processes ask this one to stop.
    #[must_use]
    pub fn stops(&self) -> Option<broadcast::Receiver<RunId>> {
        match self {
            Self::Memory(_) => None,
            Self::Redis(log) => Some(log.stops()),
        }
    }

    /// How many runs are in the log of this process.
    #[must_use]
    pub fn len(&self) -> usize {
        self.memory().len()
    }

    /// Whether no run is in the log of this process.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets a run some time after its end, so that readers who blink can still resume without a snapshot.
    pub fn close(&self, run: RunId) {
        self.memory().close(run);
    }

    /// Whether what is published can be read: proven by a round trip.
    pub async fn is_delivering(&self) -> bool {
        match self {
            Self::Memory(log) => log.is_delivering().await,
            Self::Redis(log) => log.is_delivering().await,
        }
    }

    /// Waits a moment until everybody can read what was appended, as before the process ends.
    pub async fn settle(&self) {
        if let Self::Redis(log) = self {
            log.settle().await;
        }
    }

    /// Whether nodes share it.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Redis(_))
    }

    fn memory(&self) -> &MemoryLog {
        match self {
            Self::Memory(log) => log,
            Self::Redis(log) => log.memory(),
        }
    }
}
