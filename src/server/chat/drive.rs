//! Driving a run: the task that asks the provider, tells readers, stores what they saw, and ends it exactly once.

use super::{Chat, ending::Ending, retry::backoff};
use crate::{
    model::{
        AppError, ErrorKind,
        catalog::ApiType,
        chat::{AnswerExtras, RunState, Usage},
        event::RunEvent,
        ids::RunId,
    },
    server::{
        db::runs::Checkpoint,
        pace::{BEAT, SLOW_BEAT, next_beat},
        providers::{ChatEvent, ChatRequest, ChatStream, ProviderError, ProviderErrorKind},
        telemetry::RunObserver,
    },
};
use futures::StreamExt;
use std::{future::Future, ops::ControlFlow, time::Duration};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

/// Runs from which on a process sends at the slow beat.
const MANY_RUNS: usize = 150;
/// Most events that are taken in one go.
const READY_EVENTS: usize = 64;
/// Text that comes this little before its time goes out at once.
const SLACK: Duration = Duration::from_millis(5);
/// How often the text that readers saw is stored.
const CHECKPOINT: Duration = Duration::from_secs(1);
/// Most text in one event; more goes out as several.
const MAX_DELTA_BYTES: usize = 16 * 1024;
/// Longest answer that is stored; a provider that never ends is cut off.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// What a run is driven with.
pub(super) struct Drive {
    pub(super) run: RunId,
    pub(super) api_type: ApiType,
    pub(super) request: ChatRequest,
    /// Text that the answer goes on from.
    pub(super) text: String,
    /// What there is besides that text.
    pub(super) extras: AnswerExtras,
}

/// How asking a provider came out.
enum Outcome {
    Finished(RunEvent),
    Failed(ProviderError),
    Stopped,
    Interrupted,
}

/// A run that is being driven.
struct Driver {
    chat: Chat,
    run: RunId,
    cancelled: CancellationToken,
    /// Everything readers have been sent.
    text: String,
    /// What they have been sent besides it.
    extras: AnswerExtras,
    /// Text that came and was not sent yet.
    pending: String,
    /// The last event's number.
    seq: u64,
    usage: Option<Usage>,
    sent_at: Option<Instant>,
    checkpointed_at: Instant,
    /// The last event whose text was given to the database.
    checkpointed: u64,
    /// The run's latest state on its way to the database.
    storing: Option<JoinHandle<()>>,
    observer: RunObserver,
}

impl Chat {
    /// Gets a run ready on behalf of the request that asks for it. What this gives starts driving it, in a task of its own: it
    /// lives on when whoever asked goes away.
    pub(super) fn prepare(&self, drive: Drive) -> impl FnOnce() + Send + use<> {
        let (chat, run, cancelled) = (self.clone(), drive.run, CancellationToken::new());
        let driver = Driver {
            chat: self.clone(),
            run,
            cancelled: cancelled.clone(),
            text: drive.text,
            extras: drive.extras,
            pending: String::new(),
            seq: 0,
            usage: None,
            sent_at: None,
            checkpointed_at: Instant::now(),
            checkpointed: 0,
            storing: None,
            observer: RunObserver::start(run, drive.api_type.as_str(), &drive.request.model),
        };
        let (trace, span) = driver.observer.context();
        move || {
            chat.log.open(run);
            chat.driven().insert(run, cancelled);
            let task = trace.follow(driver.drive(drive.api_type, drive.request));
            chat.tasks.spawn(task.instrument(span));
        }
    }
}

impl Driver {
    async fn drive(mut self, api_type: ApiType, request: ChatRequest) {
        let outcome = self.ask_until_done(api_type, request).await;
        self.flush();
        let end = match outcome {
            Outcome::Finished(end) => end,
            Outcome::Stopped => RunEvent::Stopped,
            Outcome::Interrupted => RunEvent::Interrupted,
            Outcome::Failed(error) => {
                // What a service says may repeat what somebody wrote.
                tracing::warn!(kind = error.kind.as_str(), "answer failed");
                tracing::debug!(%error, "answer failed");
                RunEvent::Failed {
                    error: error.into(),
                }
            }
        };
        self.end(end).await;
        self.chat.driven().remove(&self.run);
        self.chat.log.close(self.run);
    }

