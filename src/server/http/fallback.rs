//! Chat without a script: a form is posted, and the page comes back with the answer.

use super::{session::Member, uploads};
use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        chat::{SendRequest, Sent},
        file::{Attach, FileView, ImageDetail, ImageEdit},
        ids::UserId,
        settings::ChatSettings,
    },
    server::state::AppState,
    ui::kit::address::with_query,
};
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Redirect, Response},
};
use futures::StreamExt;
use std::time::Duration;

/// How long the page waits for the answer; one that takes longer is shown as far as it is, by a page that reloads itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// `POST /chat`: the composer's form, with files or without.
pub(super) async fn post_message(
    State(state): State<AppState>,
    member: Option<Member>,
    request: Request,
) -> AppResult<Response> {
    let Some(Member(user)) = member else {
        return Ok(Redirect::to("/login?next=/chat").into_response());
    };
    let form = uploads::read_form(&state.files, user.id, request).await?;
    let page = match form.get("conversation") {
        Some(id) => format!("/chat/{id}"),
        None => with_query(
            "/chat",
            &["assistant", "tool"].map(|name| (name, form.get(name).unwrap_or_default())),
        ),
    };
    let settings = match (form.get("assistant"), form.get("conversation")) {
        (Some(id), None) => Some(assistant_settings(&state, user.id, id).await?),
        _ => None,
    };
    let replaces = form.get("replaces").and_then(|id| id.parse().ok());
    let mut attachments: Vec<_> = form.files.iter().map(attach).collect();
    if let (Some(replaced), true) = (replaces, attachments.is_empty()) {
        // The form has no way to take a file off a message, so another version of it keeps them.
        attachments = state.chat.attachments_of(user.id, replaced).await?;
    }
    let request = SendRequest {
        idempotency_key: form
            .get("key")
            .and_then(|key| key.parse().ok())
            .unwrap_or_default(),
        conversation_id: form
            .get("conversation")
            .map(str::parse)
            .transpose()
            .map_err(|_| AppError::not_found("conversation"))?,
        tool: form.get("tool").map(ToOwned::to_owned),
        text: form.get("text").unwrap_or_default().replace("\r\n", "\n"),
        attachments,
        settings,
        replaces,
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

/// What a new conversation with an assistant begins with.
async fn assistant_settings(
    state: &AppState,
    user: UserId,
    assistant: &str,
) -> AppResult<ChatSettings> {
    let id = assistant
        .parse()
        .map_err(|_| AppError::not_found("assistant"))?;
    let begun = state.assistants.new_chat(user, None, Some(id)).await?;
    Ok(begun.settings)
}

fn attach(file: &FileView) -> Attach {
    Attach {
        file: file.id,
        detail: ImageDetail::default(),
        edit: ImageEdit::default(),
    }
}

async fn wait_for_end(state: &AppState, user: UserId, sent: &Sent) -> AppResult<()> {
    let events = state.chat.attach(user, sent.run_id, Some(0)).await?;
    let all = events.for_each(|_| std::future::ready(()));
    // Running out of patience is no failure: the page shows what there is and asks again.
    let _ = tokio::time::timeout(PATIENCE, all).await;
    Ok(())
}
