//! Keeping what is said, one thing after the other: what is let go of must not come back by something that was begun before.

use crate::browser::recordings::{KeptPiece, Shelf};
use futures::{
    StreamExt,
    channel::{
        mpsc::{UnboundedSender, unbounded},
        oneshot,
    },
};
use leptos::task::spawn_local;

/// What is to be done.
enum Task {
    Keep(Shelf, KeptPiece),
    Forget(Shelf, Vec<String>),
    /// Tell that everything before is done.
    Tell(oneshot::Sender<()>),
}

/// Hands out what is to be done. What was handed out is done even when the page is left.
#[derive(Clone)]
pub(super) struct Keeper {
    tasks: UnboundedSender<Task>,
}

impl Keeper {
    /// Begins. Runs in the browser.
    pub(super) fn start() -> Self {
        let (tasks, mut handed_out) = unbounded();
        spawn_local(async move {
            while let Some(task) = handed_out.next().await {
                match task {
                    Task::Keep(shelf, piece) => shelf.keep(piece).await,
                    Task::Forget(shelf, names) => {
                        for name in names {
                            shelf.forget(&name).await;
                        }
                    }
                    Task::Tell(waiting) => {
                        let _ = waiting.send(());
                    }
                }
            }
        });
        Self { tasks }
    }

    pub(super) fn keep(&self, shelf: &Shelf, piece: KeptPiece) {
        let _ = self.tasks.unbounded_send(Task::Keep(shelf.clone(), piece));
    }

    /// Waits until everything that was handed out before is done.
    pub(super) async fn settled(self) {
        let (sender, told) = oneshot::channel();
        let _ = self.tasks.unbounded_send(Task::Tell(sender));
        let _ = told.await;
    }

    pub(super) fn forget(&self, shelf: &Shelf, names: Vec<String>) {
        let _ = self
            .tasks
            .unbounded_send(Task::Forget(shelf.clone(), names));
    }
}
