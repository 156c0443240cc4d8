//! Whether the process is alive, and whether it can do its work.

use crate::{
    model::{event::RunEvent, ids::RunId},
    server::state::AppState,
};
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use futures::StreamExt;
use serde::Serialize;
use std::time::Duration;

/// Longest time the round trip through the log may take.
const ROUND_TRIP: Duration = Duration::from_secs(2);

/// What `/readyz` says.
#[derive(Serialize)]
struct Readiness {
    database: bool,
    run_log: bool,
    draining: bool,
}

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> &'static str {
    "ok"
}

/// `GET /readyz`: the database answers, and an event that is published can be read; not while shutting down.
pub(super) async fn ready(State(state): State<AppState>) -> impl IntoResponse {
    let readiness = Readiness {
        database: state.db.ping().await.is_ok(),
        run_log: is_log_delivering(&state).await,
        draining: state.chat.is_draining(),
    };
    let status = if readiness.database && readiness.run_log && !readiness.draining {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(readiness))
}

async fn is_log_delivering(state: &AppState) -> bool {
    let probe = RunId::new();
    state.log.open(probe);
    let reader = state.log.follow(probe, 0);
    state.log.append(probe, RunEvent::Stopped);
    let delivered = match reader {
        Some(mut events) => tokio::time::timeout(ROUND_TRIP, events.next())
            .await
            .is_ok_and(|batch| batch.is_some()),
        None => false,
    };
    state.log.forget(probe);
    delivered
}
