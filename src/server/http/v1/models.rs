//! `GET /v1/models`: what can be asked here.

use super::error::{ApiError, ApiResult};
use crate::server::{catalog::ServedModel, state::AppState};
use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json};

/// `GET /v1/models`.
pub(super) async fn list(State(state): State<AppState>) -> ApiResult<Json<Value>> {
    let models = state.catalog.served_models().await?;
    let data: Vec<_> = models.iter().map(model).collect();
    Ok(Json(json!({ "object": "list", "data": data })))
}

/// `GET /v1/models/{model}`.
pub(super) async fn find(
    State(state): State<AppState>,
    Path(name): Path<String>,
) -> ApiResult<Json<Value>> {
    let models = state.catalog.served_models().await?;
    let found = models.iter().find(|model| model.id == name);
    found
        .map(|found| Json(model(found)))
        .ok_or_else(|| ApiError::unknown_model(unknown(&name)))
}

fn unknown(name: &str) -> String {
    format!("There is no model `{name}` here. `GET /v1/models` lists those there are.")
}

fn model(model: &ServedModel) -> Value {
    json!({
        "id": model.id, "object": "model", "created": model.created_at / 1000, "owned_by": model.owner,
    })
}
