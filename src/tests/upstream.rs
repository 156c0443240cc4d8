//! The scripted upstream as a program, for browser tests and measurements:
//! `cargo run --example upstream -- --addr 127.0.0.1:4010`. Its first line on standard output is its base URL.

#![expect(
    dead_code,
    reason = "tests in Rust look at more of the upstream than its own program does"
)]
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a tool of the tests: it may stop at once, and it tells where it listens"
)]

mod support {
    pub mod upstream;
}

use clap::Parser;
use std::{io, net::SocketAddr};
use support::upstream::Upstream;

/// A scripted server that speaks the OpenAI API.
#[derive(Parser)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    addr: SocketAddr,
}

// One thread is enough for thousands of tokens a second, and takes less of the machine than several that wake each other.
#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let upstream = Upstream::listen(Arguments::parse().addr).await?;
    println!("{}", upstream.base_url());
    // It serves until somebody stops this program.
    std::future::pending().await
}
