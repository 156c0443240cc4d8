//! Chat: sending, answering, stopping, and the conversations that come of it. Rules only: no HTTP, no SQL, no provider's
//! wire format.

mod attach;
mod conversations;
mod drive;
mod retry;
mod send;

use crate::{
    model::{
        AppError, AppResult,
        ids::{RunId, UserId},
    },
    server::{
        catalog::Catalog,
        db::{Db, DbResult},
        providers::Providers,
        runlog::RunLog,
    },
};
pub use attach::RunEvents;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A run whose driver has not been heard of for this long is taken for dead.
const LEASE: Duration = Duration::from_secs(15);
/// Longest time that storing cut-off answers may take.
const CLOSING: Duration = Duration::from_secs(5);
/// How often a driver is heard of, and a stop asked for on another node is noticed.
const HEARTBEAT: Duration = Duration::from_secs(4);

/// The rules of chat, and the runs that this process drives.
#[derive(Clone)]
pub struct Chat {
    db: Db,
    catalog: Catalog,
    providers: Providers,
    log: RunLog,
    node: Arc<str>,
    tasks: TaskTracker,
    driven: Arc<Mutex<HashMap<RunId, CancellationToken>>>,
    /// Cancelled when this process stops taking messages.
    draining: CancellationToken,
    /// Cancelled when open runs must end, with the text they have.
    closing: CancellationToken,
}

impl Chat {
    /// The service over its parts. `node` is this process among others that share the database.
    #[must_use]
    pub fn new(db: Db, catalog: Catalog, providers: Providers, log: RunLog, node: &str) -> Self {
        Self {
            db,
            catalog,
            providers,
            log,
            node: node.into(),
            tasks: TaskTracker::new(),
            driven: Arc::default(),
            draining: CancellationToken::new(),
            closing: CancellationToken::new(),
        }
    }

    /// Stops a run wherever it is driven, also before its first word. Stopping what has ended is fine.
    ///
    /// # Errors
    /// `NotFound` when it is not the person's.
    pub async fn stop(&self, user: UserId, run: RunId) -> AppResult<()> {
        if !self.db.request_stop(user, run).await? {
            return Err(AppError::not_found("answer"));
        }
        self.cancel(run);
        Ok(())
    }

    /// Ends what an earlier life of this node left open, keeping its text. To be called before anything is sent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recover(&self) -> DbResult<()> {
        self.reap(Some(&self.node)).await
    }

    /// Ends runs whose driver is gone, every now and then, until `shutdown`.
    pub async fn watch_orphans(&self, shutdown: CancellationToken) {
        let mut tick = tokio::time::interval(HEARTBEAT);
        while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
            if let Err(error) = self.reap(None).await {
                tracing::warn!(%error, "runs without a driver could not be looked for");
            }
        }
    }

    /// Takes nothing new and lets open runs go on for at most `limit`; those that are not done by then end as interrupted,
    /// with the text that readers have seen.
    pub async fn drain(&self, limit: Duration) {
        self.draining.cancel();
        self.tasks.close();
        if tokio::time::timeout(limit, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!(runs = self.driven().len(), "open answers are cut off");
            self.closing.cancel();
            // Storing what they have takes a moment; a database that does not take it must not keep the process.
            let _ = tokio::time::timeout(CLOSING, self.tasks.wait()).await;
        }
        let providers = self.providers.clone();
        let _ = tokio::task::spawn_blocking(move || providers.shut_down()).await;
    }

    /// Whether this process takes no more messages.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    async fn reap(&self, node: Option<&str>) -> DbResult<()> {
        for run in self.db.interrupt_orphans(node).await? {
            tracing::warn!(run.id = %run, "answer interrupted: nobody drives it any more");
            self.cancel(run);
        }
        Ok(())
    }

    fn cancel(&self, run: RunId) {
        if let Some(token) = self.driven().get(&run) {
            token.cancel();
        }
    }

    /// The map is valid after every statement, so a panic elsewhere does not spoil it.
    fn driven(&self) -> MutexGuard<'_, HashMap<RunId, CancellationToken>> {
        self.driven.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
