//! What is told of one try to have a question answered.

use super::Trace;
use crate::server::metrics;
use opentelemetry::{KeyValue, trace::SpanKind};

/// Watches one try; it is over when this is dropped.
pub struct AttemptObserver {
    provider: &'static str,
    trace: Trace,
}

impl AttemptObserver {
    /// Begins to watch try `number`, from 1, as a part of what goes on in this task.
    #[must_use]
    pub fn start(provider: &'static str, model: &str, number: u32) -> Self {
        if number > 1 {
            metrics::upstream_retry(provider);
        }
        let kind = match provider {
            "local" => SpanKind::Internal,
            _ => SpanKind::Client,
        };
        let trace = Trace::child(format!("chat {model}"), kind, || {
            vec![
                KeyValue::new("gen_ai.operation.name", "chat"),
                KeyValue::new("gen_ai.provider.name", provider),
                KeyValue::new("gen_ai.request.model", model.to_owned()),
                KeyValue::new("inspireai.attempt", i64::from(number)),
            ]
        });
        Self { provider, trace }
    }

    /// Does work as a part of the try.
    pub fn follow<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.trace.follow(work)
    }

    /// It failed.
    pub fn failed(&self, kind: &'static str) {
        self.trace.fail(kind);
        self.trace.end();
        metrics::upstream_error(self.provider, kind);
    }
}
