//! The log in this process: the latest events of each run, and a number that followers wait on.

use super::EventStream;
use crate::{
    model::{
        event::{RunEvent, SequencedEvent},
        ids::RunId,
    },
    server::metrics,
};
use futures::{StreamExt, stream};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// How long an ended run stays for readers who blinked.
const KEEP: Duration = Duration::from_secs(60);

/// How many events stay though they are stored: a reader that lags or comes back goes on from these without a snapshot.
/// Eight seconds of a fast answer.
const KEPT_BEHIND: u64 = 320;

/// Every open run's latest events.
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
    window: Mutex<Window>,
    /// When the last event was added.
    last: watch::Sender<Instant>,
}

/// The events of a run that are still here. Their numbers are contiguous.
struct Window {
    /// The number before the first of them.
    before: u64,
    events: VecDeque<Arc<SequencedEvent>>,
}

impl Window {
    fn last(&self) -> u64 {
        self.before + self.events.len() as u64
    }

    /// The events after a number; `None` when some of them are gone.
    fn after(&self, after: u64) -> Option<Vec<Arc<SequencedEvent>>> {
        let skipped = usize::try_from(after.checked_sub(self.before)?).ok()?;
        Some(self.events.iter().skip(skipped).cloned().collect())
    }
}

/// Data behind these locks is valid after every statement, so a panic elsewhere does not spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemoryLog {
    fn keeping(keep: Duration) -> Self {
        Self {
            runs: Arc::default(),
            keep,
        }
    }

    pub(super) fn open(&self, run: RunId) {
        self.open_after(run, 0);
    }

    /// Makes room for a run whose events up to `before` are not to be had.
    pub(super) fn open_after(&self, run: RunId, before: u64) {
        let window = Window {
            before,
            events: VecDeque::new(),
        };
        let fresh = Arc::new(Run {
            window: Mutex::new(window),
            last: watch::Sender::new(Instant::now()),
        });
        lock(&self.runs).entry(run).or_insert(fresh);
    }

    pub(super) fn append(&self, run: RunId, event: RunEvent) -> u64 {
        let Some(run) = self.find(run) else { return 0 };
        let mut window = lock(&run.window);
        let seq = window.last() + 1;
        window
            .events
            .push_back(Arc::new(SequencedEvent { seq, event }));
        drop(window);
        run.last.send_replace(Instant::now());
        seq
    }

    /// Adds an event that has its number already; one that is there is passed over. False when one before it is missing.
    pub(super) fn append_numbered(&self, run: RunId, event: SequencedEvent) -> bool {
        let Some(run) = self.find(run) else {
            return false;
        };
        let mut window = lock(&run.window);
        let (last, seq) = (window.last(), event.seq);
        if seq <= last {
            return true;
        }
        if seq > last + 1 {
            return false;
        }
        window.events.push_back(Arc::new(event));
        drop(window);
        run.last.send_replace(Instant::now());
        true
    }

    pub(super) fn trim(&self, run: RunId, stored: u64) {
        let Some(run) = self.find(run) else { return };
        let mut window = lock(&run.window);
        let unneeded = stored
            .saturating_sub(KEPT_BEHIND)
            .saturating_sub(window.before);
        let unneeded = usize::try_from(unneeded)
            .unwrap_or(usize::MAX)
            .min(window.events.len());
        window.events.drain(..unneeded);
        window.before += unneeded as u64;
    }

    /// The events after a number that are here now; `None` when some of them are gone, or the run is not known.
    pub(super) fn after(&self, run: RunId, after: u64) -> Option<Vec<Arc<SequencedEvent>>> {
        lock(&self.find(run)?.window).after(after)
    }

    /// The number before the first event that is here.
    pub(super) fn before(&self, run: RunId) -> Option<u64> {
        Some(lock(&self.find(run)?.window).before)
    }

    /// Whether the run is known here.
    pub(super) fn holds(&self, run: RunId) -> bool {
        self.find(run).is_some()
    }

    /// How many follow a run.
    pub(super) fn followers(&self, run: RunId) -> usize {
        self.find(run).map_or(0, |run| run.last.receiver_count())
    }

    pub(super) fn follow(&self, run: RunId, after: u64) -> Option<EventStream> {
        let run = self.find(run)?;
        let last = run.last.subscribe();
        let window = lock(&run.window);
        if after > window.last() || after < window.before {
            return None;
        }
        // Who has seen the end waits for nothing.
        let is_over = window
            .events
            .back()
            .is_some_and(|newest| newest.seq == after && newest.event.is_end());
        drop(window);
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
                let batch = {
                    let run = run.upgrade()?;
                    let window = lock(&run.window);
                    window.after(after)?
                };
                if let Some(newest) = batch.last() {
                    after = newest.seq;
                    let is_over = newest.event.is_end();
                    return Some((batch, (run, last, after, is_over)));
                }
                last.changed().await.ok()?;
                metrics::log_lag(last.borrow().elapsed().as_secs_f64());
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

    pub(super) async fn is_delivering(&self) -> bool {
        let probe = RunId::new();
        self.open(probe);
        let reader = self.follow(probe, 0);
        self.append(probe, RunEvent::Stopped);
        let is_delivered = match reader {
            Some(mut events) => events.next().await.is_some(),
            None => false,
        };
        self.forget(probe);
        is_delivered
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

    #[tokio::test]
    async fn events_that_are_stored_are_let_go_and_a_reader_who_needs_them_is_sent_away() {
        let (log, run) = (MemoryLog::default(), RunId::new());
        log.open(run);
        let mut laggard = log.follow(run, 0).expect("open");
        for _ in 0..1_000 {
            log.append(run, text("a"));
        }
        log.trim(run, 900);
        assert_eq!(log.before(run), Some(900 - KEPT_BEHIND));
        assert!(log.follow(run, 500).is_none(), "501 is gone");
        assert!(laggard.next().await.is_none(), "and so is 1");
        let mut reader = log.follow(run, 600).expect("601 is there");
        let batch = reader.next().await.expect("the rest");
        assert_eq!((batch[0].seq, batch.len()), (601, 400));
        assert_eq!(log.append(run, text("b")), 1_001);
    }

    #[test]
    fn numbered_events_are_taken_in_their_turn_only() {
        let (log, run) = (MemoryLog::default(), RunId::new());
        let numbered = |seq| SequencedEvent {
            seq,
            event: text("a"),
        };
        assert!(!log.append_numbered(run, numbered(1)), "not opened");
        log.open_after(run, 6);
        assert!(log.append_numbered(run, numbered(7)));
        assert!(log.append_numbered(run, numbered(7)), "seen: passed over");
        assert!(!log.append_numbered(run, numbered(9)), "8 is missing");
        assert_eq!(log.after(run, 6).expect("there").len(), 1);
        assert!(log.after(run, 5).is_none(), "6 is not here");
    }
}
