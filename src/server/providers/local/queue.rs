//! The line in front of the local model: first come, first served, and everyone knows their place.
//!
//! A fixed number of worker threads take jobs from it. A stream that is dropped leaves the line at
//! once, and those behind it move up. Nothing here knows about models.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use crate::server::providers::{ChatEvent, ChatRequest, ProviderError};

pub type RunEvent = Result<ChatEvent, ProviderError>;

/// What a worker is woken for.
pub enum Task {
    Answer(Box<Job>),
    /// Load the model now, so that the first request need not wait for it.
    WarmUp,
}

/// One request and the way back to the stream that waits for it.
pub struct Job {
    id: u64,
    pub request: ChatRequest,
    /// Whose work it is, for log lines.
    pub span: tracing::Span,
    events: mpsc::Sender<RunEvent>,
    told_ahead: u32,
    /// Set while a worker is on it; dropping the job then frees the worker's place.
    running_in: Option<Arc<Queue>>,
}

impl Job {
    /// Hands an event to the stream. Never waits: the channel holds the longest possible run, so
    /// a slow reader cannot keep the worker from others. Events for a dropped stream are lost.
    pub fn send(&self, event: RunEvent) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.events.try_send(event) {
            tracing::error!(run_id = %self.request.run_id, "a run had more events than its channel holds");
        }
    }

    /// Sends the last event. The worker counts as free before the reader can know of the end, so
    /// that whoever asks again at once is not told to wait for themselves.
    pub fn end(mut self, event: RunEvent) {
        self.free_worker();
        self.send(event);
    }

    /// Whether the stream was dropped, so that nobody wants the answer any more, or the queue is
    /// closed.
    pub fn is_cancelled(&self) -> bool {
        self.events.is_closed()
            || self
                .running_in
                .as_ref()
                .is_some_and(|queue| queue.is_closed())
    }

    fn free_worker(&mut self) {
        if let Some(queue) = self.running_in.take() {
            queue.finish_one();
        }
    }

    fn announce(&mut self, ahead: u32) {
        if self.told_ahead != ahead {
            self.told_ahead = ahead;
            self.send(Ok(ChatEvent::Queued { ahead }));
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.free_worker();
    }
}

/// Why a request may not join the line.
pub enum Refusal {
    Full { waiting: usize },
    Closed,
}

/// A stream's place in the line, given up when dropped.
pub struct Place {
    id: u64,
    queue: Arc<Queue>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.queue.leave(self.id);
    }
}

pub struct Queue {
    workers: usize,
    capacity: usize,
    events_per_run: usize,
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    running: usize,
    warm_ups: usize,
    next_id: u64,
    is_closed: bool,
}

impl State {
    /// Tells each waiting job how many others must end before it starts, where that has changed.
    fn announce_positions(&mut self, workers: usize) {
        let idle = workers.saturating_sub(self.running);
        for (index, job) in self.waiting.iter_mut().enumerate() {
            let ahead = (index + 1).saturating_sub(idle);
            job.announce(u32::try_from(ahead).unwrap_or(u32::MAX));
        }
    }
}

impl Queue {
    /// A line of at most `capacity` waiting jobs for `workers` threads. `events_per_run` is the
    /// most events a worker will ever send for one job.
    pub fn new(workers: usize, capacity: usize, events_per_run: usize) -> Arc<Self> {
        Arc::new(Self {
            workers,
            capacity,
            // A job moves up at most once for each place in the line, beside its own events.
            events_per_run: events_per_run + capacity + workers + 1,
            state: Mutex::default(),
            wake: Condvar::new(),
        })
    }

    /// Joins the end of the line.
    pub fn join(
        self: &Arc<Self>,
        request: ChatRequest,
    ) -> Result<(mpsc::Receiver<RunEvent>, Place), Refusal> {
        let mut state = self.lock();
        if state.is_closed {
            return Err(Refusal::Closed);
        }
        let idle = self.workers.saturating_sub(state.running);
        let waiting = state.waiting.len();
        if waiting >= self.capacity + idle {
            return Err(Refusal::Full { waiting });
        }
        let id = state.next_id;
        state.next_id += 1;
        let (events, receiver) = mpsc::channel(self.events_per_run);
        state.waiting.push_back(Job {
            id,
            request,
            span: tracing::Span::current(),
            events,
            told_ahead: 0,
            running_in: None,
        });
        state.announce_positions(self.workers);
        drop(state);
        self.wake.notify_one();
        let queue = Arc::clone(self);
        Ok((receiver, Place { id, queue }))
    }

    /// Waits for the next task; `None` once the queue is closed.
    pub fn next(self: &Arc<Self>) -> Option<Task> {
        let mut state = self.lock();
        loop {
            if state.is_closed {
                return None;
            }
            if let Some(mut job) = state.waiting.pop_front() {
                state.running += 1;
                job.running_in = Some(Arc::clone(self));
                return Some(Task::Answer(Box::new(job)));
            }
            if state.warm_ups > 0 {
                state.warm_ups -= 1;
                return Some(Task::WarmUp);
            }
            state = self
                .wake
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Asks every idle worker to load the model.
    pub fn warm_up(&self) {
        self.lock().warm_ups = self.workers;
        self.wake.notify_all();
    }

    /// Ends the workers; streams that wait or run end at once.
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

    /// How many jobs wait for a worker.
    pub fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    fn leave(&self, id: u64) {
        let mut state = self.lock();
        let Some(index) = state.waiting.iter().position(|job| job.id == id) else {
            return;
        };
        let job = state.waiting.remove(index);
        state.announce_positions(self.workers);
        drop(state);
        drop(job);
    }

    fn finish_one(&self) {
        let mut state = self.lock();
        state.running = state.running.saturating_sub(1);
        state.announce_positions(self.workers);
    }

    /// A panic elsewhere leaves the line itself intact, so a poisoned lock is taken as it is.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
