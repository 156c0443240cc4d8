//! Whose work a log line belongs to: the request, and the run that a request started.

use super::Trace;
use crate::model::ids::RunId;
use std::{future::Future, sync::Arc};
use tracing::{Span, field};

tokio::task_local! {
    /// The id of the request that the task works for.
    static REQUEST_ID: Arc<str>;
}

/// Does the work of a request; what it starts knows its id.
pub async fn with_request_id<F: Future>(id: &str, work: F) -> F::Output {
    REQUEST_ID.scope(id.into(), work).await
}

/// What every log line of a request carries. Its trace's id is recorded when there is one. The query is left out: it may hold what somebody searched for.
#[must_use]
pub fn log_span(id: &str, method: &str, path: &str) -> Span {
    tracing::info_span!(
        "request",
        request.id = id,
        trace.id = field::Empty,
        method,
        path
    )
}

/// What every log line of a run carries: its id, that of the request that started it, and that of its trace. It stands for
/// itself and is no part of the request's span, which is over long before.
pub(super) fn run_span(run: RunId, trace: &Trace) -> Span {
    let span = tracing::info_span!(
        parent: None,
        "run",
        run.id = %run,
        request.id = field::Empty,
        trace.id = field::Empty
    );
    // Where it was not started by a request, as in the way out of a restart, there is none.
    let _ = REQUEST_ID.try_with(|id| span.record("request.id", &**id));
    if let Some(id) = trace.id() {
        span.record("trace.id", id);
    }
    span
}
