//! The line in front of the model that listens. Recordings take turns: each is heard for one segment and goes to the end of
//! the line, so that an hour's recording does not hold up a sentence. Nothing here knows about models.

use std::collections::VecDeque;
use std::fs::File;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_util::sync::CancellationToken;

use super::worker::Listening;
use crate::server::providers::ProviderError;
use crate::server::providers::transcription::TranscriptionEvent;

pub type Event = Result<TranscriptionEvent, ProviderError>;

/// How far a recording has come.
pub enum Progress {
    /// It waits for its first turn.
    Received(File),
    /// A part of it was heard.
    Listening(Box<Listening>),
}

/// One recording and the way back to the stream that waits for its text.
pub struct Job {
    /// `None` only while a worker has it.
    pub progress: Option<Progress>,
    /// What was heard so far.
    pub text: String,
    /// How much of it was listened to, pauses among it.
    pub heard: Duration,
    /// Whose work it is, for log lines.
    pub span: tracing::Span,
    events: mpsc::Sender<Event>,
    cancelled: CancellationToken,
    _place: OwnedSemaphorePermit,
}

impl Job {
    pub fn new(
        file: File,
        events: mpsc::Sender<Event>,
        cancelled: CancellationToken,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            progress: Some(Progress::Received(file)),
            text: String::new(),
            heard: Duration::ZERO,
            span: tracing::Span::current(),
            events,
            cancelled,
            _place: place,
        }
    }

    /// Hands an event to the stream. Never waits: the channel holds all that a recording can have. Events for a dropped
    /// stream are lost.
    pub fn send(&self, event: Event) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.events.try_send(event) {
            tracing::error!("a recording had more segments than its channel holds");
        }
    }

    /// Whether nobody wants the text any more.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.is_cancelled()
    }
}

/// What the worker is woken for.
pub enum Task {
    /// Hear the next segment of a recording.
    Hear(Box<Job>),
    /// Load the model now, so that the first recording need not wait for it.
    WarmUp,
}

#[derive(Default)]
pub struct Line {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Box<Job>>,
    is_warming_up: bool,
    is_closed: bool,
}

impl Line {
    /// Joins the end; `false` once the line is closed.
    pub fn join(&self, job: Job) -> bool {
        self.put(Box::new(job))
    }

    /// Puts a recording that has more to hear to the end of the line.
    pub fn put(&self, job: Box<Job>) -> bool {
        let mut state = self.lock();
        if state.is_closed {
            return false;
        }
        state.waiting.push_back(job);
        drop(state);
        self.wake.notify_one();
        true
    }

    /// Waits for the next task; `None` once the line is closed.
    pub fn next(&self) -> Option<Task> {
        let mut state = self.lock();
        loop {
            if state.is_closed {
                return None;
            }
            if let Some(job) = state.waiting.pop_front() {
                return Some(Task::Hear(job));
            }
            if std::mem::take(&mut state.is_warming_up) {
                return Some(Task::WarmUp);
            }
            state = self
                .wake
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn warm_up(&self) {
        self.lock().is_warming_up = true;
        self.wake.notify_one();
    }

    /// Ends the worker; streams that wait end at once.
    pub fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        drop(waiting);
        self.wake.notify_all();
    }

    pub fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    /// A panic elsewhere leaves the line itself intact, so a poisoned lock is taken as it is.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
