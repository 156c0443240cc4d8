//! Structured output: whether an answer has its shape, asking again, the schemas that a person keeps.

use crate::model::{
    AppResult,
    ids::{MessageId, SchemaId},
    schema::{outcome::OutputCheck, saved::SavedSchema},
};
use leptos::prelude::*;

/// Whether an answer has the shape it was asked for in.
///
/// # Errors
/// `Unauthorized`; `NotFound`; `Conflict` while it is being written; `Invalid` for one that was asked for in no shape.
#[server(prefix = "/api", endpoint = "check_output")]
pub async fn check_output(message: MessageId) -> AppResult<OutputCheck> {
    let (state, user) = crate::server::http::session::member().await?;
    state.schemas.check(user.id, message).await
}

/// The person's schemas, by name.
///
/// # Errors
/// `Unauthorized`.
#[server(prefix = "/api", endpoint = "list_schemas")]
pub async fn list_schemas() -> AppResult<Vec<SavedSchema>> {
    let (state, user) = crate::server::http::session::member().await?;
    state.schemas.list(user.id).await
}

/// Keeps a schema under a name; one that has the name already only where `replace` says so.
///
/// # Errors
/// A sentence about `name` or `schema`; `Conflict` for a taken name.
#[server(prefix = "/api", endpoint = "save_schema")]
pub async fn save_schema(
    name: String,
    schema: String,
    #[server(default)] is_strict: bool,
    #[server(default)] replace: bool,
) -> AppResult<SavedSchema> {
    let (state, user) = crate::server::http::session::member().await?;
    let saving = state
        .schemas
        .save(user.id, &name, schema, is_strict, replace);
    saving.await
}

/// Gives a schema another name.
///
/// # Errors
/// `NotFound`; a sentence about `name`; `Conflict` for a taken one.
#[server(prefix = "/api", endpoint = "rename_schema")]
pub async fn rename_schema(id: SchemaId, name: String) -> AppResult<()> {
    let (state, user) = crate::server::http::session::member().await?;
    state.schemas.rename(user.id, id, &name).await
}

/// Forgets a schema.
///
/// # Errors
/// `NotFound`.
#[server(prefix = "/api", endpoint = "delete_schema")]
pub async fn delete_schema(id: SchemaId) -> AppResult<()> {
    let (state, user) = crate::server::http::session::member().await?;
    state.schemas.delete(user.id, id).await
}
