//! How often one may try to log in: per address, and per account from wherever.

use crate::model::{AppError, AppResult, ErrorKind};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use std::{net::IpAddr, num::NonZeroU32, sync::Arc};

/// Counts attempts of the last minute.
#[derive(Clone)]
pub(super) struct AttemptLimiter {
    by_address: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    by_name: Arc<DefaultKeyedRateLimiter<String>>,
}

impl AttemptLimiter {
    pub(super) fn new(per_minute: NonZeroU32) -> Self {
        let quota = Quota::per_minute(per_minute);
        Self {
            by_address: Arc::new(RateLimiter::keyed(quota)),
            by_name: Arc::new(RateLimiter::keyed(quota)),
        }
    }

    /// Counts one attempt.
    ///
    /// # Errors
    /// `RateLimited`, with the seconds until the next attempt is taken.
    pub(super) fn check(&self, from: IpAddr, name: &str) -> AppResult<()> {
        // Keys of long ago are forgotten here rather than by a timer: the maps only grow when somebody tries.
        self.by_address.retain_recent();
        self.by_name.retain_recent();
        let name: String = name
            .trim()
            .chars()
            .take(64)
            .collect::<String>()
            .to_lowercase();
        let outcome = self
            .by_address
            .check_key(&from)
            .and_then(|()| self.by_name.check_key(&name));
        outcome.map_err(|refused| {
            let clock = governor::clock::DefaultClock::default();
            let wait = refused.wait_time_from(clock.now());
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).max(1);
            AppError::new(
                ErrorKind::RateLimited,
                format!("Too many attempts. Try again in {seconds} seconds."),
            )
            .retry_after(seconds)
        })
    }
}
