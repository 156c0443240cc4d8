//! Reading a run: from where the reader stands, or from a snapshot, to its end.

use super::Chat;
use crate::{
    model::{
        AppError, AppResult,
        event::{RunEvent, SequencedEvent},
        ids::{RunId, UserId},
    },
    server::{db::runs::RunSnapshot, runlog::EventStream},
};
use futures::{Stream, StreamExt, stream};
use std::{sync::Arc, time::Duration};

/// What one reader of a run gets: batches of events, in order, to the end.
pub type RunEvents = std::pin::Pin<Box<dyn Stream<Item = Vec<Arc<SequencedEvent>>> + Send>>;

/// How often the stored text is looked at when the log has nothing of an open run.
const POLL: Duration = Duration::from_secs(1);

/// How long the log may be silent before the database is asked whether the run has ended.
const QUIET: Duration = Duration::from_secs(5);

/// One reader of a run.
struct Reader {
    chat: Chat,
    user: UserId,
    run: RunId,
    /// The last event it was given; `None` before the first.
    seen: Option<u64>,
    /// Events of the log, while it has them.
    live: Option<EventStream>,
    is_over: bool,
}

impl Chat {
    /// Follows one of a person's runs. With `after`, events after that number; otherwise, and whenever the log cannot go on
    /// from there without a gap, a snapshot first: text and number taken together. While the log has nothing of the run,
    /// as when another process drives it and nothing is shared but the database, snapshots of what is stored.
    ///
    /// # Errors
    /// `NotFound` when it is not the person's.
    pub async fn attach(
        &self,
        user: UserId,
        run: RunId,
        after: Option<u64>,
    ) -> AppResult<RunEvents> {
        if self.db.find_run(user, run).await?.is_none() {
            return Err(AppError::not_found("answer"));
        }
        let live = match after {
            Some(after) => self.log.follow(run, after).await,
            None => None,
        };
        let reader = Reader {
            chat: self.clone(),
            user,
            run,
            seen: after.filter(|_| live.is_some()),
            live,
            is_over: false,
        };
        Ok(stream::unfold(reader, Reader::next).boxed())
    }
}

impl Reader {
    async fn next(mut self) -> Option<(Vec<Arc<SequencedEvent>>, Self)> {
        if self.is_over {
            return None;
        }
        loop {
            if let Some(live) = &mut self.live {
                match tokio::time::timeout(QUIET, live.next()).await {
                    Ok(Some(batch)) => {
                        let last = batch.last()?;
                        (self.seen, self.is_over) = (Some(last.seq), last.event.is_end());
                        return Some((batch, self));
                    }
                    Ok(None) => self.live = None,
                    // Whoever would have told of the end may have died between storing and telling it.
                    Err(_) => {
                        let stored = self.chat.db.find_run(self.user, self.run).await;
                        if !matches!(&stored, Ok(found) if found.as_ref().is_none_or(|run| run.state.is_end()))
                        {
                            continue;
                        }
                        self.live = None;
                    }
                }
            }
            match self.chat.db.find_run(self.user, self.run).await {
                Ok(Some(stored)) => {
                    self.is_over = stored.state.is_end();
                    let is_news = self.seen.is_none_or(|seen| stored.seq > seen);
                    let seen = self.seen.unwrap_or(0).max(stored.seq);
                    self.seen = Some(seen);
                    if !self.is_over {
                        self.live = self.chat.log.follow(self.run, seen).await;
                    }
                    if is_news || self.is_over {
                        return Some((vec![Arc::new(snapshot_event(stored))], self));
                    }
                }
                Ok(None) => return None,
                // The reader has what it has; the database will be back.
                Err(error) => tracing::debug!(%error, "the stored text could not be read"),
            }
            if self.live.is_none() {
                tokio::time::sleep(POLL).await;
            }
        }
    }
}

fn snapshot_event(snapshot: RunSnapshot) -> SequencedEvent {
    SequencedEvent {
        seq: snapshot.seq,
        event: RunEvent::Snapshot {
            text: snapshot.text,
            state: snapshot.state,
            usage: snapshot.usage,
            extras: snapshot.extras,
        },
    }
}
