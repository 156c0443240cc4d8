//! Accounts, log-in, and what programs with a token may do.

use super::{Environment, Mistake};
use std::num::NonZeroU32;

/// How log-in and the programming interface are guarded.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// Attempts to log in or sign up, per address and per account, in a minute. Read from
    /// `INSPIREAI_LOGIN_ATTEMPTS_PER_MINUTE`; default 10.
    pub attempts_per_minute: NonZeroU32,
    /// Requests to `/v1` with one token in a minute. Read from `INSPIREAI_TOKEN_REQUESTS_PER_MINUTE`; default 120.
    pub token_requests_per_minute: NonZeroU32,
    /// Requests to `/v1` with all tokens of one person in a minute. Read from `INSPIREAI_USER_REQUESTS_PER_MINUTE`;
    /// default 300.
    pub user_requests_per_minute: NonZeroU32,
}

impl AuthConfig {
    pub(super) fn from_env(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Self {
        const ATTEMPTS: NonZeroU32 = NonZeroU32::new(10).unwrap();
        const OF_TOKEN: NonZeroU32 = NonZeroU32::new(120).unwrap();
        const OF_USER: NonZeroU32 = NonZeroU32::new(300).unwrap();
        let mut read = |variable, default: NonZeroU32| {
            let example = default.to_string();
            environment.parse(variable, default, "a number above 0", &example, mistakes)
        };
        Self {
            attempts_per_minute: read("INSPIREAI_LOGIN_ATTEMPTS_PER_MINUTE", ATTEMPTS),
            token_requests_per_minute: read("INSPIREAI_TOKEN_REQUESTS_PER_MINUTE", OF_TOKEN),
            user_requests_per_minute: read("INSPIREAI_USER_REQUESTS_PER_MINUTE", OF_USER),
        }
    }
}
