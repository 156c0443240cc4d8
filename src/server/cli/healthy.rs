//! Whether a server on this machine is ready: what a container's health check asks, where no other program is installed.

use super::Outcome;
use crate::server::serve::install_tls;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

/// Longest wait for an answer; `/readyz` itself gives up on a run log after two seconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the server that listens on `address`.
///
/// # Errors
/// When nobody answers, or the answer is that it is not ready, with what it says about itself.
pub(super) async fn ask(address: SocketAddr) -> Outcome {
    install_tls();
    let url = format!("http://{}/readyz", reachable(address));
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .build()?;
    let answer =
        client.get(&url).send().await.map_err(|error| {
            format!("Nobody answers at {url} ({error}). Is the server running?")
        })?;
    if answer.status().is_success() {
        return Ok(());
    }
    let told = answer.text().await.unwrap_or_default();
    Err(format!("The server is not ready: {told}").into())
}

/// Where a server is that listens on every address of this machine, or on one of them.
fn reachable(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(host, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_on_this_machine() {
        for (listening, asked) in [
            ("0.0.0.0:3000", "127.0.0.1:3000"),
            ("[::]:3000", "[::1]:3000"),
            ("10.0.0.7:80", "10.0.0.7:80"),
        ] {
            let address = listening.parse().expect("an address");
            assert_eq!(reachable(address).to_string(), asked);
        }
    }
}
