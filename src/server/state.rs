//! What the doors are given: the services, and what the router needs of Leptos.

use super::{
    assistants::Assistants,
    auth::{Accounts, tokens::Tokens},
    catalog::Catalog,
    chat::{Chat, engine::Engine},
    config::Config,
    db::Db,
    files::Files,
    import::Import,
    presets::Presets,
    runlog::RunLog,
    schemas::Schemas,
    site::Site,
    speech::Speech,
    storage::Storage,
};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The services of one server.
#[derive(Clone)]
pub struct AppState {
    /// For Leptos.
    pub leptos: LeptosOptions,
    /// The client's files.
    pub site: Site,
    /// What was configured.
    pub config: Arc<Config>,
    /// The database, for health checks.
    pub db: Db,
    /// Where bytes are kept, for health checks.
    pub storage: Storage,
    /// Files that people store.
    pub files: Files,
    /// Accounts.
    pub accounts: Accounts,
    /// Personal tokens.
    pub tokens: Tokens,
    /// The catalogue.
    pub catalog: Catalog,
    /// Assistants.
    pub assistants: Assistants,
    /// Presets.
    pub presets: Presets,
    /// Conversations from elsewhere.
    pub import: Import,
    /// Asks providers, for doors that keep no conversation.
    pub engine: Engine,
    /// Chat.
    pub chat: Chat,
    /// Speech in and out.
    pub speech: Speech,
    /// Structured output.
    pub schemas: Schemas,
    /// The log of runs, for health checks.
    pub log: RunLog,
    /// Cancelled when the server is asked to stop: it takes nothing new, and open streams end.
    pub shutdown: CancellationToken,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
