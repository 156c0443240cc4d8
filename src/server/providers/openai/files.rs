//! Files: stored at the provider once, then sent by their id.

use super::{
    OpenaiClient,
    endpoint::Vendor,
    failure::{Failure, protocol},
    lacking::Part,
    multipart::{self, file_part},
};
use crate::server::providers::{
    ProviderError, ProviderErrorKind,
    files::{DownloadStream, FilePurpose, FilesProvider, RemoteFile, Upload},
};
use async_trait::async_trait;
use reqwest::{Method, StatusCode, multipart::Form};
use serde::Deserialize;
use std::time::Duration;

/// How long a file may be kept at the provider, at least and at most, where it is said at all.
const EXPIRY_SECONDS: std::ops::RangeInclusive<u64> = 3_600..=2_592_000;

#[derive(Deserialize)]
struct FileObject {
    id: String,
    /// Seconds since 1970.
    #[serde(default)]
    expires_at: Option<i64>,
}

impl OpenaiClient {
    fn purpose(&self, purpose: FilePurpose) -> &'static str {
        match (self.transport.endpoint().vendor, purpose) {
            // Azure takes neither of the others for what a person sends.
            (Vendor::Azure, _) => "assistants",
            (Vendor::Openai, FilePurpose::UserData) => "user_data",
            (Vendor::Openai, FilePurpose::Vision) => "vision",
        }
    }

    /// A file's own address, or why there can be none.
    fn file_path(id: &str, rest: &str) -> Result<String, ProviderError> {
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if id.is_empty() || !id.bytes().all(is_id) {
            return Err(file_gone(id));
        }
        Ok(format!("/files/{id}{rest}"))
    }

    fn without_file(&self, failure: Failure, id: &str) -> ProviderError {
        match failure.refusal(&[StatusCode::NOT_FOUND, StatusCode::GONE]) {
            Some(_) => file_gone(id),
            None => failure.into(),
        }
    }
}

fn file_gone(id: &str) -> ProviderError {
    ProviderError::gone(
        ProviderErrorKind::FileGone,
        Some(id.to_owned()),
        "The service does not have this file any more.",
    )
}

fn no_store() -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::Unsupported,
        "The service stores no files.",
    )
}

#[async_trait]
impl FilesProvider for OpenaiClient {
    fn account(&self) -> &str {
        &self.account
    }

    fn is_known_to_lack_files(&self) -> bool {
        self.lacking.has(Part::Files)
    }

    async fn upload(&self, upload: Upload) -> Result<RemoteFile, ProviderError> {
        let mut form = Form::new().text("purpose", self.purpose(upload.purpose));
        let keeps_for_a_while = self.transport.endpoint().vendor == Vendor::Openai;
        if let Some(keep) = upload.expires_after.filter(|_| keeps_for_a_while) {
            let seconds = keep
                .as_secs()
                .clamp(*EXPIRY_SECONDS.start(), *EXPIRY_SECONDS.end());
            form = form
                .text("expires_after[anchor]", "created_at")
                .text("expires_after[seconds]", seconds.to_string());
        }
        let (part, progress) = file_part(
            &upload.name,
            &upload.media_type,
            upload.size_bytes,
            upload.bytes,
        )?;
        let request = self.transport.request(Method::POST, "", "/files");
        let patience = self.transport.endpoint().idle_timeout;
        let form = form.part("file", part);
        let sent = multipart::send(&self.transport, request, form, progress, patience).await;
        let response = match sent {
            Err(failure) if failure.is_no_such_endpoint() => {
                self.lacking.note(Part::Files);
                return Err(no_store());
            }
            sent => sent?,
        };
        let file: FileObject = response.json().await.map_err(|_| protocol())?;
        Ok(RemoteFile {
            id: file.id,
            expires_at: file.expires_at.map(|seconds| seconds.saturating_mul(1000)),
        })
    }

    async fn delete(&self, id: &str) -> Result<(), ProviderError> {
        const PATIENCE: Duration = Duration::from_secs(30);
        let Ok(path) = Self::file_path(id, "") else {
            return Ok(());
        };
        let request = self.transport.request(Method::DELETE, "", &path);
        match self.transport.send(request, PATIENCE).await {
            Ok(_) => Ok(()),
            Err(failure) => match self.without_file(failure, id) {
                error if error.kind == ProviderErrorKind::FileGone => Ok(()),
                error => Err(error),
            },
        }
    }

    async fn content(&self, id: &str) -> Result<DownloadStream, ProviderError> {
        let path = Self::file_path(id, "/content")?;
        let request = self.transport.request(Method::GET, "", &path);
        let patience = self.transport.endpoint().idle_timeout;
        let response = self
            .transport
            .send(request, patience)
            .await
            .map_err(|failure| self.without_file(failure, id))?;
        Ok(self.transport.download(response))
    }
}
