//! The listening side.

use super::{Environment, Mistake};
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

/// Where the server listens and how it is seen from outside.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Read from `LEPTOS_SITE_ADDR`; default `127.0.0.1:3000`.
    pub address: SocketAddr,
    /// The client's files. Read from `LEPTOS_SITE_ROOT`; default `target/site`.
    pub site_root: PathBuf,
    /// The address people type. Read from `INSPIREAI_PUBLIC_URL`; https there makes cookies secure.
    pub public_url: Option<String>,
    /// Whether the last address in `X-Forwarded-For` is the visitor's, as behind a proxy of one's own. Read from
    /// `INSPIREAI_TRUST_PROXY`; default false.
    pub is_behind_proxy: bool,
    /// Whether a watcher rebuilds the client and has pages reload. Set by `make dev` as `LEPTOS_WATCH`.
    pub is_watched: bool,
    /// How long running answers may go on after a request to stop. Read from `INSPIREAI_DRAIN_SECONDS`; default 10.
    pub drain: Duration,
}

impl ServerConfig {
    pub(super) fn from_env(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Self {
        let default = SocketAddr::from((Ipv4Addr::LOCALHOST, 3000));
        let public_url = environment
            .get("INSPIREAI_PUBLIC_URL")
            .map(ToOwned::to_owned);
        if let Some(url) = &public_url
            && !url.starts_with("http://")
            && !url.starts_with("https://")
        {
            mistakes.push(Mistake {
                variable: "INSPIREAI_PUBLIC_URL".to_owned(),
                problem: format!("is {url:?}, which is not an http or https address"),
                example: "https://ai.example.org".to_owned(),
            });
        }
        let drain_s: u64 = environment.parse(
            "INSPIREAI_DRAIN_SECONDS",
            10,
            "a number of seconds",
            "10",
            mistakes,
        );
        Self {
            address: environment.parse(
                "LEPTOS_SITE_ADDR",
                default,
                "an address with a port",
                "127.0.0.1:3000",
                mistakes,
            ),
            site_root: environment
                .get("LEPTOS_SITE_ROOT")
                .map_or_else(|| PathBuf::from("target/site"), PathBuf::from),
            public_url,
            is_behind_proxy: environment.parse(
                "INSPIREAI_TRUST_PROXY",
                false,
                "true or false",
                "true",
                mistakes,
            ),
            is_watched: environment.get("LEPTOS_WATCH").is_some(),
            drain: Duration::from_secs(drain_s),
        }
    }

    /// Whether people come by https, so that cookies may insist on it.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url
            .as_deref()
            .is_some_and(|url| url.starts_with("https://"))
    }
}
