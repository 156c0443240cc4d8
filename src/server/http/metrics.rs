//! `/metrics`, and who may read it.

use crate::{
    model::AppError,
    server::{metrics, state::AppState},
};
use axum::{
    extract::{ConnectInfo, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;

/// What proxies add to a request that they pass on.
const ADDED_BY_PROXIES: [&str; 7] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-real-ip",
];

/// `GET /metrics`: the numbers of this process, for whoever knows the token; where there is none, for programs on the same
/// machine. Others learn as much as from any page that is not there.
pub(super) async fn scrape(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let may_read = match &state.config.telemetry.metrics_token {
        Some(token) => bearer(&headers).is_some_and(|given| is_same(given, token)),
        None => is_from_this_machine(peer, &headers),
    };
    if !may_read {
        return AppError::not_found("page").into_response();
    }
    sample(&state);
    let format = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, format)], metrics::render()).into_response()
}

/// Takes the numbers that nobody counts as they change.
fn sample(state: &AppState) {
    for pool in state.db.connections() {
        metrics::sample_connections(pool.name, pool.in_use, pool.idle);
    }
    if let Some(waiting) = state.chat.local_queue() {
        metrics::sample_local_queue(waiting);
    }
    metrics::sample_draining(state.chat.is_draining());
    metrics::sample_process();
}

pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Compares hashes, so that the time it takes tells nothing of how much was right.
fn is_same(given: &str, token: &SecretString) -> bool {
    Sha256::digest(given) == Sha256::digest(token.expose_secret())
}

/// Whether a program on this machine asks for itself: a proxy on this machine, which asks for others, leaves its marks.
fn is_from_this_machine(peer: SocketAddr, headers: &HeaderMap) -> bool {
    let is_passed_on = ADDED_BY_PROXIES
        .iter()
        .any(|name| headers.contains_key(*name));
    peer.ip().to_canonical().is_loopback() && !is_passed_on
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_token_only_this_machine_may_read_and_never_through_a_proxy() {
        let nothing = HeaderMap::new();
        for own in ["127.0.0.1:9", "[::1]:9", "[::ffff:127.0.0.1]:9"] {
            assert!(is_from_this_machine(
                own.parse().expect("an address"),
                &nothing
            ));
        }
        let other = "10.0.0.7:9".parse().expect("an address");
        assert!(!is_from_this_machine(other, &nothing));
        for name in ADDED_BY_PROXIES {
            let headers = HeaderMap::from_iter([(
                name.parse().expect("a name"),
                HeaderValue::from_static("127.0.0.1"),
            )]);
            let own = "127.0.0.1:9".parse().expect("an address");
            assert!(!is_from_this_machine(own, &headers), "{name}");
        }
    }

    #[test]
    fn a_token_is_read_whatever_the_case_of_its_scheme() {
        let headers = |value| {
            HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(value))])
        };
        assert_eq!(bearer(&headers("bearer abc")), Some("abc"));
        assert_eq!(bearer(&headers("Basic abc")), None);
        assert!(is_same("abc", &SecretString::from("abc")));
        assert!(!is_same("ab", &SecretString::from("abc")));
    }
}
