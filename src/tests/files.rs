//! Files that people store: taken in, refused, listed, given back and deleted, by HTTP, on both databases.

mod documents;
mod forms;
mod funnel;
mod intake;
mod memory;
mod pictures;
mod serving;
mod sweeping;

use crate::support::test_app::TestApp;
use futures::TryStreamExt;
use inspireai::server::storage::BlobKey;

/// What lies in the store of a server.
async fn stored(app: &TestApp) -> Vec<BlobKey> {
    let storage = &app.server().state().storage;
    storage.list().try_collect().await.expect("a list")
}
