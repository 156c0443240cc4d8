//! Assistants: one's own, and those that are shared.

use crate::model::{
    AppResult,
    assistant::{
        AssistantChoices, AssistantDetail, AssistantForm, AssistantPage, AssistantQuery, NewChat,
    },
    ids::AssistantId,
};
use leptos::prelude::*;

/// One page of the person's own assistants and those that are shared.
///
/// # Errors
/// `Unauthorized`.
#[server(prefix = "/api", endpoint = "list_assistants")]
pub async fn list_assistants(query: AssistantQuery) -> AppResult<AssistantPage> {
    let (state, user) = crate::server::http::session::member().await?;
    state.assistants.list(user.id, query).await
}

/// An assistant in its newest version, or for its owner in another.
///
/// # Errors
/// `NotFound`.
#[server(prefix = "/api", endpoint = "get_assistant")]
pub async fn get_assistant(id: AssistantId, version: Option<u32>) -> AppResult<AssistantDetail> {
    use crate::server::http::session;
    let (state, user) = session::member().await?;
    let found = state.assistants.get(user.id, id, version).await;
    found.inspect_err(session::mark_page)
}

/// What an assistant may be made of: the tools that answer here, the person's files.
///
/// # Errors
/// `Unauthorized`.
#[server(prefix = "/api", endpoint = "assistant_choices")]
pub async fn choose_for_assistant() -> AppResult<AssistantChoices> {
    let (state, user) = crate::server::http::session::member().await?;
    state.assistants.choices(user.id).await
}

/// Makes an assistant, or a new version of one, and goes to its page.
///
/// # Errors
/// A sentence about the field that is not acceptable; `NotFound` for somebody else's.
#[server(prefix = "/api", endpoint = "save_assistant")]
pub async fn save_assistant(
    id: Option<AssistantId>,
    form: AssistantForm,
) -> AppResult<AssistantId> {
    use crate::server::http::session;
    let (state, user) = session::member().await?;
    let id = state.assistants.save_form(user.id, id, form).await?;
    session::go_on(Some(&format!("/assistants/{id}")));
    Ok(id)
}

/// Makes an earlier version the newest again and goes to the assistant's page.
///
/// # Errors
/// `NotFound`.
#[server(prefix = "/api", endpoint = "restore_assistant")]
pub async fn restore_assistant(id: AssistantId, version: u32) -> AppResult<u32> {
    use crate::server::http::session;
    let (state, user) = session::member().await?;
    let newest = state.assistants.restore(user.id, id, version).await?;
    session::go_on(Some(&format!("/assistants/{id}")));
    Ok(newest)
}

/// Makes the person's own copy of an assistant and goes to its page.
///
/// # Errors
/// `NotFound`.
#[server(prefix = "/api", endpoint = "duplicate_assistant")]
pub async fn duplicate_assistant(id: AssistantId) -> AppResult<AssistantId> {
    use crate::server::http::session;
    let (state, user) = session::member().await?;
    let copy = state.assistants.duplicate(user.id, id).await?;
    session::go_on(Some(&format!("/assistants/{copy}")));
    Ok(copy)
}

/// Shares an assistant with everybody on this installation, or no more.
///
/// # Errors
/// `NotFound`.
#[server(prefix = "/api", endpoint = "share_assistant")]
pub async fn share_assistant(id: AssistantId, is_shared: bool) -> AppResult<()> {
    let (state, user) = crate::server::http::session::member().await?;
    state.assistants.share(user.id, id, is_shared).await
}

/// Deletes an assistant and goes to the list. Conversations with it go on.
///
/// # Errors
/// `NotFound`.
#[server(prefix = "/api", endpoint = "delete_assistant")]
pub async fn delete_assistant(id: AssistantId) -> AppResult<()> {
    use crate::server::http::session;
    let (state, user) = session::member().await?;
    state.assistants.delete(user.id, id).await?;
    session::go_on(Some("/assistants"));
    Ok(())
}

/// What a new chat begins with: the assistant that is named, else the tool, else the best tool there is here.
///
/// # Errors
/// `Unauthorized`; `NotFound` for an assistant or a tool that is not there.
#[server(prefix = "/api", endpoint = "begin_chat")]
pub async fn begin_chat(
    tool: Option<String>,
    assistant: Option<AssistantId>,
) -> AppResult<NewChat> {
    let (state, user) = crate::server::http::session::member().await?;
    let begun = state
        .assistants
        .new_chat(user.id, tool.as_deref(), assistant)
        .await;
    begun.inspect_err(crate::server::http::session::mark_page)
}
