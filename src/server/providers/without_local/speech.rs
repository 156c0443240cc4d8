//! What stands in for the voice in this process when the server was built without the feature `local`.

use crate::server::{
    config::LocalSpeechConfig,
    providers::{
        ProviderError, ProviderErrorKind,
        speech::{Speech, SpeechProvider, SpeechRequest},
    },
};
use async_trait::async_trait;

const ABSENT: &str =
    "This server was built without the voice that speaks inside it (cargo feature `local`).";

/// A local voice that says why it cannot speak.
pub struct LocalSpeech;

impl LocalSpeech {
    /// Takes the configuration that the real one takes.
    #[must_use]
    pub fn new(_config: LocalSpeechConfig) -> Self {
        Self
    }

    /// Why it cannot be used.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        Some(ABSENT.to_owned())
    }

    /// Nothing to load.
    pub fn warm_up(&self) {}
}

#[async_trait]
impl SpeechProvider for LocalSpeech {
    async fn speak(&self, _request: SpeechRequest) -> Result<Speech, ProviderError> {
        Err(ProviderError::new(ProviderErrorKind::BadRequest, ABSENT))
    }
}
