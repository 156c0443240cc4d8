//! This server among others: its name, what they share, and how soon one is given up.

use super::{Environment, Mistake};
use secrecy::{ExposeSecret, SecretString};
use std::{net::SocketAddr, time::Duration};

/// One node of possibly many.
#[derive(Clone, Debug)]
pub struct ClusterConfig {
    /// This server's name in logs and for people. Read from `INSPIREAI_NODE_ID`; default the machine's name and the port.
    pub node: String,
    /// How long a server may be silent before others end its answers as interrupted. Read from
    /// `INSPIREAI_LEASE_SECONDS`; default 10, at least 1.
    pub lease: Duration,
    /// The log of runs that nodes share; `None` keeps it in this process. Read from `REDIS_URL`.
    pub redis: Option<RedisConfig>,
}

/// A Redis or Valkey server.
#[derive(Clone, Debug)]
pub struct RedisConfig {
    /// The address may hold a password, so it is kept as a secret.
    url: SecretString,
}

impl RedisConfig {
    /// The address, with its password.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.expose_secret()
    }

    /// The address without what logs in to it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.url().split_once("://") {
            Some((scheme, rest)) => {
                let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
                format!("{scheme}://{place}")
            }
            None => String::new(),
        }
    }

    fn from_env(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Option<Self> {
        const SCHEMES: [&str; 4] = ["redis://", "rediss://", "valkey://", "valkeys://"];
        let url = environment.secret("REDIS_URL", mistakes)?;
        let is_known = SCHEMES
            .iter()
            .any(|scheme| url.expose_secret().starts_with(scheme))
            && redis::Client::open(url.expose_secret()).is_ok();
        if !is_known {
            mistakes.push(Mistake {
                variable: "REDIS_URL".to_owned(),
                problem: "is not the address of a Redis or Valkey server".to_owned(),
                example: "redis://127.0.0.1:6379/0".to_owned(),
            });
        }
        is_known.then_some(Self { url })
    }
}

impl ClusterConfig {
    pub(super) fn from_env(
        environment: &Environment,
        address: SocketAddr,
        mistakes: &mut Vec<Mistake>,
    ) -> Self {
        let lease_s: u64 = environment.parse(
            "INSPIREAI_LEASE_SECONDS",
            10,
            "a number of seconds",
            "10",
            mistakes,
        );
        let machine = gethostname::gethostname();
        Self {
            node: environment.get("INSPIREAI_NODE_ID").map_or_else(
                || format!("{}:{}", machine.to_string_lossy(), address.port()),
                ToOwned::to_owned,
            ),
            lease: Duration::from_secs(lease_s.max(1)),
            redis: RedisConfig::from_env(environment, mistakes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> (Option<RedisConfig>, Vec<Mistake>) {
        let environment = Environment::from_pairs([("REDIS_URL", url)]);
        let mut mistakes = Vec::new();
        let config = RedisConfig::from_env(&environment, &mut mistakes);
        (config, mistakes)
    }

    #[test]
    fn the_password_in_an_address_is_never_shown() {
        let (config, _) = of("rediss://user:pa55@cache.example:6380/1");
        let config = config.expect("an address");
        assert_eq!(config.shown(), "rediss://cache.example:6380/1");
        assert!(!format!("{config:?}").contains("pa55"));
    }

    #[test]
    fn an_address_of_something_else_is_a_mistake_that_is_told() {
        for url in ["http://127.0.0.1:6379", "redis://", "localhost"] {
            let (config, mistakes) = of(url);
            assert!(config.is_none(), "{url}");
            assert_eq!(mistakes[0].variable, "REDIS_URL");
        }
    }
}
