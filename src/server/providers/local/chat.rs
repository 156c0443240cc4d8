//! The model that runs inside this process: no key, no network, one file.
//!
//! Requests wait in a `queue`; a fixed pool of `worker` threads answers them, each with its own
//! `session` on the one shared `engine`. Only those two compute with llama.cpp, and only this file
//! knows what a provider is.

use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use async_trait::async_trait;
use futures::{Stream, StreamExt};
use tokio::sync::mpsc;

use crate::model::{catalog::StructuredOutput, schema::instructions::shape_instructions};
use crate::server::config::LocalConfig;
use crate::server::providers::on_demand::OnDemand;
use crate::server::providers::{
    ChatEvent, ChatMessage, ChatPart, ChatProvider, ChatRequest, ChatStream, ProviderError,
    ProviderErrorKind, Role,
};
use model_file::ModelFile;
use queue::{Place, Queue, Refusal, RunEvent};
use worker::Shared;

mod engine;
mod gguf;
mod grammar;
mod model_file;
mod prompt;
mod queue;
mod sampling;
mod session;
#[cfg(test)]
mod tests;
mod text;
mod worker;

/// Chat with a model in this process.
///
/// Making one is cheap; the model is loaded by [`LocalChat::warm_up`] or by the first request.
pub struct LocalChat {
    shared: Arc<Shared>,
    workers: usize,
    /// Empty until the first use.
    threads: OnceLock<Mutex<Vec<JoinHandle<()>>>>,
}

impl LocalChat {
    /// A local model that is not loaded yet.
    #[must_use]
    pub fn new(config: LocalConfig) -> Self {
        let workers = config.concurrency.max(1);
        // Each token of an answer is at most one event; starting and ending it are three more.
        let events_per_run = config.context_tokens as usize + 3;
        Self {
            shared: Arc::new(Shared {
                file: ModelFile::new(config.model_path),
                threads: config
                    .threads
                    .unwrap_or_else(|| default_threads(workers))
                    .max(1),
                context_tokens: config.context_tokens,
                queue: Queue::new(workers, config.queue, events_per_run),
                engine: OnDemand::new("the local model"),
            }),
            workers,
            threads: OnceLock::new(),
        }
    }

    /// The model's name, as its file has it.
    #[must_use]
    pub fn model_name(&self) -> String {
        self.shared.file.name()
    }

    /// Why the model cannot be used, in a sentence, or `None` when it can as far as one knows
    /// without loading it. Cheap enough for every request.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        if self.shared.engine.is_loaded() {
            return None;
        }
        self.shared.file.check().err().map(|error| error.message)
    }

    /// How many requests wait for a worker.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        u32::try_from(self.shared.queue.waiting()).unwrap_or(u32::MAX)
    }

    /// Starts to load the model in the background, so that the first answer need not wait for it.
    pub fn warm_up(&self) {
        self.threads();
        self.shared.queue.warm_up();
    }

    /// Ends all answers and waits until the workers have stopped, at most for one batch of tokens.
    ///
    /// llama.cpp must not compute while the process exits: its globals are torn down under it.
    /// Dropping does the same; call this where the process may exit without dropping.
    pub fn shut_down(&self) {
        self.shared.queue.close();
        let Some(threads) = self.threads.get() else {
            return;
        };
        let threads = std::mem::take(&mut *threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a worker of the local model ended with a panic");
            }
        }
    }

    /// Queues a request. The stream reports the place in the line until the answer starts;
    /// dropping it leaves the line or ends the answer.
    pub fn answer(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        check_request(&request)?;
        let request = told_its_shape(request);
        let threads = self.threads().lock();
        if threads.is_ok_and(|threads| threads.is_empty()) {
            return Err(stopped());
        }
        let (events, place) = self
            .shared
            .queue
            .join(request)
            .map_err(|refusal| match refusal {
                Refusal::Full { waiting } => busy(waiting),
                Refusal::Closed => stopped(),
            })?;
        let run = Run {
            events,
            is_over: false,
            _place: place,
        };
        Ok(run.boxed())
    }

    /// The workers' threads, started at the first call.
    fn threads(&self) -> &Mutex<Vec<JoinHandle<()>>> {
        self.threads.get_or_init(|| {
            let spawn = |index| {
                let shared = Arc::clone(&self.shared);
                thread::Builder::new()
                    .name(format!("local-chat-{index}"))
                    .spawn(move || worker::run(&shared))
                    .inspect_err(|error| tracing::error!(%error, "no thread for a worker"))
                    .ok()
            };
            Mutex::new((0..self.workers).map_while(spawn).collect())
        })
    }
}

impl Drop for LocalChat {
    fn drop(&mut self) {
        self.shut_down();
    }
}

#[async_trait]
impl ChatProvider for LocalChat {
    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        self.answer(request)
    }
}

/// Half of the cores, shared by the workers. llama.cpp's threads wait for each other in busy loops,
/// so one that has to share its core with the server slows all of them down many times.
fn default_threads(workers: usize) -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    cores / 2 / workers
}

fn check_request(request: &ChatRequest) -> Result<(), ProviderError> {
    let messages = request.messages.as_slice();
    let has_begun = matches!(messages, [.., _, begun] if begun.role == Role::Assistant);
    let problem = if messages.is_empty() {
        "There is no message to answer."
    } else if request.continue_last && !has_begun {
        "Only an answer can be continued, and the last message is none."
    } else {
        return Ok(());
    };
    Err(ProviderError::new(ProviderErrorKind::BadRequest, problem))
}

/// A grammar keeps the model from writing anything else, but only words tell it what is meant. A large schema stays unsaid:
/// the conversation needs the room.
fn told_its_shape(mut request: ChatRequest) -> ChatRequest {
    const MAX_TOLD_BYTES: usize = 3_000;
    let Some(output) = &request.output else {
        return request;
    };
    let words = shape_instructions(output, StructuredOutput::Words)
        .filter(|words| words.len() <= MAX_TOLD_BYTES)
        .unwrap_or_else(|| "Answer with JSON and nothing else.".to_owned());
    match request.messages.first_mut() {
        Some(first) if first.role == Role::System => first.parts.push(ChatPart::Text(words)),
        _ => {
            let instructions = ChatMessage::text(Role::System, words);
            request.messages.insert(0, instructions);
        }
    }
    request
}

fn busy(waiting: usize) -> ProviderError {
    let message = format!(
        "The local model is busy, and {waiting} others are waiting for it. Try again in a moment."
    );
    ProviderError {
        retry_after: Some(Duration::from_secs(10)),
        ..ProviderError::new(ProviderErrorKind::Busy, message)
    }
}

/// No worker runs: the server is shutting down, or the machine gave it no thread.
fn stopped() -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::Unavailable,
        "The local model is not running. Try again when the server has started anew.",
    )
}

/// The reader's end of one run.
struct Run {
    events: mpsc::Receiver<RunEvent>,
    is_over: bool,
    _place: Place,
}

impl Stream for Run {
    type Item = RunEvent;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<RunEvent>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let event = match self.events.poll_recv(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(event) => event.unwrap_or_else(|| Err(interrupted())),
        };
        self.is_over = matches!(event, Err(_) | Ok(ChatEvent::Finished { .. }));
        Poll::Ready(Some(event))
    }
}

/// A worker that vanishes, by a panic or because the server stops, must not look like an end.
fn interrupted() -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::Disconnected,
        "The local model stopped before its answer was complete. Try again.",
    )
}
