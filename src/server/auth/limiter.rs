//! How often one may try to log in: per address, and per account from wherever. Nodes that share a Redis count together;
//! without it, or while it is away, each counts for itself.

use crate::{
    model::{AppError, AppResult, ErrorKind},
    server::{metrics, redis::Redis},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use redis::RedisResult;
use sha2::{Digest, Sha256};
use std::{net::IpAddr, num::NonZeroU32, sync::Arc};

/// Attempts that nodes share are counted in windows of this length.
const WINDOW_S: u32 = 60;

/// Counts attempts of the last minute.
#[derive(Clone)]
pub(super) struct AttemptLimiter {
    per_minute: NonZeroU32,
    shared: Option<Redis>,
    by_address: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    by_name: Arc<DefaultKeyedRateLimiter<String>>,
}

impl AttemptLimiter {
    pub(super) fn new(per_minute: NonZeroU32, shared: Option<Redis>) -> Self {
        let quota = Quota::per_minute(per_minute);
        Self {
            per_minute,
            shared,
            by_address: Arc::new(RateLimiter::keyed(quota)),
            by_name: Arc::new(RateLimiter::keyed(quota)),
        }
    }

    /// Counts one attempt.
    ///
    /// # Errors
    /// `RateLimited`, with the seconds until the next attempt is taken.
    pub(super) async fn check(&self, from: IpAddr, name: &str) -> AppResult<()> {
        let name: String = name
            .trim()
            .chars()
            .take(64)
            .collect::<String>()
            .to_lowercase();
        if let Some(redis) = &self.shared {
            match self.count_shared(redis, from, &name).await {
                Ok(None) => return Ok(()),
                Ok(Some(seconds)) => {
                    metrics::login_refused("rate_limit");
                    return Err(refusal(seconds));
                }
                Err(error) => tracing::debug!(%error, "attempts are counted by this node alone"),
            }
        }
        self.count_here(from, name)
    }

    fn count_here(&self, from: IpAddr, name: String) -> AppResult<()> {
        // Keys of long ago are forgotten here rather than by a timer: the maps only grow when somebody tries.
        self.by_address.retain_recent();
        self.by_name.retain_recent();
        let outcome = self
            .by_address
            .check_key(&from)
            .and_then(|()| self.by_name.check_key(&name));
        outcome.map_err(|refused| {
            metrics::login_refused("rate_limit");
            let clock = governor::clock::DefaultClock::default();
            let wait = refused.wait_time_from(clock.now());
            refusal(u32::try_from(wait.as_secs()).unwrap_or(u32::MAX))
        })
    }

    /// Counts for all nodes; gives the seconds until the window's end when there were too many.
    async fn count_shared(
        &self,
        redis: &Redis,
        from: IpAddr,
        name: &str,
    ) -> RedisResult<Option<u32>> {
        // Names are people's; what is only counted need not be readable.
        let name = format!("{:x}", Sha256::digest(name.as_bytes()));
        let keys = [
            format!("inspireai:attempts:address:{from}"),
            format!("inspireai:attempts:name:{name}"),
        ];
        let mut pipeline = redis::pipe();
        pipeline.atomic();
        for key in &keys {
            pipeline.cmd("SET").arg(key).arg(0).arg("EX").arg(WINDOW_S);
            pipeline.arg("NX").ignore();
            pipeline.cmd("INCR").arg(key).cmd("TTL").arg(key);
        }
        let counted: [i64; 4] = pipeline.query_async(&mut redis.commands()).await?;
        let limit = i64::from(self.per_minute.get());
        let waits = counted
            .chunks_exact(2)
            .filter(|count| count[0] > limit)
            .map(|count| u32::try_from(count[1]).unwrap_or(WINDOW_S));
        Ok(waits.max())
    }
}

fn refusal(seconds: u32) -> AppError {
    let seconds = seconds.max(1);
    AppError::new(
        ErrorKind::RateLimited,
        format!("Too many attempts. Try again in {seconds} seconds."),
    )
    .retry_after(seconds)
}
