//! When a service that keeps failing is left alone.

use super::{Environment, Mistake};
use std::time::Duration;

/// The limits of the circuit breakers, one for each service that is asked.
#[derive(Clone, Copy, Debug)]
pub struct BreakerConfig {
    /// Failures in a row after which a service is left alone; with 0 it never is. Read from `INSPIREAI_BREAKER_FAILURES`;
    /// default 10: two questions with all their tries.
    pub failures: u32,
    /// How long it is left alone before one question tries it again. Read from `INSPIREAI_BREAKER_SECONDS`; default 15.
    pub rest: Duration,
}

/// As long as most services ask for when they are busy.
const REST_S: f64 = 15.0;

impl BreakerConfig {
    pub(super) fn from_env(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Self {
        let failures = environment.parse(
            "INSPIREAI_BREAKER_FAILURES",
            10,
            "a whole number",
            "10",
            mistakes,
        );
        let rest_s = environment.parse(
            "INSPIREAI_BREAKER_SECONDS",
            REST_S,
            "a number of seconds",
            "15",
            mistakes,
        );
        Self {
            failures,
            rest: Duration::try_from_secs_f64(rest_s).unwrap_or(Duration::from_secs_f64(REST_S)),
        }
    }
}
