//! When a provider fails before a word came: whether to ask again, and after how long.

use crate::server::providers::ProviderError;
use std::time::Duration;

/// Tries in all.
const MAX_ATTEMPTS: u32 = 5;
/// First wait; each further one is twice as long.
const BASE: Duration = Duration::from_millis(500);
/// Longest wait, also when the provider asks for more.
const MAX_WAIT: Duration = Duration::from_secs(20);
/// After this long no other try begins.
const DEADLINE: Duration = Duration::from_secs(60);

/// How long to wait before try number `attempt + 1`, or `None` when it is not worth it. A wait is chosen between half and
/// the whole of its length by `jitter` (0 to 1), so that many who failed together do not come back together; what the
/// provider asked for is a lower bound.
pub(super) fn backoff(
    error: &ProviderError,
    attempt: u32,
    elapsed: Duration,
    jitter: f64,
) -> Option<Duration> {
    if !error.is_transient() || attempt >= MAX_ATTEMPTS {
        return None;
    }
    let full = BASE
        .saturating_mul(1 << (attempt - 1).min(10))
        .min(MAX_WAIT);
    let wait = full.mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0);
    let wait = match error.retry_after {
        // Who asks for longer than we are willing to keep a person waiting is told to that person instead.
        Some(asked) if asked > MAX_WAIT => return None,
        Some(asked) => wait.max(asked),
        None => wait,
    };
    (elapsed + wait < DEADLINE).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::providers::ProviderErrorKind;

    fn error(kind: ProviderErrorKind, retry_after_s: Option<u64>) -> ProviderError {
        ProviderError {
            retry_after: retry_after_s.map(Duration::from_secs),
            ..ProviderError::new(kind, "x")
        }
    }

    #[test]
    fn waits_grow_and_stay_within_half_and_whole() {
        let busy = error(ProviderErrorKind::Unavailable, None);
        let first = backoff(&busy, 1, Duration::ZERO, 0.0).expect("retried");
        let fourth = backoff(&busy, 4, Duration::ZERO, 1.0).expect("retried");
        assert_eq!(first, Duration::from_millis(250));
        assert_eq!(fourth, Duration::from_secs(4));
        assert!(backoff(&busy, 5, Duration::ZERO, 0.0).is_none());
    }

    #[test]
    fn retry_after_is_obeyed_up_to_a_cap() {
        let asked = error(ProviderErrorKind::RateLimited, Some(7));
        assert_eq!(
            backoff(&asked, 1, Duration::ZERO, 0.5),
            Some(Duration::from_secs(7))
        );
        let long = error(ProviderErrorKind::RateLimited, Some(3600));
        assert!(backoff(&long, 1, Duration::ZERO, 0.5).is_none());
    }

    #[test]
    fn a_refusal_is_final_and_so_is_the_deadline() {
        let refused = error(ProviderErrorKind::Unauthorized, None);
        assert!(backoff(&refused, 1, Duration::ZERO, 0.5).is_none());
        let busy = error(ProviderErrorKind::Unavailable, None);
        assert!(backoff(&busy, 2, DEADLINE, 0.5).is_none());
    }
}
