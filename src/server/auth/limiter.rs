//! How often something may be done in a minute, by key. Nodes that share a Redis count together; without it, or while it is
//! away, each counts for itself.

use crate::{
    model::{AppError, ErrorKind},
    server::redis::Redis,
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use redis::RedisResult;
use std::{num::NonZeroU32, sync::Arc};

/// What nodes count together is counted in windows of this length.
const WINDOW_S: u32 = 60;
/// From so many keys on, those of long ago are forgotten before another is counted.
const MANY_KEYS: usize = 1000;

/// Counts what was done for one kind of key in the last minute.
#[derive(Clone)]
pub(super) struct Limiter {
    /// What is counted, as part of the key in Redis.
    kind: &'static str,
    per_minute: NonZeroU32,
    here: Arc<DefaultKeyedRateLimiter<String>>,
}

/// The limits that one thing is held to, each with the key it counts for. Keys stand in Redis as they are.
pub(super) type Limits<'a> = [(&'a Limiter, String); 2];

impl Limiter {
    pub(super) fn new(kind: &'static str, per_minute: NonZeroU32) -> Self {
        Self {
            kind,
            per_minute,
            here: Arc::new(RateLimiter::keyed(Quota::per_minute(per_minute))),
        }
    }

    /// Counts for this node alone; gives the seconds until the next is taken when there were too many.
    fn count(&self, key: &String) -> Option<u32> {
        // Forgotten here rather than by a timer: the map only grows when somebody comes.
        if self.here.len() > MANY_KEYS {
            self.here.retain_recent();
        }
        let refused = self.here.check_key(key).err()?;
        let clock = governor::clock::DefaultClock::default();
        let wait = refused.wait_time_from(clock.now());
        Some(u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).max(1))
    }

    fn shared_key(&self, key: &str) -> String {
        format!("inspireai:attempts:{}:{key}", self.kind)
    }
}

/// Counts one more for each key. Gives the seconds to wait when any of them had too many.
pub(super) async fn count(shared: Option<&Redis>, limits: &Limits<'_>) -> Option<u32> {
    if let Some(redis) = shared {
        match count_shared(redis, limits).await {
            Ok(wait) => return wait,
            Err(error) => tracing::debug!(%error, "attempts are counted by this node alone"),
        }
    }
    limits
        .iter()
        .filter_map(|(limiter, key)| limiter.count(key))
        .max()
}

/// Counts for all nodes; gives the seconds until the window's end when there were too many.
async fn count_shared(redis: &Redis, limits: &Limits<'_>) -> RedisResult<Option<u32>> {
    let mut pipeline = redis::pipe();
    pipeline.atomic();
    for (limiter, key) in limits {
        let key = limiter.shared_key(key);
        pipeline.cmd("SET").arg(&key).arg(0).arg("EX").arg(WINDOW_S);
        pipeline.arg("NX").ignore();
        pipeline.cmd("INCR").arg(&key).cmd("TTL").arg(&key);
    }
    let counted: Vec<i64> = pipeline.query_async(&mut redis.commands()).await?;
    let waits = counted
        .chunks_exact(2)
        .zip(limits)
        .filter(|(count, (limiter, _))| count[0] > i64::from(limiter.per_minute.get()))
        .map(|(count, _)| u32::try_from(count[1]).unwrap_or(WINDOW_S).max(1));
    Ok(waits.max())
}

/// What is told to whoever must wait.
pub(super) fn refusal(what: &str, seconds: u32) -> AppError {
    AppError::new(
        ErrorKind::RateLimited,
        format!("Too many {what}. Try again in {seconds} seconds."),
    )
    .retry_after(seconds)
}
