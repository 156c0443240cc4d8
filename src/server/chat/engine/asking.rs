//! One question on its way: asked, waited with, asked again, handed to another tool, answered or given up.

use super::{
    Engine, Question, Step,
    backoff::backoff,
    breaker::{LeftAlone, Pass, Service},
    prepare::request_for,
};
use crate::server::{
    db::tools::ToolRecord,
    files::Recipient,
    metrics,
    providers::{ChatEvent, ChatStream, ProviderError, ProviderErrorKind, Thread},
    telemetry::AttemptObserver,
};
use futures::{Stream, StreamExt, stream};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How often files are given to a provider's store again, before their bytes are sent with the question.
const MOST_LOST_FILES: u32 = 2;

type StepResult = Result<Step, ProviderError>;

/// A question and how far it is.
pub(super) struct Asking {
    engine: Engine,
    question: Question,
    stage: Stage,
    /// Since when this tool is asked.
    began: Instant,
    /// Tries with this tool so far.
    attempt: u32,
    has_words: bool,
    is_fallback: bool,
    /// Whether a new thread was begun for one that was lost.
    has_lost_thread: bool,
    /// How often the provider did not know a file that it was given.
    lost_files: u32,
    /// What the last try failed with.
    failure: Option<ProviderError>,
}

enum Stage {
    /// To be asked.
    Asking,
    /// To be asked then.
    Waiting(Instant),
    /// Being answered.
    Reading(Box<Reading>),
    /// Answered or given up.
    Over,
}

/// An answer that comes.
struct Reading {
    stream: ChatStream,
    observer: AttemptObserver,
    pass: Pass,
}

impl Asking {
    pub(super) fn new(engine: Engine, question: Question) -> Self {
        Self {
            engine,
            question,
            stage: Stage::Asking,
            began: Instant::now(),
            attempt: 0,
            has_words: false,
            is_fallback: false,
            has_lost_thread: false,
            lost_files: 0,
            failure: None,
        }
    }

    /// What happens, to the end.
    pub(super) fn steps(self) -> impl Stream<Item = StepResult> + Send {
        stream::unfold(self, |mut asking| async move {
            let step = asking.next().await?;
            Some((step, asking))
        })
    }

    async fn next(&mut self) -> Option<StepResult> {
        loop {
            let failure = match &mut self.stage {
                Stage::Over => return None,
                Stage::Waiting(until) => {
                    sleep_until(*until).await;
                    self.stage = Stage::Asking;
                    continue;
                }
                Stage::Asking => match self.open().await {
                    Ok(reading) => {
                        self.stage = Stage::Reading(Box::new(reading));
                        continue;
                    }
                    Err(error) => error,
                },
                Stage::Reading(reading) => match reading.next().await {
                    Ok(event) => return Some(Ok(self.pass_on(event))),
                    Err(error) => error,
                },
            };
            if let Some(step) = self.failed(failure).await {
                return Some(step);
            }
        }
    }

    /// Begins a try.
    async fn open(&mut self) -> Result<Reading, ProviderError> {
        let tool = &self.question.tool;
        let provider = self.engine.providers.chat(tool.api_type).ok_or_else(|| {
            ProviderError::new(
                ProviderErrorKind::BadRequest,
                "The service of this tool is not configured here any more.",
            )
        })?;
        let admitted = self.engine.breakers.admit(Service::of(tool));
        // A question that was asked before tells of its own failure.
        let mut pass = admitted
            .map_err(|left_alone| self.failure.take().unwrap_or_else(|| down(left_alone)))?;
        self.attempt += 1;
        let request = request_for(tool, &self.question.request);
        let to = Recipient {
            takes_references: self.lost_files < MOST_LOST_FILES,
            ..Recipient::from(tool)
        };
        let resolving = self.engine.files.resolve(self.question.user, request, &to);
        let request = resolving.await?;
        let observer = AttemptObserver::start(tool.api_type.as_str(), &request.model, self.attempt);
        match observer.follow(provider.stream(request)).await {
            Ok(stream) => Ok(Reading {
                stream,
                observer,
                pass,
            }),
            Err(error) => {
                judge(&mut pass, &error);
                observer.failed(error.kind.as_str());
                Err(error)
            }
        }
    }

    /// An event on its way out, and what is to be remembered of it.
    fn pass_on(&mut self, event: ChatEvent) -> Step {
        match &event {
            ChatEvent::Text(_)
            | ChatEvent::Reasoning(_)
            | ChatEvent::ToolCall(_)
            | ChatEvent::File(_) => self.begin_words(),
            ChatEvent::Thread { id } => {
                if let Some(thread) = &mut self.question.request.thread {
                    thread.id = Some(id.clone());
                }
            }
            ChatEvent::Finished { .. } => {
                self.begin_words();
                self.stage = Stage::Over;
            }
            ChatEvent::Queued { .. } | ChatEvent::Started => {}
        }
        Step::Event(event)
    }

    /// The provider answers: it is not asked again, so what it was asked is not needed any more.
    fn begin_words(&mut self) {
        if std::mem::replace(&mut self.has_words, true) {
            return;
        }
        self.question.request.messages = Vec::new();
        if let Stage::Reading(reading) = &mut self.stage {
            reading.pass.succeed();
        }
    }