    /// Asks, again where that helps, until the answer ended or was stopped.
    async fn ask_until_done(&mut self, api_type: ApiType, request: ChatRequest) -> Outcome {
        let began = Instant::now();
        let before = self.text.len();
        let mut attempt = 1;
        loop {
            let trace = self.observer.attempt();
            let outcome = trace.follow(self.ask(api_type, request.clone())).await;
            let Outcome::Failed(error) = outcome else {
                return outcome;
            };
            self.observer.attempt_failed(&trace, error.kind.as_str());
            let has_words = self.text.len() + self.pending.len() > before;
            let jitter = rand::random();
            let wait = match backoff(&error, attempt, began.elapsed(), jitter) {
                Some(wait) if !has_words => wait,
                _ => return Outcome::Failed(error),
            };
            tracing::info!(kind = error.kind.as_str(), attempt, ?wait, "asking again");
            self.tell(RunEvent::Retrying {
                after_ms: u32::try_from(wait.as_millis()).unwrap_or(u32::MAX),
                reason: error.message,
            })
            .await;
            tokio::select! {
                end = self.cut_off() => return end,
                () = sleep(wait) => attempt += 1,
            }
        }
    }

    async fn ask(&mut self, api_type: ApiType, request: ChatRequest) -> Outcome {
        let Some(provider) = self.chat.providers.chat(api_type) else {
            return Outcome::Failed(ProviderError::new(
                ProviderErrorKind::BadRequest,
                "The service of this tool is not configured here any more.",
            ));
        };
        let answer = tokio::select! {
            end = self.cut_off() => return end,
            answer = provider.stream(request) => answer,
        };
        match answer {
            Err(error) => Outcome::Failed(error),
            Ok(stream) => self.read(stream).await,
        }
    }

    /// Waits until the person, or this process, wants the run to end.
    fn cut_off(&self) -> impl Future<Output = Outcome> + use<> {
        let (cancelled, closing) = (self.cancelled.clone(), self.chat.closing.clone());
        async move {
            tokio::select! {
                () = cancelled.cancelled() => Outcome::Stopped,
                () = closing.cancelled() => Outcome::Interrupted,
            }
        }
    }

    /// Reads an answer: the first words go out at once, later ones together with their neighbours.
    async fn read(&mut self, stream: ChatStream) -> Outcome {
        let mut stream = stream.ready_chunks(READY_EVENTS);
        let mut cut_off = std::pin::pin!(self.cut_off());
        loop {
            let due_at = self.flush_at().or_else(|| self.checkpoint_at());
            let events = tokio::select! {
                biased;
                end = &mut cut_off => return end,
                () = sleep_until(due_at.unwrap_or_else(Instant::now)), if due_at.is_some() => {
                    self.flush();
                    self.checkpoint_if_due();
                    continue;
                }
                events = stream.next() => events,
            };
            let Some(events) = events else {
                return Outcome::Failed(ProviderError::new(
                    ProviderErrorKind::Disconnected,
                    "The answer broke off without an end.",
                ));
            };
            for event in events {
                if let ControlFlow::Break(outcome) = self.take(event).await {
                    return outcome;
                }
            }
            if self.is_due() {
                self.flush();
            }
        }
    }

    /// One event of the provider's; text stays pending.
    async fn take(&mut self, event: Result<ChatEvent, ProviderError>) -> ControlFlow<Outcome> {
        match event {
            Ok(ChatEvent::Text(text)) => {
                // A NUL is text to a model and an error to a database.
                self.pending.push_str(&text.replace('\0', "\u{fffd}"));
                if self.text.len() + self.pending.len() > MAX_ANSWER_BYTES {
                    return ControlFlow::Break(Outcome::Failed(too_long()));
                }
            }
            Ok(ChatEvent::Reasoning(text)) => {
                let text = text.replace('\0', "\u{fffd}");
                self.extras.reasoning.push_str(&text);
                self.tell(RunEvent::Reasoning(text)).await;
            }
            Ok(ChatEvent::ToolCall(_) | ChatEvent::File(_) | ChatEvent::Thread { .. }) => {}
            Ok(ChatEvent::Queued { ahead }) => self.tell(RunEvent::Queued { ahead }).await,
            Ok(ChatEvent::Started) => self.tell(RunEvent::Started).await,
            Ok(ChatEvent::Finished { reason, usage }) => {
                self.usage = usage;
                let end = RunEvent::Finished { reason, usage };
                return ControlFlow::Break(Outcome::Finished(end));
            }
            Err(error) => return ControlFlow::Break(Outcome::Failed(error)),
        }
        ControlFlow::Continue(())
    }

