//! Storing the text of open runs, for all of them together: a busy process writes once for many runs instead of once for
//! each.

use crate::{
    model::ids::RunId,
    server::{
        db::{Db, runs::Checkpoint},
        runlog::RunLog,
    },
};
use std::{collections::HashMap, time::Duration};
use tokio::{sync::mpsc, time::sleep};

/// Texts that wait to be stored; who finds no room comes again later with a longer one.
const WAITING: usize = 1_024;
/// How long the first text waits for others.
const GATHERING: Duration = Duration::from_millis(300);
/// How long a database that failed is left alone.
const REST: Duration = Duration::from_secs(1);

/// The way to have texts stored.
#[derive(Clone)]
pub(super) struct Checkpoints {
    waiting: mpsc::Sender<Checkpoint>,
}

impl Checkpoints {
    /// Begins to store what comes; ends with the last handle.
    pub(super) fn start(db: Db, log: RunLog) -> Self {
        let (waiting, coming) = mpsc::channel(WAITING);
        tokio::spawn(store(db, log, coming));
        Self { waiting }
    }

    /// Has a text stored in a moment; false when there is no room for it.
    pub(super) fn add(&self, checkpoint: Checkpoint) -> bool {
        self.waiting.try_send(checkpoint).is_ok()
    }
}

async fn store(db: Db, log: RunLog, mut coming: mpsc::Receiver<Checkpoint>) {
    let mut texts: HashMap<RunId, Checkpoint> = HashMap::new();
    let mut batch = Vec::new();
    let mut is_failing = false;
    loop {
        if texts.is_empty() {
            let Some(first) = coming.recv().await else {
                return;
            };
            texts.insert(first.run, first);
        }
        sleep(GATHERING).await;
        while let Ok(next) = coming.try_recv() {
            texts.insert(next.run, next);
        }
        batch.extend(texts.drain().map(|(_, text)| text));
        match db.store_checkpoints(&batch).await {
            Ok(()) => {
                is_failing = false;
                for stored in batch.drain(..) {
                    log.trim(stored.run, stored.seq);
                }
            }
            Err(error) if !error.is_away() && batch.len() > 1 => {
                tracing::warn!(%error, "texts of open answers are stored one by one");
                for text in batch.drain(..) {
                    // One that cannot be stored must not stand in the others' way; its run ends with an error of its own.
                    if db
                        .store_checkpoints(std::slice::from_ref(&text))
                        .await
                        .is_ok()
                    {
                        log.trim(text.run, text.seq);
                    }
                }
            }
            Err(_) if coming.is_closed() => return,
            Err(error) => {
                if !std::mem::replace(&mut is_failing, true) {
                    tracing::warn!(%error, "the text of open answers could not be stored; it is tried again");
                }
                // Later texts of the same runs take the place of these.
                texts.extend(batch.drain(..).map(|text| (text.run, text)));
                sleep(REST).await;
            }
        }
    }
}
