//! The log that nodes share: a stream in Redis for each run, whose entries have the numbers of the run's events.
//!
//! The process that drives a run keeps its events in memory as without Redis, and its readers read them there. A publisher
//! copies them to Redis beside that, so Redis never stands in an answer's way: when it is gone the run goes on, and what is
//! missing there is copied once it is back. A process that has readers of a run driven elsewhere keeps a mirror of the
//! run, filled by one listener for all mirrors. When Redis is gone mirrors are dropped, and their readers are left to what
//! the database has.

mod entry;
mod listener;
mod publisher;

use super::{EventStream, memory::MemoryLog};
use crate::{
    model::{event::SequencedEvent, ids::RunId},
    server::redis::Redis,
};
use ::redis::{RedisResult, streams::StreamRangeReply};
use entry::{Signal, event_of, node_key, number_of, run_key};
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Notify, broadcast, watch},
    time::timeout,
};

/// Longest time that a round trip may take before the log counts as not delivering.
const ROUND_TRIP: Duration = Duration::from_secs(2);
/// Longest time that a process which stops waits for its last events to be published.
const SETTLE: Duration = Duration::from_secs(1);
/// How often it looks.
const SETTLE_LOOK: Duration = Duration::from_millis(10);
/// How long a process's own stream outlives its last message.
const NODE_TTL_S: u32 = 3_600;
/// Most messages kept for a process.
const NODE_LENGTH: u32 = 1_000;
/// Longest wait before Redis is tried again.
const MAX_WAIT: Duration = Duration::from_secs(2);
/// First wait before Redis is tried again.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// A log in this process that shares its runs.
#[derive(Clone)]
pub struct RedisLog {
    shared: Arc<Shared>,
}

struct Shared {
    /// Runs driven here, and mirrors of runs driven elsewhere.
    memory: MemoryLog,
    redis: Redis,
    instance: String,
    /// Whether the listener is connected.
    is_up: AtomicBool,
    /// Runs driven here that have events which Redis may not have.
    unpublished: Mutex<HashSet<RunId>>,
    publish: Notify,
    /// Mirrored runs, and the last event read of each.
    mirrors: Mutex<HashMap<RunId, u64>>,
    stops: broadcast::Sender<RunId>,
    probes: AtomicU64,
    /// The last probe that came back.
    probed: watch::Sender<u64>,
}

/// Data behind these locks is valid after every statement, so a panic elsewhere does not spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RedisLog {
    /// Begins to publish and to listen; both end with the last handle of the log.
    pub(super) fn start(redis: Redis, instance: &str) -> Self {
        let shared = Arc::new(Shared {
            memory: MemoryLog::default(),
            redis,
            instance: instance.to_owned(),
            is_up: AtomicBool::new(false),
            unpublished: Mutex::default(),
            publish: Notify::new(),
            mirrors: Mutex::default(),
            stops: broadcast::Sender::new(256),
            probes: AtomicU64::new(0),
            probed: watch::Sender::new(0),
        });
        tokio::spawn(publisher::publish(Arc::downgrade(&shared)));
        tokio::spawn(listener::listen(Arc::downgrade(&shared)));
        Self { shared }
    }

    pub(super) fn memory(&self) -> &MemoryLog {
        &self.shared.memory
    }

    /// Has the publisher copy what is new in a run.
    pub(super) fn publish(&self, run: RunId) {
        lock(&self.shared.unpublished).insert(run);
        self.shared.publish.notify_one();
    }

    pub(super) async fn follow(&self, run: RunId, after: u64) -> Option<EventStream> {
        if !self.shared.memory.holds(run) {
            self.shared.mirror(run).await?;
        }
        self.shared.memory.follow(run, after)
    }

    /// What Redis has of a run after a number, up to the first gap.
    pub(super) async fn rest(&self, run: RunId, after: u64) -> Vec<SequencedEvent> {
        if !self.shared.is_up.load(Ordering::Relaxed) {
            return Vec::new();
        }
        let events = match self.shared.range(run).await {
            Ok(events) => events,
            Err(error) => {
                tracing::warn!(%error, run.id = %run, "what readers saw of a run could not be read from Redis");
                return Vec::new();
            }
        };
        let later = events.into_iter().skip_while(|event| event.seq <= after);
        let contiguous = later
            .zip(after + 1..)
            .take_while(|(event, seq)| event.seq == *seq);
        contiguous.map(|(event, _)| event).collect()
    }

    pub(super) async fn announce(&self, run: RunId, end: SequencedEvent) {
        if !self.shared.is_up.load(Ordering::Relaxed) {
            return;
        }
        let mut pipeline = ::redis::pipe();
        publisher::add(&mut pipeline, run, &end);
        let mut commands = self.shared.redis.commands();
        // It fails when the driver lives after all and was quicker, which is as good.
        if let Err(error) = pipeline.query_async::<()>(&mut commands).await {
            tracing::debug!(%error, run.id = %run, "the end of a run was not announced");
        }
    }

    pub(super) async fn request_stop(&self, instance: &str, run: RunId) {
        if let Err(error) = self.shared.signal(instance, &Signal::Stop(run)).await {
            tracing::debug!(%error, run.id = %run, "a stop goes by the database alone");
        }
    }

    /// Waits until everything is published, or Redis does not take it.
    pub(super) async fn settle(&self) {
        let settled = async {
            while !lock(&self.shared.unpublished).is_empty() {
                tokio::time::sleep(SETTLE_LOOK).await;
            }
        };
        let _ = timeout(SETTLE, settled).await;
    }

    pub(super) fn stops(&self) -> broadcast::Receiver<RunId> {
        self.shared.stops.subscribe()
    }

    pub(super) async fn is_delivering(&self) -> bool {
        let shared = &self.shared;
        if !shared.is_up.load(Ordering::Relaxed) {
            return false;
        }
        let probe = shared.probes.fetch_add(1, Ordering::Relaxed) + 1;
        let mut probed = shared.probed.subscribe();
        let round_trip = async {
            shared
                .signal(&shared.instance, &Signal::Probe(probe))
                .await
                .is_ok()
                && probed.wait_for(|last| *last >= probe).await.is_ok()
        };
        timeout(ROUND_TRIP, round_trip).await.unwrap_or(false)
    }
}

