//! `/v1`: what programs written for OpenAI's interface find here. Each door reads a request in that interface's words, has
//! the services do what any other door would have them do, and writes their answer in the same words.
//!
//! Nothing is generated, stored or decided in here. A program shows a personal token; a cookie opens nothing.

mod access;
mod ask;
mod audio;
mod body;
mod chat;
mod cors;
mod error;
mod fields;
mod files;
mod form;
mod format;
mod images;
mod models;
mod parts;
mod responses;
mod sse;
mod tools;

use super::body::FORM_BYTES;
use crate::{
    model::token::Scope,
    server::{speech::MAX_RECORDING_BYTES, state::AppState},
};
use axum::{
    Router, middleware,
    routing::{MethodRouter, any, get, post},
};
use error::ApiError;

/// Every route under `/v1`.
pub(super) fn routes(state: &AppState) -> Router<AppState> {
    let to = |scope: Scope, handlers: MethodRouter<AppState>| {
        let guard = (state.clone(), scope);
        handlers.route_layer(middleware::from_fn_with_state(guard, access::admit))
    };
    // Inside the guard: nothing is read of a form before it is known whose it is.
    let form = |file_bytes: u64| {
        let most = file_bytes + FORM_BYTES;
        middleware::from_fn_with_state(most, form::receive)
    };
    let upload = post(files::create).layer(form(state.config.files.upload_limit_bytes));
    let transcribe = post(audio::transcribe).layer(form(MAX_RECORDING_BYTES));
    let file = get(files::find).delete(files::delete);
    Router::new()
        .route("/v1/models", to(Scope::Models, get(models::list)))
        .route("/v1/models/{*model}", to(Scope::Models, get(models::find)))
        .route(
            "/v1/chat/completions",
            to(Scope::Chat, post(chat::complete)),
        )
        .route("/v1/responses", to(Scope::Chat, post(responses::create)))
        .route("/v1/files", to(Scope::Files, upload.get(files::list)))
        .route("/v1/files/{file}", to(Scope::Files, file))
        .route(
            "/v1/files/{file}/content",
            to(Scope::Files, get(files::content)),
        )
        .route("/v1/audio/speech", to(Scope::Audio, post(audio::speak)))
        .route("/v1/audio/transcriptions", to(Scope::Audio, transcribe))
        .route(
            "/v1/images/generations",
            to(Scope::Images, post(images::generate)),
        )
        .method_not_allowed_fallback(async || ApiError::wrong_method())
        .route("/v1/{*path}", any(async || ApiError::unknown_address()))
        .layer(middleware::from_fn(cors::open_to_all))
}
