//! The worker: one thread that hears the recordings in the line, a segment of each in turn.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::decoding::Decoder;
use super::engine::Engine;
use super::line::{Job, Line, Progress, Task};
use super::resampling::Resampling;
use super::segments::Segments;
use crate::server::providers::ProviderError;
use crate::server::providers::on_demand::OnDemand;
use crate::server::providers::transcription::TranscriptionEvent;

/// What the worker and the provider share.
pub struct Shared {
    pub line: Line,
    pub model_dir: PathBuf,
    pub threads: usize,
    pub max_duration: Duration,
    pub engine: OnDemand<Engine>,
}

impl Shared {
    fn engine(&self) -> Result<Arc<Engine>, ProviderError> {
        let load = || Engine::load(&self.model_dir, self.threads);
        self.engine.get(&self.model_dir, load)
    }
}

/// A recording that is being heard.
pub struct Listening {
    decoder: Decoder,
    resampling: Resampling,
    segments: Segments,
}

impl Listening {
    fn start(file: File, max_duration: Duration) -> Result<Self, ProviderError> {
        Ok(Self {
            decoder: Decoder::open(file, max_duration)?,
            resampling: Resampling::default(),
            segments: Segments::default(),
        })
    }

    /// The next piece in which somebody may speak, or `None` at the end of the recording.
    fn next_segment(&mut self) -> Result<Option<Vec<f32>>, ProviderError> {
        while !self.segments.is_ready() {
            if self.segments.is_finished() {
                return Ok(None);
            }
            let buffer = self.segments.buffer();
            match self.decoder.next()? {
                Some((samples, rate)) => self.resampling.push(samples, rate, buffer)?,
                None => {
                    self.resampling.finish(buffer)?;
                    self.segments.finish();
                }
            }
        }
        Ok(Some(self.segments.take()))
    }
}

/// Works until the line is closed. A panic in a decoder costs the recording that met it, but not the worker.
pub fn run(shared: &Shared) {
    while !shared.line.is_closed() {
        if catch_unwind(AssertUnwindSafe(|| serve(shared))).is_err() {
            tracing::error!("the worker of the local transcription panicked and starts afresh");
        }
    }
}

fn serve(shared: &Shared) {
    while let Some(task) = shared.line.next() {
        match (task, shared.engine()) {
            (Task::Hear(job), Ok(engine)) => take_turn(shared, &engine, job),
            (Task::Hear(job), Err(error)) => job.send(Err(error)),
            (Task::WarmUp, _) => {}
        }
    }
}

fn take_turn(shared: &Shared, engine: &Engine, mut job: Box<Job>) {
    if job.is_cancelled() {
        return;
    }
    let _inside = job.span.clone().entered();
    match hear_next(shared, engine, &mut job) {
        Ok(true) => {
            shared.line.put(job);
        }
        Ok(false) => {
            let text = std::mem::take(&mut job.text);
            let heard_ms = Some(u64::try_from(job.heard.as_millis()).unwrap_or(u64::MAX));
            job.send(Ok(TranscriptionEvent::Done { text, heard_ms }));
        }
        Err(error) => job.send(Err(error)),
    }
}

/// Hears one segment; `false` when there was none left.
fn hear_next(shared: &Shared, engine: &Engine, job: &mut Job) -> Result<bool, ProviderError> {
    let mut listening = match job.progress.take() {
        Some(Progress::Received(file)) => Box::new(Listening::start(file, shared.max_duration)?),
        Some(Progress::Listening(listening)) => listening,
        None => return Ok(false),
    };
    let segment = listening.next_segment()?;
    job.heard = listening.decoder.decoded();
    let Some(samples) = segment else {
        return Ok(false);
    };
    let is_cancelled = || job.is_cancelled() || shared.line.is_closed();
    let heard = engine.transcribe(&samples, is_cancelled)?;
    if let Some(delta) = appended(&mut job.text, &heard) {
        job.send(Ok(TranscriptionEvent::Delta(delta)));
    }
    job.progress = Some(Progress::Listening(listening));
    Ok(true)
}

/// Appends what a segment said, and gives what that adds to the text.
fn appended(text: &mut String, heard: &str) -> Option<String> {
    if heard.is_empty() {
        return None;
    }
    let delta = match text.is_empty() {
        true => heard.to_owned(),
        false => format!(" {heard}"),
    };
    text.push_str(&delta);
    Some(delta)
}
