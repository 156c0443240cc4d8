//! Reading a run: from where the reader stands, or from a snapshot, to its end.

use super::Chat;
use crate::{
    model::{
        AppError, AppResult,
        event::{RunEvent, SequencedEvent},
        ids::{RunId, UserId},
    },
    server::db::runs::RunSnapshot,
};
use futures::{Stream, StreamExt, stream};
use std::{sync::Arc, time::Duration};

/// What one reader of a run gets: batches of events, in order, to the end.
pub type RunEvents = std::pin::Pin<Box<dyn Stream<Item = Vec<Arc<SequencedEvent>>> + Send>>;

/// How often the stored text is looked at when the log has nothing of an open run.
const POLL: Duration = Duration::from_secs(1);

impl Chat {
    /// Follows one of a person's runs. With `after`, events after that number; otherwise, and whenever the log cannot go on
    /// from there without a gap, a snapshot first: text and number taken together.
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
        if let Some(events) = after.and_then(|after| self.log.follow(run, after)) {
            return Ok(self.or_stored(user, run, events));
        }
        let snapshot = self.snapshot(user, run).await?;
        let rest = match snapshot.state.is_end() {
            true => stream::empty().boxed(),
            false => match self.log.follow(run, snapshot.seq) {
                Some(events) => self.or_stored(user, run, events),
                None => self.follow_stored(user, run, snapshot.seq),
            },
        };
        let first = vec![Arc::new(snapshot_event(snapshot))];
        Ok(stream::once(async { first }).chain(rest).boxed())
    }

    async fn snapshot(&self, user: UserId, run: RunId) -> AppResult<RunSnapshot> {
        self.db
            .find_run(user, run)
            .await?
            .ok_or_else(|| AppError::not_found("answer"))
    }

    /// Events of the log; should it fall silent before the run's end (its process was told that others ended the run), the
    /// stored end.
    fn or_stored(&self, user: UserId, run: RunId, events: RunEvents) -> RunEvents {
        let chat = self.clone();
        let state = (events, 0_u64, false);
        let live = stream::unfold(state, move |(mut events, seq, is_over)| {
            let chat = chat.clone();
            async move {
                if is_over {
                    return None;
                }
                if let Some(batch) = events.next().await {
                    let last = batch.last()?;
                    let (seq, is_over) = (last.seq, last.event.is_end());
                    return Some((batch, (events, seq, is_over)));
                }
                let stored = chat.follow_stored(user, run, seq);
                Some((Vec::new(), (stored, seq, false)))
            }
        });
        live.filter(|batch| std::future::ready(!batch.is_empty()))
            .boxed()
    }

    /// Snapshots of the stored text as it grows: what is left when the log has nothing.
    fn follow_stored(&self, user: UserId, run: RunId, seen: u64) -> RunEvents {
        let chat = self.clone();
        stream::unfold((seen, false), move |(seen, is_over)| {
            let chat = chat.clone();
            async move {
                if is_over {
                    return None;
                }
                loop {
                    let snapshot = chat.snapshot(user, run).await.ok()?;
                    let is_over = snapshot.state.is_end();
                    if is_over || snapshot.seq > seen {
                        let seen = snapshot.seq;
                        let batch = vec![Arc::new(snapshot_event(snapshot))];
                        return Some((batch, (seen, is_over)));
                    }
                    tokio::time::sleep(POLL).await;
                }
            }
        })
        .boxed()
    }
}

fn snapshot_event(snapshot: RunSnapshot) -> SequencedEvent {
    SequencedEvent {
        seq: snapshot.seq,
        event: RunEvent::Snapshot {
            text: snapshot.text,
            state: snapshot.state,
            usage: snapshot.usage,
        },
    }
}
