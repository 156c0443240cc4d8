//! Pictures made and changed.

use super::{GeneratedFile, ProviderError};
use crate::model::chat::Usage;
use async_trait::async_trait;
use tokio_util::bytes::Bytes;

/// A picture that is wanted. What is `None` is as the provider does it; names are those of OpenAI's interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageRequest {
    /// The model's id at its provider.
    pub model: String,
    /// What is to be seen.
    pub prompt: String,
    /// How many, from 1.
    pub count: Option<u8>,
    /// `1024x1024`, `auto`, …
    pub size: Option<String>,
    /// `low`, `medium`, `high`, `auto`, …
    pub quality: Option<String>,
    /// `transparent`, `opaque`, `auto`.
    pub background: Option<String>,
    /// `png`, `jpeg`, `webp`.
    pub output_format: Option<String>,
}

/// A picture to be changed, or the part of it that may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputImage {
    /// What it is called.
    pub name: String,
    /// What it is, for example `image/png`.
    pub media_type: String,
    /// It.
    pub bytes: Bytes,
}

/// Pictures, and what they took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedImages {
    /// At least one.
    pub images: Vec<GeneratedFile>,
    /// When the provider tells.
    pub usage: Option<Usage>,
}

/// Whoever makes pictures.
#[async_trait]
pub trait ImageProvider: Send + Sync {
    /// Makes pictures from words.
    ///
    /// # Errors
    /// When none is made.
    async fn generate(&self, request: ImageRequest) -> Result<GeneratedImages, ProviderError>;

    /// Makes pictures from words and others; where `mask` is transparent, the first of them may change.
    ///
    /// # Errors
    /// When none is made.
    async fn edit(
        &self,
        request: ImageRequest,
        images: Vec<InputImage>,
        mask: Option<InputImage>,
    ) -> Result<GeneratedImages, ProviderError>;
}
