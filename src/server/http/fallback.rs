//! Chat without a script: a form is posted, and the page comes back with the answer.

use super::{
    error::status,
    router::document,
    session::{self, Member},
    uploads::Form,
};
use crate::{
    model::{
        AppError, AppResult,
        chat::{SendRequest, Sent},
        file::Attach,
        ids::UserId,
        settings::ChatSettings,
    },
    server::state::AppState,
    ui::chat::refused::Refused,
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{Method, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use futures::StreamExt;
use leptos::prelude::provide_context;
use leptos_axum::render_app_async_with_context;
use std::time::Duration;

/// How long the page waits for the answer; one that takes longer is shown as far as it is, by a page that reloads itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// `POST /chat` and `POST /chat/{id}`: the composer's form, with files or without. A message that is not taken comes back on
/// its page with the reason, and what was stored of its files with it.
pub(super) async fn post_message(
    State(state): State<AppState>,
    member: Option<Member>,
    request: Request,
) -> Response {
    let Some(Member(user)) = member else {
        return Redirect::to("/login?next=/chat").into_response();
    };
    let (asked, body) = request.into_parts();
    let request = Request::from_parts(asked.clone(), body);
    let mut form = Form::read(&state.files, user.id, request).await;
    let sent = match form.problem.take() {
        Some(problem) => Err(problem),
        None => send(&state, user.id, &form).await,
    };
    match sent {
        Ok(sent) => {
            wait_for_end(&state, user.id, &sent).await;
            Redirect::to(&format!("/chat/{}", sent.conversation_id)).into_response()
        }
        Err(error) => {
            let refused = Refused {
                error,
                text: form.get("text").unwrap_or_default().to_owned(),
                files: form.files(),
            };
            page_again(&state, asked, refused).await
        }
    }
}

async fn send(state: &AppState, user: UserId, form: &Form) -> AppResult<Sent> {
    let settings = match (form.get("assistant"), form.get("conversation")) {
        (Some(id), None) => Some(assistant_settings(state, user, id).await?),
        _ => None,
    };
    let replaces = form.get("replaces").and_then(|id| id.parse().ok());
    let mut attachments: Vec<_> = form.files().into_iter().map(Attach::from).collect();
    if let (Some(replaced), true) = (replaces, attachments.is_empty()) {
        // The form has no way to take a file off a message, so another version of it keeps them.
        attachments = state.chat.attachments_of(user, replaced).await?;
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
        transcriptions: Vec::new(),
    };
    state.chat.send(user, request).await
}

/// The page that a form stands on, with what was not taken on it.
async fn page_again(state: &AppState, mut asked: Parts, refused: Refused) -> Response {
    let status = status(refused.error.kind);
    asked.method = Method::GET;
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        asked.headers.remove(name);
    }
    let context = {
        let state = state.clone();
        move || {
            session::provide(&state);
            provide_context(refused.clone());
        }
    };
    let page = {
        let state = state.clone();
        move || document(&state, state.leptos.clone())
    };
    let render = render_app_async_with_context(context, page);
    let mut response = render(Request::from_parts(asked, Body::empty())).await;
    *response.status_mut() = status;
    response
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

/// What is sent is sent: where its end cannot be waited for, the page shows what there is.
async fn wait_for_end(state: &AppState, user: UserId, sent: &Sent) {
    if let Ok(events) = state.chat.attach(user, sent.run_id, Some(0)).await {
        let all = events.for_each(|_| std::future::ready(()));
        // Running out of patience is no failure: the page asks again.
        let _ = tokio::time::timeout(PATIENCE, all).await;
    }
}
