//! What measurements and the chaos test share with the tests.

#[path = "../support/client.rs"]
pub mod client;
#[path = "../support/person.rs"]
pub mod person;
#[path = "../support/reader.rs"]
pub mod reader;

use std::{future::Future, time::Duration};

/// Longest wait for a single answer or event; a crowded server is slow, not broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits for something that must come; what hangs says for what.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("waited {PATIENCE:?} for {what}"))
}
