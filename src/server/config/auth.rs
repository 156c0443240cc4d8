//! Accounts and log-in.

use super::{Environment, Mistake};
use std::num::NonZeroU32;

/// How log-in is guarded.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// Attempts to log in or sign up, per address and per account, in a minute. Read from
    /// `INSPIREAI_LOGIN_ATTEMPTS_PER_MINUTE`; default 10.
    pub attempts_per_minute: NonZeroU32,
}

impl AuthConfig {
    pub(super) fn from_env(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Self {
        const DEFAULT: NonZeroU32 = NonZeroU32::new(10).unwrap();
        Self {
            attempts_per_minute: environment.parse(
                "INSPIREAI_LOGIN_ATTEMPTS_PER_MINUTE",
                DEFAULT,
                "a number above 0",
                "10",
                mistakes,
            ),
        }
    }
}
