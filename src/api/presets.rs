//! A person's presets.

use crate::model::{
    AppResult,
    ids::PresetId,
    settings::{ChatSettings, Preset},
};
use leptos::{prelude::*, server_fn::codec::Json};

/// The person's presets, by name.
///
/// # Errors
/// `Unauthorized`.
#[server(prefix = "/api", endpoint = "list_presets")]
pub async fn list_presets() -> AppResult<Vec<Preset>> {
    let (state, user) = crate::server::http::session::member().await?;
    state.presets.list(user.id).await
}

/// Saves settings under a name; a preset of that name is changed only where `replace` says so.
///
/// # Errors
/// A sentence about `name` or about what is set; `Conflict` for a taken name.
#[server(prefix = "/api", endpoint = "save_preset", input = Json)]
pub async fn save_preset(name: String, settings: ChatSettings, replace: bool) -> AppResult<Preset> {
    let (state, user) = crate::server::http::session::member().await?;
    state.presets.save(user.id, &name, settings, replace).await
}

/// Gives a preset another name.
///
/// # Errors
/// `NotFound`; a sentence about `name`; `Conflict` for a taken one.
#[server(prefix = "/api", endpoint = "rename_preset")]
pub async fn rename_preset(id: PresetId, name: String) -> AppResult<()> {
    let (state, user) = crate::server::http::session::member().await?;
    state.presets.rename(user.id, id, &name).await
}

/// Deletes a preset.
///
/// # Errors
/// `NotFound`.
#[server(prefix = "/api", endpoint = "delete_preset")]
pub async fn delete_preset(id: PresetId) -> AppResult<()> {
    let (state, user) = crate::server::http::session::member().await?;
    state.presets.delete(user.id, id).await
}

/// Has the person's new chats begin with a preset, or with nothing set.
///
/// # Errors
/// `NotFound`.
#[server(prefix = "/api", endpoint = "set_default_preset")]
pub async fn set_default_preset(id: Option<PresetId>) -> AppResult<()> {
    let (state, user) = crate::server::http::session::member().await?;
    state.presets.set_default(user.id, id).await
}
