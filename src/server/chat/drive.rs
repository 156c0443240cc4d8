//! Driving a run: the task that asks the provider, tells readers, stores what they saw, and ends it exactly once.

mod outcome;
mod pending;

use super::{
    Chat,
    ending::Ending,
    engine::{Question, Step, Steps},
};
use crate::{
    model::{
        AppError, ErrorKind,
        catalog::ApiType,
        chat::{AnswerExtras, RunState, Usage},
        event::RunEvent,
        ids::{MessageId, RunId, UserId},
    },
    server::{
        db::{conversations::ThreadRecord, runs::Checkpoint},
        pace::{BEAT, SLOW_BEAT, next_beat},
        providers::{ChatEvent, GeneratedFile, ProviderError, ProviderErrorKind},
        telemetry::RunObserver,
    },
};
use futures::StreamExt;
use outcome::Outcome;
use pending::{MAX_DELTA_BYTES, Pending};
use std::{future::Future, ops::ControlFlow, time::Duration};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

/// Runs from which on a process sends at the slow beat.
const MANY_RUNS: usize = 150;
/// Most steps that are taken in one go.
const READY_STEPS: usize = 64;
/// Text that comes this little before its time goes out at once.
const SLACK: Duration = Duration::from_millis(5);
/// How often the text that readers saw is stored.
const CHECKPOINT: Duration = Duration::from_secs(1);
/// Longest answer that is stored; a provider that never ends is cut off.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// What a run is driven with.
pub(super) struct Drive {
    pub(super) run: RunId,
    /// The message that it fills.
    pub(super) message: MessageId,
    /// What is asked.
    pub(super) question: Question,
    /// Text that the answer goes on from.
    pub(super) text: String,
    /// What there is besides that text.
    pub(super) extras: AnswerExtras,
}

/// A run that is being driven.
struct Driver {
    chat: Chat,
    run: RunId,
    message: MessageId,
    user: UserId,
    provider: ApiType,
    cancelled: CancellationToken,
    /// Everything readers have been sent.
    text: String,
    /// What they have been sent besides it.
    extras: AnswerExtras,
    /// Words that came and were not sent yet.
    pending: Pending,
    /// The last event's number.
    seq: u64,
    usage: Option<Usage>,
    /// The provider's own conversation, once it holds the question.
    thread: Option<String>,
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
        let tool = &drive.question.tool;
        let model = tool.model.as_deref().unwrap_or_default();
        let driver = Driver {
            chat: self.clone(),
            run,
            message: drive.message,
            user: drive.question.user,
            provider: tool.api_type,
            cancelled: cancelled.clone(),
            text: drive.text,
            extras: drive.extras,
            pending: Pending::default(),
            seq: 0,
            usage: None,
            thread: None,
            sent_at: None,
            checkpointed_at: Instant::now(),
            checkpointed: 0,
            storing: None,
            observer: RunObserver::start(run, tool.api_type.as_str(), model),
        };
        let (trace, span) = driver.observer.context();
        move || {
            chat.log.open(run);
            chat.driven().insert(run, cancelled);
            let task = trace.follow(driver.drive(drive.question));
            chat.tasks.spawn(task.instrument(span));
        }
    }
}

