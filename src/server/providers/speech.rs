//! Text made into speech.

use super::{ProviderError, files::DownloadStream};
use async_trait::async_trait;

/// How sound is packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpeechFormat {
    /// MP3, which plays everywhere.
    #[default]
    Mp3,
    /// Opus in Ogg.
    Opus,
    /// AAC.
    Aac,
    /// FLAC.
    Flac,
    /// WAV.
    Wav,
    /// 16-bit samples, 24 kHz, one channel, nothing around them.
    Pcm,
}

impl SpeechFormat {
    /// The name that OpenAI's interface uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mp3 => "mp3",
            Self::Opus => "opus",
            Self::Aac => "aac",
            Self::Flac => "flac",
            Self::Wav => "wav",
            Self::Pcm => "pcm",
        }
    }

    /// What a browser is told.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Mp3 => "audio/mpeg",
            Self::Opus => "audio/ogg",
            Self::Aac => "audio/aac",
            Self::Flac => "audio/flac",
            Self::Wav => "audio/wav",
            Self::Pcm => "audio/pcm",
        }
    }
}

/// What to say, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeechRequest {
    /// The model's id at its provider.
    pub model: String,
    /// The words.
    pub text: String,
    /// The provider's name of the voice.
    pub voice: String,
    /// How the sound is packed.
    pub format: SpeechFormat,
    /// 0.25 to 4; 1 is as usual.
    pub speed: Option<f32>,
    /// How to say it, for models that take directions.
    pub instructions: Option<String>,
}

/// Sound as it comes.
pub struct Speech {
    /// What the provider says it is.
    pub media_type: String,
    /// It.
    pub bytes: DownloadStream,
}

/// Whoever speaks.
#[async_trait]
pub trait SpeechProvider: Send + Sync {
    /// How it packs sound when nobody says how.
    fn default_format(&self) -> SpeechFormat {
        SpeechFormat::default()
    }

    /// Longest text that it says at once, in characters; OpenAI's interface has 4096.
    fn max_chars(&self) -> usize {
        4096
    }

    /// Asks for speech, and streams it. Dropping it stops it, upstream too.
    ///
    /// # Errors
    /// When it is refused before a sound comes.
    async fn speak(&self, request: SpeechRequest) -> Result<Speech, ProviderError>;
}
