//! What stands in for the model that listens in this process when the server was built without the feature `local`.

use crate::server::{
    config::LocalTranscriptionConfig,
    providers::{
        ProviderError, ProviderErrorKind,
        transcription::{TranscriptionProvider, TranscriptionRequest, TranscriptionStream},
    },
};
use async_trait::async_trait;

const ABSENT: &str =
    "This server was built without the models that run inside it (cargo feature `local`).";

/// A local transcription that says why it cannot listen.
pub struct LocalTranscription;

impl LocalTranscription {
    /// Takes the configuration that the real one takes.
    #[must_use]
    pub fn new(_config: LocalTranscriptionConfig) -> Self {
        Self
    }

    /// Why it cannot be used.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        Some(ABSENT.to_owned())
    }

    /// Nothing to load.
    pub fn warm_up(&self) {}

    /// Nothing to stop.
    pub fn shut_down(&self) {}
}

#[async_trait]
impl TranscriptionProvider for LocalTranscription {
    async fn transcribe(
        &self,
        _request: TranscriptionRequest,
    ) -> Result<TranscriptionStream, ProviderError> {
        Err(ProviderError::new(ProviderErrorKind::BadRequest, ABSENT))
    }
}
