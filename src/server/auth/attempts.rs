//! How often one may try to log in: per address, and per account from wherever.

use super::limiter::{Limiter, count, refusal};
use crate::{
    model::AppResult,
    server::{metrics, redis::Redis},
};
use sha2::{Digest, Sha256};
use std::{net::IpAddr, num::NonZeroU32};

/// Counts attempts of the last minute.
#[derive(Clone)]
pub(super) struct AttemptLimiter {
    shared: Option<Redis>,
    by_address: Limiter,
    by_name: Limiter,
}

impl AttemptLimiter {
    pub(super) fn new(per_minute: NonZeroU32, shared: Option<Redis>) -> Self {
        Self {
            shared,
            by_address: Limiter::new("address", per_minute),
            by_name: Limiter::new("name", per_minute),
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
        // Names are people's; what is only counted need not be readable.
        let name = format!("{:x}", Sha256::digest(name.as_bytes()));
        let limits = [(&self.by_address, from.to_string()), (&self.by_name, name)];
        match count(self.shared.as_ref(), &limits).await {
            None => Ok(()),
            Some(seconds) => {
                metrics::login_refused("rate_limit");
                Err(refusal("attempts", seconds))
            }
        }
    }
}