/// Where the events begin that have no gap between them and the newest. A gap is what Redis did not get while it was away.
fn after_last_gap(events: &[SequencedEvent]) -> usize {
    events
        .windows(2)
        .rposition(|pair| pair[1].seq != pair[0].seq + 1)
        .map_or(0, |gap| gap + 1)
}

impl Shared {
    /// Sends something to a process, itself included.
    async fn signal(&self, instance: &str, signal: &Signal) -> RedisResult<()> {
        let key = node_key(instance);
        let mut pipeline = ::redis::pipe();
        pipeline
            .cmd("XADD")
            .arg(&key)
            .arg("MAXLEN")
            .arg("~")
            .arg(NODE_LENGTH)
            .arg("*")
            .arg(signal.field())
            .arg(signal.value())
            .ignore()
            .cmd("EXPIRE")
            .arg(&key)
            .arg(NODE_TTL_S)
            .ignore();
        pipeline.query_async(&mut self.redis.commands()).await
    }

    /// Everything that Redis has of a run.
    async fn range(&self, run: RunId) -> RedisResult<Vec<SequencedEvent>> {
        let reply: StreamRangeReply = ::redis::cmd("XRANGE")
            .arg(run_key(run))
            .arg("-")
            .arg("+")
            .query_async(&mut self.redis.commands())
            .await?;
        Ok(reply.ids.iter().filter_map(event_of).collect())
    }

    /// The number of the last event that Redis has of a run; 0 when it has none.
    async fn last(
        &self,
        connection: &mut ::redis::aio::MultiplexedConnection,
        run: RunId,
    ) -> RedisResult<u64> {
        let reply: StreamRangeReply = ::redis::cmd("XREVRANGE")
            .arg(run_key(run))
            .arg("+")
            .arg("-")
            .arg("COUNT")
            .arg(1)
            .query_async(connection)
            .await?;
        Ok(reply
            .ids
            .first()
            .and_then(|id| number_of(&id.id))
            .unwrap_or(0))
    }

    /// Begins to mirror a run that is driven elsewhere. `None` when Redis is gone or has nothing of it.
    async fn mirror(&self, run: RunId) -> Option<()> {
        if !self.is_up.load(Ordering::Relaxed) {
            return None;
        }
        let events = self.range(run).await.ok()?;
        let from = after_last_gap(&events);
        let (first, last) = (events.get(from)?.seq, events.last()?.clone());
        {
            let mut mirrors = lock(&self.mirrors);
            if self.memory.holds(run) && !mirrors.contains_key(&run) {
                // It is driven here after all, or has ended.
                return Some(());
            }
            self.memory.open_after(run, first - 1);
            for event in events.into_iter().skip(from) {
                if !self.memory.append_numbered(run, event) {
                    mirrors.remove(&run);
                    self.memory.forget(run);
                    return None;
                }
            }
            if last.event.is_end() {
                mirrors.remove(&run);
                self.memory.close(run);
                return Some(());
            }
            mirrors.entry(run).or_insert(last.seq);
        }
        // The listener waits for the runs that it knew of when it began to wait.
        self.signal(&self.instance, &Signal::Wake).await.ok()
    }

    /// Lets go of what can no longer be kept up to date.
    fn drop_mirrors(&self) {
        for (run, _) in lock(&self.mirrors).drain() {
            self.memory.forget(run);
        }
    }
}
