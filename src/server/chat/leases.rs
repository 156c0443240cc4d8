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
    },
    server::{
        db::{DbResult, now_ms, runs::RunEnd},
        metrics,
    },
};
use std::{collections::HashMap, time::Duration};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// How often in the life of a lease it is renewed, and looked at.
const BEATS: u32 = 4;

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
            for run in self.db.interrupt_all().await? {
                metrics::run_ended("interrupted");
                tracing::warn!(run.id = %run, "answer interrupted: the server that wrote it was stopped");
            }
        }
        Ok(())
    }

    /// Renews the leases of the runs driven here, and ends the runs that nobody drives, until `shutdown`.
    pub async fn keep_leases(&self, shutdown: CancellationToken) {
        let mut beat = interval(self.lease / BEATS);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut others = Leases::new();
        while shutdown.run_until_cancelled(beat.tick()).await.is_some() {
            if let Err(error) = self.renew_leases().await {
                tracing::warn!(%error, "the leases of answers could not be renewed");
            }
            if let Err(error) = self.end_orphans(&mut others).await {
                tracing::warn!(%error, "answers that nobody writes could not be looked for");
                // While the database was away nobody could renew anything.
                others.clear();
            }
        }
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

    /// Says that the runs driven here are alive; ends those that were stopped or ended elsewhere.
    async fn renew_leases(&self) -> DbResult<()> {
        let driven: Vec<RunId> = self.driven().keys().copied().collect();
        if driven.is_empty() {
            return Ok(());
        }
        let open = self.db.renew_leases(&self.node, now_ms()).await?;
        for run in driven {
            if *open.get(&run).unwrap_or(&true) {
                self.cancel(run);
            }
        }
        Ok(())
    }

    async fn end_orphans(&self, others: &mut Leases) -> DbResult<()> {
        let leases: HashMap<_, _> = self.db.list_leases(&self.node).await?.into_iter().collect();
        for run in forsaken(others, &leases, Instant::now(), self.lease) {
            let lease = leases.get(&run).copied();
            self.end_orphan(run, lease).await?;
        }
        Ok(())
    }

    /// Ends a run whose driver is gone, with all that its readers saw, as far as that is known.
    async fn end_orphan(&self, run: RunId, lease: Option<i64>) -> DbResult<()> {
        let Some((mut text, mut seq)) = self.db.find_checkpoint(run).await? else {
            return Ok(());
        };
        for event in self.log.rest(run, seq).await {
            if event.event.is_end() {
                break;
            }
            seq = event.seq;
            if let RunEvent::Text(delta) = event.event {
                text.push_str(&delta);
            }
        }
        seq += 1;
        let end = RunEnd {
            text: &text,
            seq,
            state: &RunState::Interrupted,
            usage: None,
            lease,
        };
        if self.db.end_run(run, &end).await? {
            tracing::warn!(run.id = %run, bytes = text.len(), "answer interrupted: the server that wrote it is gone");
            let event = RunEvent::Interrupted;
            metrics::run_ended("interrupted");
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
