//! Storing the end of a run: at once where that is possible, in a moment where the database is away, later where it refuses.

use super::Chat;
use crate::{
    model::{
        chat::{AnswerExtras, RunState, Usage},
        event::RunEvent,
        ids::RunId,
    },
    server::db::{DbResult, conversations::ThreadRecord, runs::RunEnd},
};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// First and longest wait before an end is stored again.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const MAX_WAIT: Duration = Duration::from_secs(2);
/// How long a database that does not take an end is asked again before readers are told.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a database that is away is waited for with an end.
const AWAY_PATIENCE: Duration = Duration::from_secs(60);
/// Most ends that are kept for later; of more, only what was stored while they ran is left.
const MOST_KEPT: usize = 256;

/// How a run ended, with all the text that readers were sent.
pub(super) struct Ending {
    pub(super) run: RunId,
    pub(super) text: String,
    /// What there is besides the text.
    pub(super) extras: AnswerExtras,
    /// The number of the event that tells of it.
    pub(super) seq: u64,
    pub(super) state: RunState,
    pub(super) usage: Option<Usage>,
    /// The provider's own copy of the conversation, where it holds this answer now.
    pub(super) thread: Option<ThreadRecord>,
}

impl Ending {
    /// Stores it, waiting for a database that is away for a moment, as in a restart. False when the run had ended before.
    pub(super) async fn store(&self, chat: &Chat) -> DbResult<bool> {
        let began = Instant::now();
        let mut wait = FIRST_WAIT;
        loop {
            let stored = self.try_store(chat).await;
            let patience = match &stored {
                Ok(_) => return stored,
                Err(error) if error.is_away() => AWAY_PATIENCE,
                Err(_) => PATIENCE,
            };
            if began.elapsed() + wait > patience {
                return stored;
            }
            sleep(wait).await;
            wait = (wait * 2).min(MAX_WAIT);
        }
    }

    async fn try_store(&self, chat: &Chat) -> DbResult<bool> {
        let end = RunEnd {
            text: &self.text,
            extras: &self.extras,
            seq: self.seq,
            state: &self.state,
            usage: self.usage,
            thread: self.thread.as_ref(),
            lease: None,
        };
        chat.db.end_run(self.run, &end).await
    }
}

impl Chat {
    /// The end of a run that is stored, with its text.
    pub(super) async fn stored_end(&self, run: RunId) -> RunEvent {
        match self.db.find_stored(run).await {
            Ok(Some(stored)) if stored.state.is_end() => RunEvent::Snapshot {
                text: stored.text,
                state: stored.state,
                usage: stored.usage,
                extras: stored.extras,
            },
            _ => RunEvent::Interrupted,
        }
    }

    /// Keeps an end that could not be stored, to try it again.
    pub(super) fn keep_unstored(&self, ending: Ending) {
        let mut unstored = self.unstored();
        if unstored.len() < MOST_KEPT {
            unstored.push(ending);
        }
    }

    /// Tries again to store what could not be stored.
    pub(super) async fn store_unstored(&self) {
        let mut endings = std::mem::take(&mut *self.unstored()).into_iter();
        while let Some(ending) = endings.next() {
            if ending.try_store(self).await.is_ok() {
                tracing::info!(run.id = %ending.run, "an answer that could not be stored is stored now");
                continue;
            }
            let mut unstored = self.unstored();
            unstored.push(ending);
            unstored.extend(endings);
            return;
        }
    }
}
