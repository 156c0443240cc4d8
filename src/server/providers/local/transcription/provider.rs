//! Speech made into text in this process: no key, no network, three small files.
//!
//! A recording is put on disk as it comes (`recording`), decoded (`decoding`), brought to the model's rate (`resampling`) and
//! cut at pauses (`segments`); a `worker` gives the pieces to the `engine`. Recordings take turns, piece by piece, in the `line`.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use crate::server::config::LocalTranscriptionConfig;
use crate::server::providers::on_demand::OnDemand;
use crate::server::providers::transcription::{
    TranscriptionEvent, TranscriptionProvider, TranscriptionRequest, TranscriptionStream,
};
use crate::server::providers::{ProviderError, ProviderErrorKind};
use line::{Job, Line};
use worker::Shared;

mod decoding;
mod engine;
mod line;
mod recording;
mod resampling;
mod segments;
#[cfg(test)]
mod tests;
mod vocabulary;
mod worker;

/// Transcription by a model in this process.
///
/// Making one is cheap; the model is loaded by [`LocalTranscription::warm_up`] or by the first recording.
pub struct LocalTranscription {
    shared: Arc<Shared>,
    config: LocalTranscriptionConfig,
    /// Recordings that may be here at once: the one that is listened to and those that wait.
    places: Arc<Semaphore>,
    /// Empty until the first use.
    thread: OnceLock<Mutex<Option<JoinHandle<()>>>>,
}

impl LocalTranscription {
    /// A model that is not loaded yet.
    #[must_use]
    pub fn new(config: LocalTranscriptionConfig) -> Self {
        let threads = config.threads.unwrap_or_else(half_of_the_cores).max(1);
        Self {
            shared: Arc::new(Shared {
                line: Line::default(),
                model_dir: config.model_dir.clone(),
                threads,
                max_duration: config.max_duration,
                engine: OnDemand::new("the model that transcribes"),
            }),
            places: Arc::new(Semaphore::new(config.queue.saturating_add(1))),
            config,
            thread: OnceLock::new(),
        }
    }

    /// Why the model cannot be used, in a sentence, or `None` when it can as far as one knows without loading it. Cheap
    /// enough for every request.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        if self.shared.engine.is_loaded() {
            return None;
        }
        engine::check(&self.config.model_dir)
            .err()
            .map(|error| error.message)
    }

    /// Starts to load the model in the background, so that the first recording need not wait for it.
    pub fn warm_up(&self) {
        self.thread();
        self.shared.line.warm_up();
    }

    /// Ends all transcriptions and waits until the worker has stopped.
    pub fn shut_down(&self) {
        self.shared.line.close();
        let Some(thread) = self.thread.get() else {
            return;
        };
        let thread = thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the worker of the local transcription ended with a panic");
        }
    }

    /// The worker's thread, started at the first call.
    fn thread(&self) -> &Mutex<Option<JoinHandle<()>>> {
        self.thread.get_or_init(|| {
            let shared = Arc::clone(&self.shared);
            let thread = thread::Builder::new()
                .name("local-transcription".to_owned())
                .spawn(move || worker::run(&shared))
                .inspect_err(|error| tracing::error!(%error, "no thread for the transcription"))
                .ok();
            Mutex::new(thread)
        })
    }

    fn has_worker(&self) -> bool {
        let thread = self.thread().lock();
        thread.is_ok_and(|thread| thread.is_some())
    }
}

impl Drop for LocalTranscription {
    fn drop(&mut self) {
        self.shut_down();
    }
}

#[async_trait]
impl TranscriptionProvider for LocalTranscription {
    fn max_bytes(&self) -> u64 {
        self.config.max_bytes
    }

    async fn transcribe(
        &self,
        request: TranscriptionRequest,
    ) -> Result<TranscriptionStream, ProviderError> {
        if let Some(problem) = self.problem() {
            return Err(ProviderError::new(ProviderErrorKind::Unavailable, problem));
        }
        if !self.has_worker() {
            return Err(stopped());
        }
        check_language(request.language.as_deref())?;
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| busy(self.config.queue))?;
        let file = recording::receive(
            &self.config.spool_dir,
            request.size_bytes,
            self.config.max_bytes,
            request.audio,
        )
        .await?;
        // Each segment is one event at most; the end is another.
        let (events, receiver) = mpsc::channel(segments::most_in(self.config.max_duration) + 1);
        let cancelled = CancellationToken::new();
        let until_dropped = cancelled.clone().drop_guard();
        let job = Job::new(file, events, cancelled, place);
        if !self.shared.line.join(job) {
            return Err(stopped());
        }
        Ok(events_of(receiver, until_dropped))
    }
}

/// The reader's end: it ends with the whole text or a failure, and dropping it ends the work.
fn events_of(
    receiver: mpsc::Receiver<line::Event>,
    until_dropped: tokio_util::sync::DropGuard,
) -> TranscriptionStream {
    let state = Some((receiver, until_dropped));
    futures::stream::unfold(state, |state| async {
        let (mut receiver, until_dropped) = state?;
        let event = receiver.recv().await.unwrap_or_else(|| Err(interrupted()));
        let is_over = matches!(event, Err(_) | Ok(TranscriptionEvent::Done { .. }));
        Some((event, (!is_over).then_some((receiver, until_dropped))))
    })
    .boxed()
}

/// Half of the cores, so that the server answers while the model listens.
fn half_of_the_cores() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get) / 2
}

/// Whoever names another language would get English words that sound like theirs.
fn check_language(language: Option<&str>) -> Result<(), ProviderError> {
    let is_english = language.is_none_or(|language| {
        let language = language.to_ascii_lowercase();
        language.starts_with("en-") || ["en", "eng", "english"].contains(&language.as_str())
    });
    if is_english {
        return Ok(());
    }
    Err(ProviderError::new(
        ProviderErrorKind::BadRequest,
        "The local transcription understands English only. Choose another model for other languages.",
    ))
}

fn busy(waiting: usize) -> ProviderError {
    let message = format!(
        "The local transcription is busy, and {waiting} other recordings are waiting for it. Try again in a moment."
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
        "The local transcription is not running. Try again when the server has started anew.",
    )
}

/// A worker that vanishes, by a panic or because the server stops, must not look like an end.
fn interrupted() -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::Disconnected,
        "The local transcription stopped before it was complete. Try again.",
    )
}
