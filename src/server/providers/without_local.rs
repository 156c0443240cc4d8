//! What stands in for the model in this process when the server was built without the feature `local`.

use crate::server::{
    config::LocalConfig,
    providers::{ChatProvider, ChatRequest, ChatStream, ProviderError, ProviderErrorKind},
};
use async_trait::async_trait;

const ABSENT: &str =
    "This server was built without the model that runs inside it (cargo feature `local`).";

/// A local model that says why it cannot answer.
pub struct LocalChat;

impl LocalChat {
    /// Takes the configuration that the real one takes.
    #[must_use]
    pub fn new(_config: LocalConfig) -> Self {
        Self
    }

    /// There is no model, so it has no name of its own.
    #[must_use]
    pub fn model_name(&self) -> String {
        "none".to_owned()
    }

    /// Why it cannot be used.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        Some(ABSENT.to_owned())
    }

    /// Nobody waits.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        0
    }

    /// Nothing to load.
    pub fn warm_up(&self) {}

    /// Nothing to stop.
    pub fn shut_down(&self) {}
}

#[async_trait]
impl ChatProvider for LocalChat {
    async fn stream(&self, _request: ChatRequest) -> Result<ChatStream, ProviderError> {
        Err(ProviderError::new(ProviderErrorKind::BadRequest, ABSENT))
    }
}
