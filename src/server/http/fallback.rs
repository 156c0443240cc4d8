//! Chat without a script: a form is posted, and the page comes back with the answer.

use super::session::Member;
use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        chat::{SendRequest, Sent},
        ids::{IdempotencyKey, UserId},
    },
    server::state::AppState,
};
use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use futures::StreamExt;
use serde::Deserialize;
use std::time::Duration;

/// How long the page waits for the answer; one that takes longer is shown as far as it is, by a page that reloads itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// The composer's fields.
#[derive(Deserialize)]
pub(super) struct MessageForm {
    conversation: Option<String>,
    tool: Option<String>,
    key: Option<IdempotencyKey>,
    text: String,
}

/// `POST /chat`.
pub(super) async fn post_message(
    State(state): State<AppState>,
    member: Option<Member>,
    Form(form): Form<MessageForm>,
) -> AppResult<Response> {
    let Some(Member(user)) = member else {
        return Ok(Redirect::to("/login?next=/chat").into_response());
    };
    let conversation = form.conversation.filter(|id| !id.is_empty());
    let page = match (&conversation, &form.tool) {
        (Some(id), _) => format!("/chat/{id}"),
        (None, Some(tool)) => format!("/chat?tool={tool}"),
        (None, None) => "/chat".to_owned(),
    };
    let request = SendRequest {
        idempotency_key: form.key.unwrap_or_default(),
        conversation_id: conversation
            .as_deref()
            .map(str::parse)
            .transpose()
            .map_err(|_| AppError::not_found("conversation"))?,
        tool: form.tool.filter(|tool| !tool.is_empty()),
        text: form.text.replace("\r\n", "\n"),
        ..SendRequest::default()
    };
    match state.chat.send(user.id, request).await {
        Ok(sent) => {
            wait_for_end(&state, user.id, &sent).await?;
            Ok(Redirect::to(&format!("/chat/{}", sent.conversation_id)).into_response())
        }
        Err(error) if error.kind == ErrorKind::Invalid => Ok(Redirect::to(&page).into_response()),
        Err(error) => Err(error),
    }
}

async fn wait_for_end(state: &AppState, user: UserId, sent: &Sent) -> AppResult<()> {
    let events = state.chat.attach(user, sent.run_id, Some(0)).await?;
    let all = events.for_each(|_| std::future::ready(()));
    // Running out of patience is no failure: the page shows what there is and asks again.
    let _ = tokio::time::timeout(PATIENCE, all).await;
    Ok(())
}
