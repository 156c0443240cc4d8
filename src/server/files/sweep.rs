//! Keeping the store tidy: bytes that belong to nothing are removed, in time. They are left by accounts that were deleted, by
//! uploads whose server died, and by files whose bytes could not be removed when they were.

use super::Files;
use crate::{
    model::AppResult,
    server::{
        db::now_ms,
        storage::{BlobKey, StorageError},
    },
};
use futures::TryStreamExt;
use std::{collections::HashSet, time::Duration};
use tokio_util::sync::CancellationToken;

/// How often it is looked for.
const INTERVAL: Duration = Duration::from_secs(60 * 60);
/// What is younger may be an upload under way, whose row is written when all its bytes are there.
const LEAST_AGE_MS: i64 = 24 * 60 * 60 * 1000;
/// How many keys the database is asked about at once.
const BATCH: usize = 200;

/// Looks for bytes that belong to nothing, again and again. What is found is removed when it is found a second time: a backup
/// that began before a file was deleted has that long to take its bytes along.
pub struct Sweep {
    files: Files,
    suspects: HashSet<BlobKey>,
}

impl Files {
    /// A look for what belongs to nothing.
    #[must_use]
    pub fn sweep(&self) -> Sweep {
        Sweep {
            files: self.clone(),
            suspects: HashSet::new(),
        }
    }

    /// Sweeps until the server stops.
    pub async fn keep_tidy(&self, shutdown: CancellationToken) {
        let mut sweep = self.sweep();
        let mut ticks = tokio::time::interval(INTERVAL);
        while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
            match shutdown.run_until_cancelled(sweep.pass()).await {
                Some(Ok(removed)) if removed > 0 => {
                    tracing::info!(removed, "bytes that belonged to no file were removed");
                }
                // What failed was logged where it did; the next pass finds the same again.
                _ => {}
            }
        }
    }
}

impl Sweep {
    /// Looks through the store once; tells how many it removed.
    ///
    /// # Errors
    /// When the storage or the database does not answer.
    pub async fn pass(&mut self) -> AppResult<u64> {
        let Files { db, storage, .. } = &self.files;
        let oldest = now_ms() - LEAST_AGE_MS;
        let mut found = HashSet::new();
        let mut removed = 0;
        let old = storage
            .list()
            .try_filter(|key| std::future::ready(key.made_at_ms() < oldest))
            .try_chunks(BATCH);
        let mut batches = std::pin::pin!(old);
        while let Some(keys) = next_batch(batches.try_next().await)? {
            for key in db.find_orphans(&keys).await? {
                if !self.suspects.contains(&key) {
                    found.insert(key);
                } else if storage.delete(key).await.is_ok() {
                    removed += 1;
                }
            }
        }
        self.suspects = found;
        Ok(removed)
    }
}

type Batch = Result<Option<Vec<BlobKey>>, futures::stream::TryChunksError<BlobKey, StorageError>>;

fn next_batch(batch: Batch) -> AppResult<Option<Vec<BlobKey>>> {
    batch.map_err(|error| super::from_storage(error.1, "the store"))
}
