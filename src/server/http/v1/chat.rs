//! `POST /v1/chat/completions`.

mod answer;
mod messages;
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
use answer::{Chunks, Completion};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
pub(super) use request::{VERBOSITIES, effort};

/// `POST /v1/chat/completions`, streamed and not.
pub(super) async fn complete(
    State(state): State<AppState>,
    Caller(caller): Caller,
    JsonBody(body): JsonBody,
) -> ApiResult<Response> {
    let fields = Fields::at(&body, "")?;
    let name = fields.needed_text("model")?;
    let tool = ask::model(&state, Some(name), ModelUse::Chat).await?;
    let request = request::read(&state, &caller, &tool, &fields).await?;
    let saying = ask(&state, &caller, tool, request.wanted).await?;
    let mut completion = Completion::begin(name);
    if request.is_streamed {
        let chunks = Chunks::new(completion, request.includes_usage);
        return Ok(sse::respond(saying, chunks));
    }
    ask::read_all(saying, |said| completion.take(said)).await?;
    Ok(Json(completion.whole()).into_response())
}
