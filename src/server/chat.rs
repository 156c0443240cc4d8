//! Chat: sending, answering, stopping, and the conversations that come of it. Rules only: no HTTP, no SQL, no provider's
//! wire format.

mod again;
mod attach;
mod checkpoints;
mod conversations;
mod drive;
mod ending;
pub mod engine;
mod leases;
mod repair;
mod reply;
mod send;
mod settings;
mod start;

use crate::{
    model::{
        AppError, AppResult,
        ids::{RunId, UserId},
    },
    server::{assistants::Assistants, catalog::Catalog, db::Db, runlog::RunLog},
};
pub use attach::RunEvents;
use checkpoints::Checkpoints;
use ending::Ending;
use engine::Engine;
pub use reply::Reply;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

/// Longest time that storing cut-off answers may take.
const CLOSING: Duration = Duration::from_secs(5);

/// The rules of chat, and the runs that this process drives.
#[derive(Clone)]
pub struct Chat {
    db: Db,
    catalog: Catalog,
    assistants: Assistants,
    engine: Engine,
    log: RunLog,
    checkpoints: Checkpoints,
    /// This process among all that ever share the database.
    node: Arc<str>,
    /// How long another process may be silent before its runs are ended.
    lease: Duration,
    tasks: TaskTracker,
    driven: Arc<Mutex<HashMap<RunId, CancellationToken>>>,
    /// Ends that the database did not take.
    unstored: Arc<Mutex<Vec<Ending>>>,
    /// Cancelled when this process stops taking messages.
    draining: CancellationToken,
    /// Cancelled when open runs must end, with the text they have.
    closing: CancellationToken,
}

impl Chat {
    /// The service over its parts. `instance` is this process among all that ever share the database; one that is silent
    /// for as long as `lease` is given up by the others.
    #[must_use]
    pub fn new(
        db: Db,
        catalog: Catalog,
        assistants: Assistants,
        engine: Engine,
        log: RunLog,
        instance: &str,
        lease: Duration,
    ) -> Self {
        Self {
            checkpoints: Checkpoints::start(db.clone(), log.clone()),
            db,
            catalog,
            assistants,
            engine,
            log,
            node: instance.into(),
            lease,
            tasks: TaskTracker::new(),
            driven: Arc::default(),
            unstored: Arc::default(),
            draining: CancellationToken::new(),
            closing: CancellationToken::new(),
        }
    }

    /// Stops a run wherever it is driven, also before its first word. Stopping what has ended is fine.
    ///
    /// # Errors
    /// `NotFound` when it is not the person's.
    pub async fn stop(&self, user: UserId, run: RunId) -> AppResult<()> {
        let Some(instance) = self.db.request_stop(user, run).await? else {
            return Err(AppError::not_found("answer"));
        };
        if *instance == *self.node {
            self.cancel(run);
        } else {
            self.log.request_stop(&instance, run).await;
        }
        Ok(())
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
        self.store_unstored().await;
        self.log.settle().await;
        let providers = self.engine.providers().clone();
        let _ = tokio::task::spawn_blocking(move || providers.shut_down()).await;
    }

    /// Whether this process takes no more messages.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    /// Has a drain wait for work that is no run, until the first of these is dropped; the second is cancelled when it must
    /// end all the same.
    pub fn underway(&self) -> (TaskTrackerToken, CancellationToken) {
        (self.tasks.token(), self.closing.clone())
    }

    /// How many requests wait for the model in this process; `None` when there is no such model.
    #[must_use]
    pub fn local_queue(&self) -> Option<u32> {
        self.engine.providers().local_queue()
    }

    fn cancel(&self, run: RunId) {
        if let Some(token) = self.driven().get(&run) {
            token.cancel();
        }
    }

    fn unstored(&self) -> MutexGuard<'_, Vec<Ending>> {
        self.unstored.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The map is valid after every statement, so a panic elsewhere does not spoil it.
    fn driven(&self) -> MutexGuard<'_, HashMap<RunId, CancellationToken>> {
        self.driven.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
