//! Ports for programs that are told where to listen.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    ops::Range,
};

/// Below the ports that Linux gives to outgoing connections (32768 and up): a program that is restarted finds its port as it
/// left it, and not in the middle of somebody's connection.
const PORTS: Range<u16> = 10_000..32_000;

/// Ports that are tried before it is given up.
const TRIES: usize = 100;

/// An address of this machine whose port was free a moment ago.
///
/// # Errors
/// When none is to be had.
pub fn free_address() -> io::Result<SocketAddr> {
    let is_free = |address: &SocketAddr| TcpListener::bind(address).is_ok();
    (0..TRIES)
        .map(|_| SocketAddr::from((Ipv4Addr::LOCALHOST, rand::random_range(PORTS))))
        .find(is_free)
        .ok_or_else(|| io::Error::other("no port is free"))
}