    /// What becomes of a question whose try failed: nothing to tell when it is asked again at once.
    async fn failed(&mut self, error: ProviderError) -> Option<StepResult> {
        self.stage = Stage::Over;
        if self.has_words {
            return Some(Err(error));
        }
        let is_mended = match error.kind {
            ProviderErrorKind::ThreadGone => self.replay(),
            ProviderErrorKind::FileGone => self.give_files_anew(&error).await,
            _ => false,
        };
        if is_mended {
            self.stage = Stage::Asking;
            return None;
        }
        if let Some(after) = self.wait_after(&error) {
            tracing::info!(kind = error.kind.as_str(), attempt = self.attempt, wait = ?after, "asking again");
            self.doubt_thread(&error);
            self.stage = Stage::Waiting(Instant::now() + after);
            let reason = what_happened(&error.message).to_owned();
            self.failure = Some(error);
            return Some(Ok(Step::Retrying { after, reason }));
        }
        match self.fallback(&error).await {
            Some(tool) => Some(Ok(self.hand_over(tool))),
            None => Some(Err(error)),
        }
    }

    /// How long to wait before the next try with this tool, or `None` when there is none.
    fn wait_after(&self, error: &ProviderError) -> Option<Duration> {
        let service = Service::of(&self.question.tool);
        if self.engine.breakers.is_open(&service) {
            return None;
        }
        let attempt = self.attempt.max(1);
        backoff(error, attempt, self.began.elapsed(), rand::random())
    }

    /// Forgets a thread that the provider lost, so that all messages are sent into a new one. False when that was done before.
    fn replay(&mut self) -> bool {
        let Some(thread) = &mut self.question.request.thread else {
            return false;
        };
        *thread = Thread { id: None, holds: 0 };
        !std::mem::replace(&mut self.has_lost_thread, true)
    }

    /// Forgets the files that the provider lost, so that it is given them again: once by its store, then as bytes. False when
    /// both were done before, or nothing can be forgotten.
    async fn give_files_anew(&mut self, error: &ProviderError) -> bool {
        self.lost_files += 1;
        let (user, tool) = (self.question.user, &self.question.tool);
        let forgetting = self.engine.files.forget_remote(
            user,
            &self.question.request,
            tool.api_type,
            error.gone.as_deref(),
        );
        forgetting.await.is_ok() && self.lost_files <= MOST_LOST_FILES
    }

    /// After a connection that broke nobody knows what the thread holds: it is left behind.
    fn doubt_thread(&mut self, error: &ProviderError) {
        let is_unclear = matches!(
            error.kind,
            ProviderErrorKind::Disconnected | ProviderErrorKind::Timeout
        );
        if let (true, Some(thread)) = (is_unclear, &mut self.question.request.thread) {
            *thread = Thread { id: None, holds: 0 };
        }
    }

    /// The tool that answers when this one's service is down, where it names one that can.
    async fn fallback(&mut self, error: &ProviderError) -> Option<ToolRecord> {
        let is_down = error.is_transient()
            || matches!(
                error.kind,
                ProviderErrorKind::Busy | ProviderErrorKind::QuotaExceeded
            );
        if self.is_fallback || !is_down {
            return None;
        }
        let slug = self.question.tool.features.fallback.as_deref()?;
        let tool = self.engine.catalog.record(slug).await.ok()?;
        let can_answer = self.engine.providers.unavailable_because(&tool).is_none()
            && tool.slug != self.question.tool.slug
            && !self.engine.breakers.is_open(&Service::of(&tool));
        can_answer.then_some(tool)
    }

    /// From here on another tool is asked, from the beginning and without the thread of the first.
    fn hand_over(&mut self, tool: ToolRecord) -> Step {
        metrics::fallback(self.question.tool.api_type.as_str());
        tracing::info!(tool = tool.slug, "another tool answers");
        let (slug, name) = (tool.slug.clone(), tool.name.clone());
        self.question.tool = tool;
        self.question.request.thread = None;
        (self.began, self.attempt) = (Instant::now(), 0);
        (self.is_fallback, self.failure) = (true, None);
        self.lost_files = 0;
        self.stage = Stage::Asking;
        Step::AnsweredBy { slug, name }
    }
}

impl Reading {
    async fn next(&mut self) -> Result<ChatEvent, ProviderError> {
        let error = match self.observer.follow(self.stream.next()).await {
            Some(Ok(event)) => return Ok(event),
            Some(Err(error)) => error,
            None => ProviderError::new(
                ProviderErrorKind::Disconnected,
                "The answer broke off without an end.",
            ),
        };
        judge(&mut self.pass, &error);
        self.observer.failed(error.kind.as_str());
        Err(error)
    }
}

/// What a failure says of its service: one that refuses a question is there all the same.
fn judge(pass: &mut Pass, error: &ProviderError) {
    if error.is_transient() {
        pass.fail(&error.message);
    } else {
        pass.succeed();
    }
}

/// The first sentence of a failure: what one can do about it comes after, and is no use to who is being waited for.
fn what_happened(message: &str) -> &str {
    message
        .split_inclusive(". ")
        .next()
        .unwrap_or(message)
        .trim_end()
}

fn down(left_alone: LeftAlone) -> ProviderError {
    let seconds = left_alone.remaining.as_secs_f64().ceil();
    ProviderError {
        retry_after: Some(left_alone.remaining),
        ..ProviderError::new(
            ProviderErrorKind::Unavailable,
            format!(
                "The service failed many times in a row, so it is left alone for another {seconds} s. Choose another tool, or try again then. Its last failure: {}",
                left_alone.reason
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_hears_what_happened_and_not_what_they_could_do() {
        for (message, told) in [
            ("It is busy. Try again later.", "It is busy."),
            (
                "http://127.0.0.1:9/v1 is down. Check it.",
                "http://127.0.0.1:9/v1 is down.",
            ),
            (
                "It was silent for 0.2 seconds.",
                "It was silent for 0.2 seconds.",
            ),
            ("", ""),
        ] {
            assert_eq!(what_happened(message), told);
        }
    }
}
