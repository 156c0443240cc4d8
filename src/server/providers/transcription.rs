//! Speech made into text.

use super::{ProviderError, files::UploadStream};
use async_trait::async_trait;
use futures::stream::BoxStream;

/// Speech, and what is known of it.
pub struct TranscriptionRequest {
    /// The model's id at its provider.
    pub model: String,
    /// The recording's name; providers tell its format by the ending.
    pub name: String,
    /// What it is, for example `audio/webm`.
    pub media_type: String,
    /// Exactly as many bytes as come.
    pub size_bytes: u64,
    /// They.
    pub audio: UploadStream,
    /// The language spoken, as ISO 639-1 has it (`de`); the provider finds out where it is missing.
    pub language: Option<String>,
    /// Words that help to hear the others right: names, the text before.
    pub prompt: Option<String>,
    /// Whether the words are wanted as they are found, of a model that can.
    pub is_streamed: bool,
}

/// What comes of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TranscriptionEvent {
    /// Words to append.
    Delta(String),
    /// The end.
    Done {
        /// All of it.
        text: String,
        /// How long was listened, in milliseconds, where the provider tells.
        heard_ms: Option<u64>,
    },
}

/// The events of one transcription. It ends with exactly one [`TranscriptionEvent::Done`] or a failure.
pub type TranscriptionStream = BoxStream<'static, Result<TranscriptionEvent, ProviderError>>;

/// Whoever listens.
#[async_trait]
pub trait TranscriptionProvider: Send + Sync {
    /// Largest recording that it takes; OpenAI's interface has 25 MB.
    fn max_bytes(&self) -> u64 {
        25_000_000
    }

    /// Sends a recording, in constant memory, and gives what was said.
    ///
    /// # Errors
    /// When it is refused before a word comes.
    async fn transcribe(
        &self,
        request: TranscriptionRequest,
    ) -> Result<TranscriptionStream, ProviderError>;
}
