//! `POST /v1/responses`. Nothing is stored: a program that goes on sends what was said before with its next request.

mod answer;
mod events;
mod input;
mod item;
mod request;
mod tools;

use super::{
    access::Caller,
    ask::{self, ask},
    body::JsonBody,
    error::ApiResult,
    fields::Fields,
    sse,
};
use crate::server::{catalog::ModelUse, state::AppState};
use answer::Answer;
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use events::Events;

/// `POST /v1/responses`, streamed and not.
pub(super) async fn create(
    State(state): State<AppState>,
    Caller(caller): Caller,
    JsonBody(body): JsonBody,
) -> ApiResult<Response> {
    let fields = Fields::at(&body, "")?;
    let name = fields.needed_text("model")?;
    let tool = ask::model(&state, Some(name), ModelUse::Chat).await?;
    let request = request::read(&state, &caller, &tool, &fields).await?;
    let saying = ask(&state, &caller, tool, request.wanted).await?;
    let mut answer = Answer::begin(name, request.echo);
    if request.is_streamed {
        return Ok(sse::respond(saying, Events::new(answer)));
    }
    ask::read_all(saying, |said| {
        answer.take(said);
    })
    .await?;
    Ok(Json(answer.response()).into_response())
}
