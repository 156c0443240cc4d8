//! Who drives which run, and what becomes of a run whose driver is gone.
//!
//! A process renews the leases of its runs in the database. The others watch them change, each by its own clock that only
//! runs forward: a lease that has not changed for a while belongs to nobody any more. So no process must believe another's
//! clock, nor its own when it jumps.

use super::Chat;
use crate::{
    model::{
        chat::RunState,
        event::{RunEvent, SequencedEvent},
        ids::RunId,
        transcript::Transcript,
    },
    server::{
        db::{DbResult, now_ms, runs::RunEnd},
        metrics,
    },
};
use futures::{StreamExt, stream};
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// How often in the life of a lease it is renewed, and looked at: a reader is told of a dead node at most a quarter of a
/// lease after the lease has run out.
const BEATS: u32 = 8;
/// Runs that are ended at the same time, when a node dies that drove many.
const ENDED_AT_ONCE: usize = 8;

/// Leases of other processes, and since when each has not changed.
type Leases = HashMap<RunId, (i64, Instant)>;

impl Chat {
    /// Ends what an earlier life of this server left open, keeping its text. To be called before anything is sent. Where
    /// several servers share a database, nobody's runs but those without a lease are ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recover(&self) -> DbResult<()> {
        if self.db.is_exclusive() {
            let runs = self.db.interrupt_open_runs().await?;
            if runs > 0 {
                tracing::warn!(
                    runs,
                    "answers interrupted: the server that wrote them was stopped"
                );
            }
        }
        Ok(())
    }

    /// Renews the leases of the runs driven here, until `shutdown`. Nothing else is done in between: who is late with this is
    /// taken for dead.
    pub async fn keep_leases(&self, shutdown: CancellationToken) {
        let mut beat = self.beat();
        let mut strays = HashSet::new();
        while shutdown.run_until_cancelled(beat.tick()).await.is_some() {
            if let Err(error) = self.renew_leases(&mut strays).await {
                tracing::warn!(%error, "the leases of answers could not be renewed");
            }
        }
    }

    /// Ends the runs that nobody drives, and stores what could not be stored, until `shutdown`.
    pub async fn end_orphans(&self, shutdown: CancellationToken) {
        let mut beat = self.beat();
        let mut others = Leases::new();
        while shutdown.run_until_cancelled(beat.tick()).await.is_some() {
            self.store_unstored().await;
            match self.db.list_leases(&self.node).await {
                Ok(leases) => {
                    let leases = leases.into_iter().collect();
                    let orphans = forsaken(&mut others, &leases, Instant::now(), self.lease);
                    stream::iter(orphans)
                        .for_each_concurrent(ENDED_AT_ONCE, |run| {
                            self.end_orphan(run, leases.get(&run).copied())
                        })
                        .await;
                }
                Err(error) => {
                    tracing::warn!(%error, "answers that nobody writes could not be looked for");
                    // While the database was away nobody could renew anything.
                    others.clear();
                }
            }
        }
    }

    fn beat(&self) -> Interval {
        let mut beat = interval(self.lease / BEATS);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beat
    }

    /// Stops runs that other processes were asked to stop, until `shutdown`.
    pub async fn hear_stops(&self, shutdown: CancellationToken) {
        let Some(mut stops) = self.log.stops() else {
            return;
        };
        // What is missed while lagging is in the database as well.
        while let Some(stop) = shutdown.run_until_cancelled(stops.recv()).await {
            match stop {
                Ok(run) => self.cancel(run),
                Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
                Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
            }
        }
    }

    /// Says that the runs of this process are alive; cancels those that were stopped or ended elsewhere. A run of this process
    /// that nothing here drives, twice in a row, has lost its driver: it is ended. `strays` are those of the time before.
    async fn renew_leases(&self, strays: &mut HashSet<RunId>) -> DbResult<()> {
        let driven: Vec<RunId> = self.driven().keys().copied().collect();
        let open = self.db.renew_leases(&self.node, now_ms()).await?;
        for run in driven {
            if *open.get(&run).unwrap_or(&true) {
                self.cancel(run);
            }
        }
        let alone: HashSet<RunId> = {
            let driven = self.driven();
            open.into_keys()
                .filter(|run| !driven.contains_key(run))
                .collect()
        };
        let kept: HashSet<RunId> = self.unstored().iter().map(|ending| ending.run).collect();
        for run in alone.intersection(strays).filter(|run| !kept.contains(run)) {
            self.end_orphan(*run, None).await;
        }
        *strays = alone;
        Ok(())
    }

    /// Ends a run whose driver is gone. A failure is told in the log; the next look tries again.
    async fn end_orphan(&self, run: RunId, lease: Option<i64>) {
        if let Err(error) = self.interrupt(run, lease).await {
            tracing::warn!(%error, run.id = %run, "an answer that nobody writes could not be ended");
        }
    }

    /// Ends a run as interrupted, with all that its readers saw, as far as that is known.
    async fn interrupt(&self, run: RunId, lease: Option<i64>) -> DbResult<()> {
        let Some(stored) = self.db.find_stored(run).await? else {
            return Ok(());
        };
        let mut seen = Transcript::new(stored.text, stored.seq).with_extras(stored.extras);
        for event in self.log.rest(run, stored.seq).await {
            if event.event.is_end() {
                break;
            }
            seen.apply(&event);
        }
        let seq = seen.seq + 1;
        let end = RunEnd {
            text: &seen.text,
            extras: &seen.extras,
            seq,
            state: &RunState::Interrupted,
            usage: None,
            thread: None,
            lease,
        };
        if self.db.end_run(run, &end).await? {
            tracing::warn!(run.id = %run, bytes = seen.text.len(), "answer interrupted: nobody writes it any more");
            metrics::run_ended("interrupted");
            let event = RunEvent::Interrupted;
            self.log.announce(run, SequencedEvent { seq, event }).await;
        }
        Ok(())
    }
}

