//! An OpenAI-compatible server.

use super::{Environment, Mistake};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// Where to ask, and as whom.
#[derive(Clone, Debug)]
pub struct OpenaiConfig {
    /// Read from `OPENAI_BASE_URL`; default OpenAI's own. Set alone, without a key, it names a server on one's own network.
    pub base_url: String,
    /// Read from `OPENAI_API_KEY` or the file `OPENAI_API_KEY_FILE` names.
    key: Option<SecretString>,
    /// Longest silence of the server, before and between words. Read from `INSPIREAI_UPSTREAM_IDLE_SECONDS`; default 90.
    pub idle_timeout: Duration,
}

const OFFICIAL: &str = "https://api.openai.com/v1";

/// Longest silence of any server that answers, before and between words.
pub(super) fn idle_timeout(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Duration {
    let seconds = environment.parse(
        "INSPIREAI_UPSTREAM_IDLE_SECONDS",
        90.0_f64,
        "a number of seconds",
        "90",
        mistakes,
    );
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::from_secs(90))
}

impl OpenaiConfig {
    pub(super) fn from_env(
        environment: &Environment,
        idle_timeout: Duration,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Self> {
        let key = environment.key("OPENAI_API_KEY", mistakes);
        let base_url = environment.get("OPENAI_BASE_URL");
        if key.is_none() && base_url.is_none() {
            return None;
        }
        let base_url = base_url.unwrap_or(OFFICIAL).trim_end_matches('/');
        if !base_url.starts_with("http://") && !base_url.starts_with("https://") {
            mistakes.push(Mistake {
                variable: "OPENAI_BASE_URL".to_owned(),
                problem: format!("is {base_url:?}, which is not an http or https address"),
                example: "http://127.0.0.1:11434/v1".to_owned(),
            });
        }
        Some(Self {
            base_url: base_url.to_owned(),
            key,
            idle_timeout,
        })
    }

    /// The key, or nothing for a server that wants none.
    #[must_use]
    pub fn api_key(&self) -> &str {
        self.key
            .as_ref()
            .map(ExposeSecret::expose_secret)
            .unwrap_or_default()
    }

    /// Whether it is OpenAI's own server, which has every model of the catalogue.
    #[must_use]
    pub fn is_official(&self) -> bool {
        self.base_url == OFFICIAL
    }
}
