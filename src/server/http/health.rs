//! Whether the process is alive, and whether it can do its work.

use crate::server::state::AppState;
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde::Serialize;

/// What `/readyz` says.
#[derive(Serialize)]
struct Readiness {
    /// Whether requests may be sent here.
    ready: bool,
    /// Whether the database answers.
    database: bool,
    /// Whether an event that is published in the log of runs can be read back.
    run_log: bool,
    /// Whether nodes share the log of runs.
    run_log_shared: bool,
    /// Whether the process is about to stop.
    draining: bool,
}

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> &'static str {
    "ok"
}

/// `GET /readyz`: what works, each proven by use. The database must answer and the process must not be draining. A shared
/// log that does not deliver is told but is no reason to send nobody here: answers go on without it, and every node of a
/// fleet would be out at once.
pub(super) async fn ready(State(state): State<AppState>) -> impl IntoResponse {
    let (database, run_log) = tokio::join!(state.db.ping(), state.log.is_delivering());
    let (database, draining) = (database.is_ok(), state.chat.is_draining());
    let run_log_shared = state.log.is_shared();
    let ready = database && !draining && (run_log || run_log_shared);
    let status = match ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    let readiness = Readiness {
        ready,
        database,
        run_log,
        run_log_shared,
        draining,
    };
    (status, Json(readiness))
}
