//! `/v1`: what programs written for OpenAI's interface find here. Each door reads a request in that interface's words, has
//! the services do what any other door would have them do, and writes their answer in the same words.
//!
//! Nothing is generated, stored or decided in here. A program shows a personal token; a cookie opens nothing.

mod access;
mod body;
mod cors;
mod error;
mod fields;
mod models;

use crate::{model::token::Scope, server::state::AppState};
use axum::{
    Router, middleware,
    routing::{MethodRouter, any, get},
};
use error::ApiError;

/// Every route under `/v1`.
pub(super) fn routes(state: &AppState) -> Router<AppState> {
    let to = |scope: Scope, handlers: MethodRouter<AppState>| {
        let guard = (state.clone(), scope);
        handlers.route_layer(middleware::from_fn_with_state(guard, access::admit))
    };
    Router::new()
        .route("/v1/models", to(Scope::Models, get(models::list)))
        .route("/v1/models/{*model}", to(Scope::Models, get(models::find)))
        .method_not_allowed_fallback(async || ApiError::wrong_method())
        .route("/v1/{*path}", any(async || ApiError::unknown_address()))
        .layer(middleware::from_fn(cors::open_to_all))
}
