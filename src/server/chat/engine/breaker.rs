//! Circuit breakers: a service that failed many times in a row is left alone for a while, so that people hear of it at once
//! instead of waiting, and so that it can recover. After the while one question tries it; how that goes decides.

use crate::{
    model::catalog::ApiType,
    server::{config::BreakerConfig, db::tools::ToolRecord, metrics},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// A service: how it is reached, and where, if that is not where all of its kind are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Service {
    api_type: ApiType,
    endpoint: Option<String>,
}

impl Service {
    /// The service behind a tool.
    pub(super) fn of(tool: &ToolRecord) -> Self {
        Self {
            api_type: tool.api_type,
            endpoint: tool.endpoint.clone(),
        }
    }
}

/// A service that is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LeftAlone {
    /// For how much longer.
    pub(super) remaining: Duration,
    /// What it failed with last, as a person hears it.
    pub(super) reason: String,
}

/// The breakers of all services that were ever asked.
#[derive(Clone)]
pub(super) struct Breakers {
    limits: BreakerConfig,
    states: Arc<Mutex<HashMap<Service, State>>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// Questions pass; so many in a row failed.
    Closed { failures: u32 },
    /// None passes until then.
    Open { until: Instant, reason: String },
    /// One passed, then, to try.
    HalfOpen { since: Instant, reason: String },
}

impl Default for State {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

impl State {
    /// Lets a question pass, as a trial or as usual (`Ok(is_trial)`), or not.
    fn admit(&mut self, now: Instant, rest: Duration) -> Result<bool, LeftAlone> {
        let (due, reason) = match self {
            Self::Closed { .. } => return Ok(false),
            Self::Open { until, reason } => (*until, reason),
            // A trial that takes this long does not keep the next from trying.
            Self::HalfOpen { since, reason } => (*since + rest, reason),
        };
        let reason = reason.clone();
        if now < due {
            let remaining = due - now;
            return Err(LeftAlone { remaining, reason });
        }
        *self = Self::HalfOpen { since: now, reason };
        Ok(true)
    }

    /// A question failed; tells whether the service is left alone because of it.
    fn fail(&mut self, is_trial: bool, reason: &str, now: Instant, limits: BreakerConfig) -> bool {
        let opens = match self {
            Self::Closed { failures } => {
                *failures = failures.saturating_add(1);
                limits.failures > 0 && *failures >= limits.failures
            }
            Self::HalfOpen { .. } => is_trial,
            // It was asked before the breaker opened.
            Self::Open { .. } => false,
        };
        if opens {
            *self = Self::Open {
                until: now + limits.rest,
                reason: reason.to_owned(),
            };
        }
        opens
    }
}

impl Breakers {
    /// Breakers with these limits, all closed.
    pub(super) fn new(limits: BreakerConfig) -> Self {
        Self {
            limits,
            states: Arc::default(),
        }
    }

    /// Lets a question pass to a service, unless it is left alone.
    pub(super) fn admit(&self, service: Service) -> Result<Pass, LeftAlone> {
        let now = Instant::now();
        let admitted = match self.lock().get_mut(&service) {
            Some(state) => state.admit(now, self.limits.rest),
            None => Ok(false),
        };
        match admitted {
            Ok(is_trial) => Ok(Pass {
                breakers: self.clone(),
                service,
                is_trial,
                is_settled: false,
            }),
            Err(left_alone) => {
                metrics::breaker_refused(service.api_type.as_str());
                Err(left_alone)
            }
        }
    }

    /// Whether a question would not pass to a service now.
    pub(super) fn is_open(&self, service: &Service) -> bool {
        let now = Instant::now();
        let states = self.lock();
        let state = states.get(service).cloned();
        state.is_some_and(|mut state| state.admit(now, self.limits.rest).is_err())
    }

    /// The map is valid after every statement, so a panic elsewhere does not spoil it.
    fn lock(&self) -> MutexGuard<'_, HashMap<Service, State>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A question on its way to a service. Dropped before anything is known of it, it says nothing.
pub(super) struct Pass {
    breakers: Breakers,
    service: Service,
    is_trial: bool,
    is_settled: bool,
}

impl Pass {
    /// The service answers.
    pub(super) fn succeed(&mut self) {
        if std::mem::replace(&mut self.is_settled, true) {
            return;
        }
        let before = self.breakers.lock().remove(&self.service);
        if before.is_some_and(|state| !matches!(state, State::Closed { .. })) {
            metrics::breaker_open(self.service.api_type.as_str(), false);
            tracing::info!(
                provider.id = self.service.api_type.as_str(),
                "the service answers again"
            );
        }
    }

    /// The service failed, though it had begun to answer.
    pub(super) fn fail(&mut self, reason: &str) {
        self.is_settled = true;
        let limits = self.breakers.limits;
        let mut states = self.breakers.lock();
        let state = states.entry(self.service.clone()).or_default();
        let opens = state.fail(self.is_trial, reason, Instant::now(), limits);
        drop(states);
        if opens {
            let provider = self.service.api_type.as_str();
            metrics::breaker_open(provider, true);
            tracing::warn!(
                provider.id = provider,
                rest = ?limits.rest,
                "the service failed too often in a row and is left alone for a while"
            );
        }
    }
}

impl Drop for Pass {
    /// A trial that was given up leaves it to the next question to try.
    fn drop(&mut self) {
        if self.is_settled || !self.is_trial {
            return;
        }
        let mut states = self.breakers.lock();
        if let Some(state) = states.get_mut(&self.service)
            && let State::HalfOpen { reason, .. } = state
        {
            *state = State::Open {
                until: Instant::now(),
                reason: std::mem::take(reason),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: Duration = Duration::from_secs(10);
    const LIMITS: BreakerConfig = BreakerConfig {
        failures: 3,
        rest: REST,
    };

    fn open_at(now: Instant) -> State {
        let mut state = State::default();
        assert!(!state.fail(false, "down", now, LIMITS));
        assert!(!state.fail(false, "down", now, LIMITS));
        assert!(state.fail(false, "down", now, LIMITS));
        state
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_tells_why_and_for_how_long() {
        let start = Instant::now();
        let mut state = open_at(start);
        let left_alone = state
            .admit(start + REST / 2, REST)
            .expect_err("it is left alone");
        let expected = LeftAlone {
            remaining: REST / 2,
            reason: "down".to_owned(),
        };
        assert_eq!(left_alone, expected);
    }

    #[test]
    fn one_question_tries_it_and_its_failure_opens_it_again() {
        let start = Instant::now();
        let mut state = open_at(start);
        assert_eq!(state.admit(start + REST, REST), Ok(true));
        assert!(state.admit(start + REST, REST).is_err(), "one at a time");
        assert!(
            !state.fail(false, "late", start + REST, LIMITS),
            "what was asked before says nothing"
        );
        assert!(state.fail(true, "still down", start + REST, LIMITS));
        assert!(state.admit(start + REST * 3 / 2, REST).is_err());
        assert_eq!(state.admit(start + REST * 2, REST), Ok(true));
    }

    #[test]
    fn a_trial_that_never_ends_does_not_keep_the_next_from_trying() {
        let start = Instant::now();
        let mut state = open_at(start);
        assert_eq!(state.admit(start + REST, REST), Ok(true));
        assert_eq!(state.admit(start + REST * 2, REST), Ok(true));
    }

    #[test]
    fn with_no_limit_it_never_opens() {
        let limits = BreakerConfig {
            failures: 0,
            rest: REST,
        };
        let mut state = State::default();
        for _ in 0..100 {
            assert!(!state.fail(false, "down", Instant::now(), limits));
        }
    }
}
