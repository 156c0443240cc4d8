//! A worker: one thread that takes jobs from the queue and answers them, one after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::engine::Engine;
use super::model_file::ModelFile;
use super::prompt::Prompt;
use super::queue::{Job, Queue, Task};
use super::sampling::Chooser;
use super::session::{Interruption, Session};
use super::text::TextAssembler;
use crate::model::chat::{FinishReason, Usage};
use crate::server::providers::on_demand::OnDemand;
use crate::server::providers::{ChatEvent, ChatRequest, ProviderError, ProviderErrorKind};

const DEFAULT_MAX_TOKENS: u32 = 700;

/// What all workers share.
pub struct Shared {
    pub file: ModelFile,
    pub threads: usize,
    pub context_tokens: u32,
    pub queue: Arc<Queue>,
    pub engine: OnDemand<Engine>,
}

impl Shared {
    /// The loaded model.
    fn engine(&self) -> Result<Arc<Engine>, ProviderError> {
        self.engine.get(self.file.path(), || {
            let load = |path: &Path| Engine::load(path, self.threads, self.context_tokens);
            self.file.load(load)
        })
    }
}

/// Works until the queue is closed. A panic inside the bindings costs the request that met it and
/// the worker's memory of its conversation, but not the worker.
pub fn run(shared: &Shared) {
    while !shared.queue.is_closed() {
        if catch_unwind(AssertUnwindSafe(|| serve(shared))).is_err() {
            tracing::error!("a worker of the local model panicked and starts afresh");
        }
    }
}

/// Waits with no model in memory; from the first task on, keeps one.
fn serve(shared: &Shared) {
    while let Some(task) = shared.queue.next() {
        let engine = match shared.engine() {
            Ok(engine) => engine,
            Err(error) => {
                refuse(task, error);
                continue;
            }
        };
        match Session::new(&engine) {
            Ok(session) => return serve_loaded(shared, &engine, session, task),
            Err(error) => refuse(task, error),
        }
    }
}

fn refuse(task: Task, error: ProviderError) {
    match task {
        Task::Answer(job) => job.end(Err(error)),
        Task::WarmUp => tracing::warn!(%error, "the local model could not be warmed up"),
    }
}

fn serve_loaded(shared: &Shared, engine: &Engine, mut session: Session<'_>, first: Task) {
    let mut next = Some(first);
    while let Some(task) = next {
        if let Task::Answer(job) = task {
            answer(engine, &mut session, *job);
        }
        next = shared.queue.next();
    }
}

fn answer(engine: &Engine, session: &mut Session<'_>, job: Job) {
    if job.is_cancelled() {
        return;
    }
    let _inside = job.span.clone().entered();
    match generate(engine, session, &job) {
        Ok((reason, usage)) => {
            tracing::debug!(?reason, ?usage, "the local model answered");
            let usage = Some(usage);
            job.end(Ok(ChatEvent::Finished { reason, usage }));
        }
        Err(Interruption::Cancelled) => {
            tracing::debug!("the local model's answer was cancelled");
        }
        Err(Interruption::Failed(error)) => job.end(Err(error)),
    }
}

fn generate(
    engine: &Engine,
    session: &mut Session<'_>,
    job: &Job,
) -> Result<(FinishReason, Usage), Interruption> {
    let parameters = &job.request.parameters;
    let context = engine.context_tokens();
    let max_tokens = parameters.max_tokens.unwrap_or(DEFAULT_MAX_TOKENS).max(1) as usize;
    // A limit near the whole context must not leave the question without room.
    let budget = context - max_tokens.min(context / 4);
    let prompt = Prompt::fit(engine, &job.request, budget).map_err(Interruption::Failed)?;
    let chooser = chooser(engine, &job.request, &prompt).map_err(Interruption::Failed)?;

    job.send(Ok(ChatEvent::Started));
    if parameters.seed.is_some() {
        // What is reused was computed in other batches, whose rounding would show in the answer.
        session.forget();
    }
    let started = Instant::now();
    let reused = session.read(&prompt.tokens, || job.is_cancelled())?;
    tracing::debug!(
        prompt_tokens = prompt.tokens.len(),
        reused,
        duration_ms = started.elapsed().as_millis(),
        "the local model read its prompt"
    );

    let limit = max_tokens.min(context - prompt.tokens.len());
    let (reason, output_tokens) = write(engine, session, job, chooser, limit)?;
    let input_tokens = u32::try_from(prompt.tokens.len()).unwrap_or(u32::MAX);
    let usage = Usage {
        input_tokens,
        output_tokens,
        reasoning_tokens: 0,
    };
    Ok((reason, usage))
}

/// Writes the answer token by token, until the model ends it, a stop string does, or the limit.
fn write(
    engine: &Engine,
    session: &mut Session<'_>,
    job: &Job,
    mut chooser: Chooser,
    limit: usize,
) -> Result<(FinishReason, u32), Interruption> {
    let mut text = TextAssembler::new(&job.request.parameters.stop);
    let mut output_tokens = 0;
    let mut reason = FinishReason::Length;
    for remaining in (0..limit).rev() {
        let Some(token) = session.choose(&mut chooser) else {
            return Err(Interruption::Failed(no_way_on()));
        };
        if engine.ends_generation(token) {
            reason = FinishReason::Stop;
            break;
        }
        output_tokens += 1;
        let shown = text.push(&engine.token_bytes(token));
        send_text(job, shown.text);
        if shown.is_stopped {
            reason = FinishReason::Stop;
            break;
        }
        if job.is_cancelled() {
            return Err(Interruption::Cancelled);
        }
        if remaining > 0 {
            session.read_one(token).map_err(Interruption::Failed)?;
        }
    }
    send_text(job, text.finish());
    Ok((reason, output_tokens))
}

/// What chooses the answer's tokens.
fn chooser(
    engine: &Engine,
    request: &ChatRequest,
    prompt: &Prompt,
) -> Result<Chooser, ProviderError> {
    let grammar = request.output.as_ref().map(|output| engine.grammar(output));
    let mut chooser = Chooser::new(
        &request.parameters,
        engine.vocabulary_size(),
        grammar.transpose()?,
    );
    // The penalties see what the answer has said so far, but not the question and not the ends of
    // the turns before it: a model that is punished for ending rambles.
    let begun = prompt.tokens.len() - prompt.continued;
    match chooser.take_in(&prompt.tokens[begun..]) {
        true => Ok(chooser),
        false => Err(no_way_on()),
    }
}

/// The answer so far does not have its shape, so nothing that follows can give it one.
fn no_way_on() -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::BadRequest,
        "The local model cannot go on with this answer in its shape. Ask again instead.",
    )
}

fn send_text(job: &Job, text: String) {
    if !text.is_empty() {
        job.send(Ok(ChatEvent::Text(text)));
    }
}