impl Driver {
    async fn drive(mut self, question: Question) {
        let steps = self.chat.engine.ask(question);
        let outcome = self.read(steps).await;
        self.flush();
        let end = outcome.tell(&mut self.observer);
        self.end(end).await;
        self.chat.driven().remove(&self.run);
        self.chat.log.close(self.run);
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
    async fn read(&mut self, steps: Steps) -> Outcome {
        let mut steps = steps.ready_chunks(READY_STEPS);
        let mut cut_off = std::pin::pin!(self.cut_off());
        loop {
            let due_at = self.flush_at().or_else(|| self.checkpoint_at());
            let ready = tokio::select! {
                biased;
                end = &mut cut_off => return end,
                () = sleep_until(due_at.unwrap_or_else(Instant::now)), if due_at.is_some() => {
                    self.flush();
                    self.checkpoint_if_due();
                    continue;
                }
                ready = steps.next() => ready,
            };
            let Some(ready) = ready else {
                return Outcome::Failed(ProviderError::new(
                    ProviderErrorKind::Disconnected,
                    "The answer broke off without an end.",
                ));
            };
            for step in ready {
                if let ControlFlow::Break(outcome) = self.take(step).await {
                    return outcome;
                }
            }
            if self.is_due() {
                self.flush();
            }
        }
    }

    /// One step of the engine's; words stay pending.
    async fn take(&mut self, step: Result<Step, ProviderError>) -> ControlFlow<Outcome> {
        match step {
            Ok(Step::Event(event)) => return self.take_event(event).await,
            Ok(Step::Retrying { after, reason }) => {
                self.thread = None;
                let after_ms = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
                self.tell(RunEvent::Retrying { after_ms, reason }).await;
            }
            Ok(Step::AnsweredBy { name, .. }) => {
                self.thread = None;
                self.extras.answered_by = Some(name.clone());
                self.tell(RunEvent::AnsweredBy { name }).await;
            }
            Err(error) => return ControlFlow::Break(Outcome::Failed(error)),
        }
        ControlFlow::Continue(())
    }

    async fn take_event(&mut self, event: ChatEvent) -> ControlFlow<Outcome> {
        match event {
            ChatEvent::Text(words) => self.pending.add_text(&words),
            ChatEvent::Reasoning(words) => self.pending.add_thoughts(&words),
            ChatEvent::File(file) => return self.keep_file(file).await,
            ChatEvent::Thread { id } => self.thread = Some(id),
            // Nobody asked for functions that could be called.
            ChatEvent::ToolCall(_) => {}
            ChatEvent::Queued { ahead } => self.tell(RunEvent::Queued { ahead }).await,
            ChatEvent::Started => self.tell(RunEvent::Started).await,
            ChatEvent::Finished { reason, usage } => {
                self.usage = usage;
                let end = RunEvent::Finished { reason, usage };
                return ControlFlow::Break(Outcome::Finished(end));
            }
        }
        if self.bytes() > MAX_ANSWER_BYTES {
            return ControlFlow::Break(Outcome::Failed(too_long()));
        }
        ControlFlow::Continue(())
    }

    /// Stores a file that the model made, and tells readers of it.
    async fn keep_file(&mut self, file: GeneratedFile) -> ControlFlow<Outcome> {
        let name = file.name.clone();
        let stored = tokio::select! {
            end = self.cut_off() => return ControlFlow::Break(end),
            stored = self.chat.engine.files().store_generated(self.user, file) => stored,
        };
        match stored {
            Ok(attachment) => {
                self.extras.files.push(attachment.clone());
                self.tell(RunEvent::File(Box::new(attachment))).await;
                ControlFlow::Continue(())
            }
            Err(error) => ControlFlow::Break(Outcome::Unkept(AppError {
                message: format!("The answer's file {name} was not kept. {}", error.message),
                ..error
            })),
        }
    }

    /// When pending words must go out.
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

    /// Sends pending words to readers and, when it is time, has what they saw stored.
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        for event in self.pending.take() {
            match &event {
                RunEvent::Text(words) => {
                    self.observer.words(words.len());
                    self.text.push_str(words);
                }
                RunEvent::Reasoning(words) => self.extras.reasoning.push_str(words),
                _ => {}
            }
            self.seq = self.chat.log.append(self.run, event);
        }
        self.sent_at = Some(Instant::now());
        self.checkpoint_if_due();
    }

    /// How much has come, of the answer and of the thoughts before it.
    fn bytes(&self) -> usize {
        self.text.len() + self.extras.reasoning.len() + self.pending.len()
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
        let is_finished = matches!(end, RunEvent::Finished { .. });
        let thread = self.thread.take().filter(|_| is_finished);
        let ending = Ending {
            run: self.run,
            thread: thread.map(|id| ThreadRecord {
                provider: self.provider,
                id,
                leaf: self.message,
            }),
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