/// Notes which leases have changed; gives the runs whose lease has not for longer than `life`.
fn forsaken(
    known: &mut Leases,
    leases: &HashMap<RunId, i64>,
    now: Instant,
    life: Duration,
) -> Vec<RunId> {
    known.retain(|run, (lease, _)| leases.get(run) == Some(lease));
    for (run, lease) in leases {
        known.entry(*run).or_insert((*lease, now));
    }
    known
        .iter()
        .filter(|(_, (_, since))| now - *since >= life)
        .map(|(run, _)| *run)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Duration = Duration::from_secs(10);

    #[test]
    fn a_run_is_forsaken_when_its_lease_has_not_changed_for_its_whole_life() {
        let (run, start) = (RunId::new(), Instant::now());
        let mut known = Leases::new();
        let at = |known: &mut Leases, s: u64, lease: i64| {
            let now = start + Duration::from_secs(s);
            forsaken(known, &HashMap::from([(run, lease)]), now, LIFE)
        };
        assert!(at(&mut known, 0, 7).is_empty());
        assert!(at(&mut known, 9, 7).is_empty());
        assert!(
            at(&mut known, 10, 8).is_empty(),
            "renewed at the last moment"
        );
        assert!(at(&mut known, 19, 8).is_empty());
        assert_eq!(at(&mut known, 20, 8), [run]);
    }

    #[test]
    fn a_clock_that_jumps_forsakes_nobody() {
        let (run, start) = (RunId::new(), Instant::now());
        let mut known = Leases::new();
        // An hour back, a year on, the beginning of time: each is but another value.
        for (s, lease) in [
            (0, 1_800_000_000_000),
            (3, 1_799_996_400_000),
            (6, 1_831_536_000_000),
            (9, 0),
            (12, 5),
        ] {
            let now = start + Duration::from_secs(s);
            let leases = HashMap::from([(run, lease)]);
            assert!(forsaken(&mut known, &leases, now, LIFE).is_empty());
        }
    }

    #[test]
    fn a_run_that_has_ended_is_forgotten() {
        let start = Instant::now();
        let mut known = Leases::from([(RunId::new(), (1, start))]);
        assert!(forsaken(&mut known, &HashMap::new(), start + LIFE, LIFE).is_empty());
        assert!(known.is_empty());
    }
}
