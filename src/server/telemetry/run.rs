//! What is told of a run, from its start to its end: its numbers, its part of a trace, and whose its log lines are.

use super::{Trace, context::run_span};
use crate::{
    model::{chat::Usage, event::RunEvent, ids::RunId},
    server::metrics::{self, OpenRun},
};
use opentelemetry::{KeyValue, trace::SpanKind};
use std::time::{Duration, Instant};
use tracing::Span;

/// An answer whose words came within less than this came at once: its speed says nothing.
const SHORTEST_SPEED: Duration = Duration::from_millis(100);

/// Watches one run. The run counts as open until this is dropped.
pub struct RunObserver {
    run: RunId,
    provider: &'static str,
    trace: Trace,
    began: Instant,
    /// When the first words went out, and the last so far.
    words_at: Option<(Instant, Instant)>,
    bytes: usize,
    failure: Option<&'static str>,
    _open: OpenRun,
}

impl RunObserver {
    /// Begins to watch a run that asks a provider, as a part of what goes on in this task.
    #[must_use]
    pub fn start(run: RunId, provider: &'static str, model: &str) -> Self {
        let trace = Trace::child("run", SpanKind::Internal, || {
            vec![
                KeyValue::new("inspireai.run.id", run.to_string()),
                KeyValue::new("gen_ai.provider.name", provider),
                KeyValue::new("gen_ai.request.model", model.to_owned()),
            ]
        });
        Self {
            run,
            provider,
            trace,
            began: Instant::now(),
            words_at: None,
            bytes: 0,
            failure: None,
            _open: metrics::open_run(),
        }
    }

    /// What the run's work is done in: its part of the trace, and the span by which log lines carry its ids.
    #[must_use]
    pub fn context(&self) -> (Trace, Span) {
        (self.trace.clone(), run_span(self.run, &self.trace))
    }

    /// Asking failed, in one of its kinds of failure.
    pub fn failed(&mut self, kind: &'static str) {
        self.failure = Some(kind);
    }

    /// Words went out to the readers.
    pub fn words(&mut self, bytes: usize) {
        let now = Instant::now();
        self.bytes += bytes;
        if let Some((_, last)) = &mut self.words_at {
            *last = now;
            return;
        }
        self.words_at = Some((now, now));
        self.trace.event("first_token");
        metrics::first_words(self.provider, now - self.began);
    }

    /// The run ended, and this is what its readers hear of it. Returns the end's name.
    pub fn end(&self, end: &RunEvent, usage: Option<Usage>) -> &'static str {
        let name = match end {
            RunEvent::Finished { .. } => "finished",
            RunEvent::Stopped => "stopped",
            RunEvent::Failed { .. } => "failed",
            _ => "interrupted",
        };
        metrics::run_ended(name);
        if let Some((first, last)) = self.words_at
            && last - first >= SHORTEST_SPEED
        {
            let tokens = usage.map(|usage| usage.output_tokens);
            metrics::answer_written(self.provider, last - first, self.bytes, tokens);
        }
        self.trace.set("inspireai.run.end", name);
        if let Some(usage) = usage {
            let (input, output) = (usage.input_tokens, usage.output_tokens);
            self.trace
                .set("gen_ai.usage.input_tokens", i64::from(input));
            self.trace
                .set("gen_ai.usage.output_tokens", i64::from(output));
        }
        if name == "failed" {
            // What did not fail at its provider could not be stored.
            self.trace.fail(self.failure.unwrap_or("storage"));
        }
        self.trace.end();
        name
    }
}
