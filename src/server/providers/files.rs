//! A provider's own store of files: what is there once is sent by its id and not again.

use super::ProviderError;
use async_trait::async_trait;
use futures::stream::BoxStream;
use std::{io, time::Duration};
use tokio_util::bytes::Bytes;

/// Bytes on their way to a provider. Nobody holds more of them than a piece at a time.
pub type UploadStream = BoxStream<'static, io::Result<Bytes>>;

/// Bytes on their way from a provider.
pub type DownloadStream = BoxStream<'static, Result<Bytes, ProviderError>>;

/// What a file is for, as providers ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilePurpose {
    /// A document that a person gives to a model.
    UserData,
    /// A picture that a model looks at.
    Vision,
}

/// A file to be stored at the provider.
pub struct Upload {
    /// What it is called.
    pub name: String,
    /// What it is, for example `application/pdf`.
    pub media_type: String,
    /// What it is for.
    pub purpose: FilePurpose,
    /// Exactly as many bytes as come.
    pub size_bytes: u64,
    /// They.
    pub bytes: UploadStream,
    /// How long it is to be kept there, where the provider can forget by itself; for as long as it likes where it is missing.
    pub expires_after: Option<Duration>,
}

/// A file at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    /// Its id there.
    pub id: String,
    /// When it is forgotten there, in milliseconds since 1970, where the provider tells.
    pub expires_at: Option<i64>,
}

/// Whoever stores files. A server without such a store says [`super::ProviderErrorKind::Unsupported`], and for an id that is
/// not there (any more) [`super::ProviderErrorKind::FileGone`].
#[async_trait]
pub trait FilesProvider: Send + Sync {
    /// Whose ids these are: the kind of provider and its address. An id of one account says nothing to another.
    fn account(&self) -> &str;

    /// Whether the server is known to have no such store; it is asked again after a while.
    fn is_known_to_lack_files(&self) -> bool;

    /// Stores a file there, in constant memory.
    ///
    /// # Errors
    /// When the file is not stored, or when its bytes broke off.
    async fn upload(&self, upload: Upload) -> Result<RemoteFile, ProviderError>;

    /// Deletes it there. A file that is gone already is no failure.
    ///
    /// # Errors
    /// When it may still be there.
    async fn delete(&self, id: &str) -> Result<(), ProviderError>;

    /// Its bytes, for those that the provider gives back: the ones it made.
    ///
    /// # Errors
    /// When they do not come.
    async fn content(&self, id: &str) -> Result<DownloadStream, ProviderError>;
}
