//! The log in this process: a list of events a run, and a number that followers wait on.

use super::EventStream;
use crate::model::{
    event::{RunEvent, SequencedEvent},
    ids::RunId,
};
use futures::{StreamExt, stream};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::watch;

/// How long an ended run stays for readers who blinked.
const KEEP: Duration = Duration::from_secs(60);

/// Every open run's events.
#[derive(Clone)]
pub struct MemoryLog {
    runs: Arc<Mutex<HashMap<RunId, Arc<Run>>>>,
    keep: Duration,
}

impl Default for MemoryLog {
    fn default() -> Self {
        Self::keeping(KEEP)
    }
}

struct Run {
    events: Mutex<Vec<Arc<SequencedEvent>>>,
    /// The number of the last event.
    last: watch::Sender<u64>,
}

/// Data behind these locks is valid after every statement, so a panic elsewhere does not spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Run {
    fn after(&self, after: u64) -> Vec<Arc<SequencedEvent>> {
        let events = lock(&self.events);
        let from = usize::try_from(after)
            .unwrap_or(usize::MAX)
            .min(events.len());
        events[from..].to_vec()
    }
}

impl MemoryLog {
    fn keeping(keep: Duration) -> Self {
        Self {
            runs: Arc::default(),
            keep,
        }
    }

    pub(super) fn open(&self, run: RunId) {
        let fresh = Arc::new(Run {
            events: Mutex::default(),
            last: watch::Sender::new(0),
        });
        lock(&self.runs).entry(run).or_insert(fresh);
    }

    pub(super) fn append(&self, run: RunId, event: RunEvent) -> u64 {
        let Some(run) = self.find(run) else { return 0 };
        let mut events = lock(&run.events);
        let seq = events.len() as u64 + 1;
        events.push(Arc::new(SequencedEvent { seq, event }));
        drop(events);
        run.last.send_replace(seq);
        seq
    }

    pub(super) fn follow(&self, run: RunId, after: u64) -> Option<EventStream> {
        let run = self.find(run)?;
        let last = run.last.subscribe();
        if after > *last.borrow() {
            return None;
        }
        // Who has seen the end waits for nothing.
        let is_over = lock(&run.events)
            .last()
            .is_some_and(|newest| newest.seq == after && newest.event.is_end());
        // The log keeps no sender alive: when it forgets the run, waiting followers end.
        let weak = Arc::downgrade(&run);
        drop(run);
        let state = (weak, last, after, is_over);
        let batches = stream::unfold(state, |(run, mut last, mut after, is_over)| async move {
            if is_over {
                return None;
            }
            loop {
                last.borrow_and_update();
                let batch = run.upgrade()?.after(after);
                if let Some(newest) = batch.last() {
                    after = newest.seq;
                    let is_over = newest.event.is_end();
                    return Some((batch, (run, last, after, is_over)));
                }
                last.changed().await.ok()?;
            }
        });
        Some(batches.boxed())
    }

    pub(super) fn len(&self) -> usize {
        lock(&self.runs).len()
    }

    pub(super) fn close(&self, run: RunId) {
        let log = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(log.keep).await;
            log.forget(run);
        });
    }

    pub(super) fn forget(&self, run: RunId) {
        lock(&self.runs).remove(&run);
    }

    fn find(&self, run: RunId) -> Option<Arc<Run>> {
        lock(&self.runs).get(&run).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(delta: &str) -> RunEvent {
        RunEvent::Text(delta.to_owned())
    }

    #[tokio::test]
    async fn a_follower_gets_what_was_there_and_what_comes_then_the_end() {
        let (log, run) = (MemoryLog::default(), RunId::new());
        log.open(run);
        log.append(run, text("a"));
        let mut events = log.follow(run, 0).expect("open").flat_map(stream::iter);
        assert_eq!(events.next().await.expect("first").seq, 1);
        log.append(run, text("b"));
        log.append(run, RunEvent::Stopped);
        assert_eq!(events.next().await.expect("second").seq, 2);
        assert_eq!(events.next().await.expect("third").event, RunEvent::Stopped);
        assert!(events.next().await.is_none());
    }

    #[tokio::test]
    async fn a_run_it_does_not_know_and_a_number_beyond_the_end_cannot_be_followed() {
        let (log, run) = (MemoryLog::default(), RunId::new());
        assert!(log.follow(run, 0).is_none());
        log.open(run);
        log.append(run, text("a"));
        assert!(log.follow(run, 2).is_none() && log.follow(run, 1).is_some());
    }

    #[tokio::test]
    async fn a_follower_who_has_seen_the_end_waits_for_nothing() {
        let (log, run) = (MemoryLog::default(), RunId::new());
        log.open(run);
        log.append(run, RunEvent::Stopped);
        let mut events = log.follow(run, 1).expect("known");
        assert!(events.next().await.is_none());
    }

    #[tokio::test]
    async fn an_ended_run_is_forgotten_after_a_while() {
        let log = MemoryLog::keeping(Duration::from_millis(1));
        let run = RunId::new();
        log.open(run);
        let mut reader = log.follow(run, 0).expect("open");
        log.close(run);
        assert!(reader.next().await.is_none(), "the reader hears of it");
        assert_eq!(log.len(), 0);
    }
}
