//! Asking again what did not get through: a server that restarts, a node that went away, a connection that broke. Only for
//! requests whose key makes the second the same as the first.

use crate::model::{AppError, AppResult, ErrorKind};
use gloo_timers::future::TimeoutFuture;
use std::future::Future;

/// First wait; each next one is twice as long, up to [`MAX_WAIT_MS`].
const FIRST_WAIT_MS: u32 = 250;
const MAX_WAIT_MS: u32 = 4_000;
/// How long a server that says when to come again is asked again: longer than a restart takes.
const RESTART_MS: u32 = 30_000;
/// How long a server that cannot be reached is asked again before it counts as a failure; the person may be offline.
const SILENCE_MS: u32 = 8_000;

/// Asks until it is answered or there is no more hope; `waiting` is told what is waited for.
pub(super) async fn insist<T, Asking>(
    mut ask: impl FnMut() -> Asking,
    waiting: impl Fn(&AppError),
) -> AppResult<T>
where
    Asking: Future<Output = AppResult<T>>,
{
    let (mut waited_ms, mut wait_ms) = (0, FIRST_WAIT_MS);
    loop {
        match ask().await {
            Err(error) if waited_ms + wait_ms <= patience_ms(&error) => {
                waiting(&error);
                TimeoutFuture::new(wait_ms).await;
                waited_ms += wait_ms;
                wait_ms = (wait_ms * 2).min(MAX_WAIT_MS);
            }
            outcome => return outcome,
        }
    }
}

/// How long an error is worth asking again.
fn patience_ms(error: &AppError) -> u32 {
    match error.kind {
        ErrorKind::Unavailable if error.retry_after_s.is_some() => RESTART_MS,
        ErrorKind::Network => SILENCE_MS,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_pass_is_asked_again() {
        let of = |kind| patience_ms(&AppError::new(kind, ""));
        assert!(of(ErrorKind::Network) > 0);
        let restarting = AppError::new(ErrorKind::Unavailable, "").retry_after(2);
        assert!(patience_ms(&restarting) > of(ErrorKind::Network));
        let final_kinds = [
            ErrorKind::Unavailable,
            ErrorKind::Invalid,
            ErrorKind::Conflict,
            ErrorKind::RateLimited,
            ErrorKind::Internal,
        ];
        assert!(final_kinds.into_iter().all(|kind| of(kind) == 0));
    }
}
