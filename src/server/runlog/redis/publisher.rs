//! Copies the events of runs that this process drives to Redis, many at a time, and again from where it has to.

use super::{
    FIRST_WAIT, MAX_WAIT, Shared,
    entry::{EVENT, run_key},
    lock,
};
use crate::model::{event::SequencedEvent, ids::RunId};
use redis::{Pipeline, RedisResult, aio::MultiplexedConnection};
use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::time::sleep;

/// Longest time that Redis may take to accept events.
const PATIENCE: Duration = Duration::from_secs(5);
/// Most events in one go.
const BATCH: usize = 1_000;
/// About how many events of a run Redis keeps: a minute and a half of a fast answer.
const LENGTH: u32 = 4_096;
/// How long a run's stream outlives its last event: longer than any pause that providers are given.
const OPEN_TTL_S: u32 = 3_600;
/// How long a run's stream outlives its end.
const ENDED_TTL_S: u32 = 120;

/// Adds one event to what will be sent.
pub(super) fn add(pipeline: &mut Pipeline, run: RunId, event: &SequencedEvent) {
    let key = run_key(run);
    let json = match serde_json::to_string(&event.event) {
        Ok(json) => json,
        Err(error) => {
            tracing::error!(%error, "an event could not be written");
            return;
        }
    };
    pipeline
        .cmd("XADD")
        .arg(&key)
        .arg("MAXLEN")
        .arg("~")
        .arg(LENGTH)
        .arg(format!("{}-0", event.seq))
        .arg(EVENT)
        .arg(json)
        .ignore();
    let is_end = event.event.is_end();
    // Now and then will do: the time is far longer than what lies between.
    if is_end || event.seq % 1_000 == 1 {
        let ttl_s = if is_end { ENDED_TTL_S } else { OPEN_TTL_S };
        pipeline.cmd("EXPIRE").arg(&key).arg(ttl_s).ignore();
    }
}

/// Publishes until the log is gone.
pub(super) async fn publish(log: Weak<Shared>) {
    let mut publisher = Publisher {
        connection: None,
        sent: HashMap::new(),
        is_failing: false,
        wait: FIRST_WAIT,
    };
    while let Some(shared) = log.upgrade() {
        // The log must be able to go while this waits, and lets a waiting publisher know by nothing.
        if lock(&shared.unpublished).is_empty() {
            let _ = tokio::time::timeout(Duration::from_secs(1), shared.publish.notified()).await;
        }
        publisher.catch_up(&shared).await;
    }
}

/// What is known of what Redis has.
struct Publisher {
    connection: Option<MultiplexedConnection>,
    /// The last event of each open run that Redis has.
    sent: HashMap<RunId, u64>,
    is_failing: bool,
    /// Until Redis is tried again.
    wait: Duration,
}

impl Publisher {
    /// Sends everything there is.
    async fn catch_up(&mut self, shared: &Arc<Shared>) {
        loop {
            let runs = mem::take(&mut *lock(&shared.unpublished));
            if runs.is_empty() {
                return;
            }
            match self
                .send(shared, &runs.iter().copied().collect::<Vec<_>>())
                .await
            {
                Ok(()) => {
                    self.wait = FIRST_WAIT;
                    if mem::take(&mut self.is_failing) {
                        tracing::info!("Redis is back: runs are shared with other nodes again");
                    }
                }
                Err(error) => {
                    if !mem::replace(&mut self.is_failing, true) {
                        tracing::warn!(%error, "Redis does not take events; answers go on, other nodes show them from the database");
                    }
                    self.connection = None;
                    let still_here = runs.into_iter().filter(|run| shared.memory.holds(*run));
                    lock(&shared.unpublished).extend(still_here);
                    sleep(self.wait).await;
                    self.wait = (self.wait * 2).min(MAX_WAIT);
                    // The log may have gone meanwhile.
                    return;
                }
            }
        }
    }

    async fn send(&mut self, shared: &Shared, runs: &[RunId]) -> RedisResult<()> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect(shared).await?,
        };
        let (mut pipeline, mut count) = (redis::pipe(), 0);
        // What Redis has is known only once it has answered.
        let mut sent = Vec::new();
        for &run in runs {
            // Noted before it is sent: after a failure Redis is asked what it has of each run that is noted.
            self.sent.entry(run).or_insert(0);
            let Some(events) = self.unsent(shared, run) else {
                self.sent.remove(&run);
                continue;
            };
            for event in &events {
                add(&mut pipeline, run, event);
            }
            count += events.len();
            if let Some(newest) = events.last() {
                sent.push((run, newest.seq, newest.event.is_end()));
            }
            if count >= BATCH {
                pipeline.query_async::<()>(&mut connection).await?;
                self.note(mem::take(&mut sent));
                (pipeline, count) = (redis::pipe(), 0);
            }
        }
        if count > 0 {
            pipeline.query_async::<()>(&mut connection).await?;
            self.note(sent);
        }
        self.connection = Some(connection);
        Ok(())
    }

    /// Connects, and asks what Redis has of each open run: it may have come back with nothing, and a command whose answer
    /// was lost may have been carried out.
    async fn connect(&mut self, shared: &Shared) -> RedisResult<MultiplexedConnection> {
        let mut connection = shared.redis.connect(PATIENCE).await?;
        for (run, sent) in &mut self.sent {
            *sent = shared.last(&mut connection, *run).await?;
        }
        lock(&shared.unpublished).extend(self.sent.keys());
        Ok(connection)
    }

    /// What Redis does not have of a run, as far as it is still here; `None` when the run is not.
    fn unsent(&self, shared: &Shared, run: RunId) -> Option<Vec<Arc<SequencedEvent>>> {
        let sent = self.sent.get(&run).copied().unwrap_or(0);
        let from = sent.max(shared.memory.before(run)?);
        shared.memory.after(run, from)
    }

    fn note(&mut self, sent: Vec<(RunId, u64, bool)>) {
        for (run, seq, is_end) in sent {
            if is_end {
                self.sent.remove(&run);
            } else {
                self.sent.insert(run, seq);
            }
        }
    }
}
