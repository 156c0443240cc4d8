//! Conversations and the runs in them. Everything here needs somebody logged in, and shows only what is theirs.

use crate::model::{
    AppResult,
    chat::{self as model, ConversationPage, ConversationSummary, SendRequest, Sent},
    ids::{ConversationId, IdempotencyKey, MessageId, RunId},
    settings::ChatSettings,
};
use leptos::{prelude::*, server_fn::codec::Json};

/// The person's conversations, the latest first.
///
/// # Errors
/// `Unauthorized`.
#[server(prefix = "/api", endpoint = "list_conversations")]
pub async fn list_conversations() -> AppResult<Vec<ConversationSummary>> {
    let (state, user) = crate::server::http::session::member().await?;
    state.chat.list(user.id).await
}

/// The tool that a new chat talks to: the one named, or the best there is here.
///
/// # Errors
/// `Unauthorized`; `NotFound` for a name that is not in the catalogue.
#[server(prefix = "/api", endpoint = "chat_tool")]
pub async fn chat_tool(slug: Option<String>) -> AppResult<model::ChatTool> {
    let (state, _) = crate::server::http::session::member().await?;
    state.catalog.chat_tool(slug.as_deref()).await
}

/// A conversation with the end of its open branch: as many messages as are `shown`, where that is more than usual.
///
/// # Errors
/// `Unauthorized`; `NotFound`.
#[server(prefix = "/api", endpoint = "open_conversation")]
pub async fn open_conversation(
    id: ConversationId,
    shown: Option<u32>,
) -> AppResult<ConversationPage> {
    let (state, user) = crate::server::http::session::member().await?;
    let opened = state.chat.open(user.id, id, shown).await;
    opened.inspect_err(crate::server::http::session::mark_page)
}

/// The messages before one of a conversation's, as many as are opened at once.
///
/// # Errors
/// `Unauthorized`; `NotFound`.
#[server(prefix = "/api", endpoint = "earlier_messages")]
pub async fn earlier_messages(
    conversation: ConversationId,
    before: MessageId,
) -> AppResult<model::EarlierMessages> {
    let (state, user) = crate::server::http::session::member().await?;
    state
        .chat
        .earlier_messages(user.id, conversation, before)
        .await
}

/// Has a conversation ask in another way from its next message on.
///
/// # Errors
/// `Unauthorized`; `NotFound`; a sentence about the field that cannot be as it is.
#[server(prefix = "/api", endpoint = "update_settings", input = Json)]
pub async fn update_settings(id: ConversationId, settings: ChatSettings) -> AppResult<()> {
    let (state, user) = crate::server::http::session::member().await?;
    state.chat.update_settings(user.id, id, settings).await
}

/// Stores a message and starts answering it; the same key again is the same send.
///
/// # Errors
/// A sentence about `text` or `tool`; `NotFound`; `Conflict` while an answer is open.
#[server(prefix = "/api", endpoint = "send_message", input = Json)]
pub async fn send_message(request: SendRequest) -> AppResult<Sent> {
    let (state, user) = crate::server::http::session::member().await?;
    state.chat.send(user.id, request).await
}

/// Answers the same question again, beside the answer there is. A form without a script sends no key.
///
/// # Errors
/// `NotFound`; `Conflict` while an answer is open.
#[server(prefix = "/api", endpoint = "regenerate_answer")]
pub async fn regenerate_answer(message: MessageId, key: Option<IdempotencyKey>) -> AppResult<Sent> {
    let (state, user) = crate::server::http::session::member().await?;
    state
        .chat
        .regenerate(user.id, message, key.unwrap_or_default())
        .await
}

/// Asks again for an answer that does not have the shape it was asked for in, telling what is wrong with it.
///
/// # Errors
/// `NotFound`; `Conflict` while an answer is open; `Invalid` when there is nothing to put right.
#[server(prefix = "/api", endpoint = "repair_answer")]
pub async fn repair_answer(message: MessageId, key: Option<IdempotencyKey>) -> AppResult<Sent> {
    let (state, user) = crate::server::http::session::member().await?;
    state
        .chat
        .repair(user.id, message, key.unwrap_or_default())
        .await
}

/// Goes on from an answer that was cut short.
///
/// # Errors
/// `NotFound`; `Conflict` while it is open; `Invalid` when it is complete.
#[server(prefix = "/api", endpoint = "continue_answer")]
pub async fn continue_answer(message: MessageId, key: Option<IdempotencyKey>) -> AppResult<Sent> {
    let (state, user) = crate::server::http::session::member().await?;
    state
        .chat
        .continue_answer(user.id, message, key.unwrap_or_default())
        .await
}

/// Stops an answer, also before its first word.
///
/// # Errors
/// `NotFound`.
#[server(prefix = "/api", endpoint = "stop_run")]
pub async fn stop_run(run: RunId) -> AppResult<()> {
    let (state, user) = crate::server::http::session::member().await?;
    state.chat.stop(user.id, run).await
}

/// Opens the branch that goes through a message.
///
/// # Errors
/// `NotFound`.
#[server(prefix = "/api", endpoint = "select_branch")]
pub async fn select_branch(message: MessageId) -> AppResult<ConversationId> {
    let (state, user) = crate::server::http::session::member().await?;
    state.chat.select_branch(user.id, message).await
}

/// Gives a conversation another title.
///
/// # Errors
/// `NotFound`; a sentence about `title`.
#[server(prefix = "/api", endpoint = "rename_conversation")]
pub async fn rename_conversation(id: ConversationId, title: String) -> AppResult<()> {
    let (state, user) = crate::server::http::session::member().await?;
    state.chat.rename(user.id, id, &title).await
}

/// Deletes a conversation with everything in it and goes to `next` (a path of this site), or stays.
///
/// # Errors
/// `NotFound`.
#[server(prefix = "/api", endpoint = "delete_conversation")]
pub async fn delete_conversation(id: ConversationId, next: Option<String>) -> AppResult<()> {
    let (state, user) = crate::server::http::session::member().await?;
    state.chat.delete(user.id, id).await?;
    crate::server::http::session::go_on(next.as_deref());
    Ok(())
}
