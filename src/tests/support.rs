//! What tests stand on: a server of ours in this process or as the real program, people who use it over HTTP, and an
//! upstream that answers by script. No assertions about behaviour live here.

pub mod aimock;
pub mod client;
pub mod collector;
pub mod database;
pub mod documents;
pub mod numbers;
pub mod person;
pub mod pictures;
pub mod process;
pub mod program;
pub mod proxy;
pub mod python;
pub mod reader;
pub mod recordings;
pub mod redis;
pub mod s3;
pub mod test_app;
pub mod uploads;
pub mod upstream;

use std::{future::Future, time::Duration};

/// Longest time that a test waits for anything.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for something that must come; a test that hangs says for what.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("waited {PATIENCE:?} for {what}"))
}