    /// When pending text must go out.
    fn flush_at(&self) -> Option<Instant> {
        if self.pending.is_empty() {
            return None;
        }
        Some(match self.is_due() {
            true => Instant::now(),
            false => next_beat(self.window()),
        })
    }

    /// When what readers saw must be stored, though no more may come.
    fn checkpoint_at(&self) -> Option<Instant> {
        (self.checkpointed < self.seq).then(|| self.checkpointed_at + CHECKPOINT)
    }

    fn is_due(&self) -> bool {
        self.pending.len() >= MAX_DELTA_BYTES
            || self
                .sent_at
                .is_none_or(|at| at.elapsed() + SLACK >= self.window())
    }

    /// Deltas that come closer together than this go out as one: fewer bytes around the same text.
    fn window(&self) -> Duration {
        match self.chat.tasks.len() > MANY_RUNS {
            true => SLOW_BEAT,
            false => BEAT,
        }
    }

    /// Sends pending text to readers and, when it is time, has what they saw stored.
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        self.observer.words(pending.len());
        let mut rest = pending.as_str();
        while !rest.is_empty() {
            let cut = rest.floor_char_boundary(MAX_DELTA_BYTES);
            let (delta, tail) = rest.split_at(cut);
            self.text.push_str(delta);
            self.seq = self
                .chat
                .log
                .append(self.run, RunEvent::Text(delta.to_owned()));
            rest = tail;
        }
        self.sent_at = Some(Instant::now());
        self.checkpoint_if_due();
    }

    /// Has what readers saw stored when it is time, beside the stream rather than in its way.
    fn checkpoint_if_due(&mut self) {
        if self.checkpointed_at.elapsed() < CHECKPOINT || self.checkpointed >= self.seq {
            return;
        }
        self.checkpointed_at = Instant::now();
        let checkpoint = Checkpoint {
            run: self.run,
            text: self.text.clone(),
            extras: self.extras.clone(),
            seq: self.seq,
        };
        if self.chat.checkpoints.add(checkpoint) {
            self.checkpointed = self.seq;
        }
    }

    /// Tells readers where the run stands, and has it stored for those who come later, beside the stream; one after the
    /// other, so that what is stored last is what was told last.
    async fn tell(&mut self, event: RunEvent) {
        self.flush();
        let state = event.state();
        self.seq = self.chat.log.append(self.run, event);
        let Some(state) = state else { return };
        let (db, run, before) = (self.chat.db.clone(), self.run, self.storing.take());
        let storing = async move {
            if let Some(before) = before {
                let _ = before.await;
            }
            if let Err(error) = db.update_run_state(run, &state).await {
                tracing::warn!(%error, "the state of the run could not be stored");
            }
        };
        self.storing = Some(tokio::spawn(storing.in_current_span()));
    }

    /// Ends the run: stored first, told after, so that whoever hears of the end finds it stored. Where storing fails the
    /// reader is told that, and keeps the text on the page; it is tried again.
    async fn end(&mut self, end: RunEvent) {
        let ending = Ending {
            run: self.run,
            text: std::mem::take(&mut self.text),
            extras: std::mem::take(&mut self.extras),
            seq: self.seq + 1,
            state: end.state().unwrap_or(RunState::Interrupted),
            usage: self.usage,
        };
        let bytes = ending.text.len();
        let told = match ending.store(&self.chat).await {
            Ok(true) => end,
            // Ended before, by somebody else or by a statement whose answer was lost: what is stored counts.
            Ok(false) => self.chat.stored_end(self.run).await,
            Err(error) => {
                tracing::error!(%error, "the answer could not be stored");
                self.chat.keep_unstored(ending);
                let error = AppError::new(
                    ErrorKind::Unavailable,
                    "The answer could not be stored: the disk or the database does not take it. It is tried again; copy what you need before you leave the page.",
                );
                RunEvent::Failed { error }
            }
        };
        let end = self.observer.end(&told, self.usage);
        tracing::info!(end, bytes, "answer ended");
        self.chat.log.append(self.run, told);
    }
}

fn too_long() -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::Protocol,
        "The answer grew beyond 4 MB and was cut off.",
    )
}
