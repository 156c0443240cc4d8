//! Copies with providers: given once, named by their ids from then on, given again when the provider threw them away, and
//! deleted there with the file.

use super::{Files, Rendition};
use crate::{
    model::{
        AppError, AppResult,
        catalog::ApiType,
        file::FileKind,
        ids::{FileId, UserId},
    },
    server::{
        db::{
            files::{FileRecord, RemoteCopy},
            now_ms,
        },
        providers::{
            ChatPart, ChatRequest, ProviderError, ProviderErrorKind,
            files::{FilePurpose, FilesProvider, Upload, UploadStream},
        },
        storage::whole,
    },
};
use futures::StreamExt;
use std::{io, sync::Arc, time::Duration};

/// How long providers keep a copy: the longest that OpenAI takes for it. Whatever else fails, nothing stays for ever.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// A copy that is thrown away within this time is given again rather than used.
const MARGIN_MS: i64 = 60 * 60 * 1000;
/// How long deleting a file waits for a provider to delete its copy.
const DELETING: Duration = Duration::from_secs(10);

/// A version of a person's file.
#[derive(Clone, Copy)]
pub(super) struct Reference<'a> {
    pub(super) user: UserId,
    pub(super) record: &'a FileRecord,
    /// Which version; empty for the file as it is.
    pub(super) rendition: &'a str,
}

impl Files {
    /// The provider's id of a document, given to it if it has none; `None` when it takes no files after all.
    pub(super) async fn document_id(
        &self,
        store: &dyn FilesProvider,
        reference: Reference<'_>,
    ) -> Result<Option<String>, ProviderError> {
        if let Some(known) = self.known_id(store, reference).await? {
            return Ok(Some(known));
        }
        let record = reference.record;
        let blob = self.open(record, None).await.map_err(unavailable)?;
        let upload = Upload {
            name: provider_name(record),
            media_type: record.view.media_type.clone(),
            purpose: FilePurpose::UserData,
            size_bytes: blob.size_bytes,
            bytes: blob
                .content
                .map(|piece| piece.map_err(io::Error::other))
                .boxed(),
            expires_after: Some(KEPT),
        };
        self.give(store, reference, upload).await
    }

    /// The same for a version of a picture.
    pub(super) async fn picture_id(
        &self,
        store: &dyn FilesProvider,
        reference: Reference<'_>,
        picture: &Rendition,
    ) -> Result<Option<String>, ProviderError> {
        if let Some(known) = self.known_id(store, reference).await? {
            return Ok(Some(known));
        }
        let extension = picture.media_type.trim_start_matches("image/");
        let bytes: UploadStream = whole(picture.bytes.clone()).boxed();
        let upload = Upload {
            name: format!("picture.{extension}"),
            media_type: picture.media_type.clone(),
            purpose: FilePurpose::Vision,
            size_bytes: picture.bytes.len() as u64,
            bytes,
            expires_after: Some(KEPT),
        };
        self.give(store, reference, upload).await
    }

    async fn known_id(
        &self,
        store: &dyn FilesProvider,
        Reference {
            user,
            record,
            rendition,
        }: Reference<'_>,
    ) -> Result<Option<String>, ProviderError> {
        let account = store.account();
        let found = self
            .db
            .find_remote(user, record.view.id, account, rendition);
        let copy = found.await.map_err(AppError::from).map_err(unavailable)?;
        let is_kept = |copy: &RemoteCopy| {
            copy.expires_at
                .is_none_or(|at| at > now_ms().saturating_add(MARGIN_MS))
        };
        Ok(copy.filter(is_kept).map(|copy| copy.remote_id))
    }

    /// Gives a provider a file and remembers what it calls it.
    async fn give(
        &self,
        store: &dyn FilesProvider,
        reference: Reference<'_>,
        upload: Upload,
    ) -> Result<Option<String>, ProviderError> {
        let Reference {
            user,
            record,
            rendition,
        } = reference;
        let given = match store.upload(upload).await {
            Err(error) if error.kind == ProviderErrorKind::Unsupported => return Ok(None),
            given => given?,
        };
        let copy = RemoteCopy {
            provider: store.account().to_owned(),
            remote_id: given.id,
            expires_at: given.expires_at,
        };
        let kept = self
            .db
            .upsert_remote(user, record.view.id, rendition, &copy);
        if !kept.await.map_err(AppError::from).map_err(unavailable)? {
            // Deleted while it was on its way: nothing of it may stay there.
            self.delete_copy(&copy).await;
        }
        Ok(Some(copy.remote_id))
    }

    /// Forgets what a provider calls the files of a question, as it was before it was resolved: all of them, or the one that
    /// the provider said is gone. Resolving it again gives them to the provider anew.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_remote(
        &self,
        user: UserId,
        request: &ChatRequest,
        api_type: ApiType,
        gone: Option<&str>,
    ) -> AppResult<()> {
        let Some(store) = self.providers.files(api_type) else {
            return Ok(());
        };
        let parts = request.messages.iter().flat_map(|message| &message.parts);
        for part in parts {
            if let ChatPart::Attachment(attachment) = part {
                self.db
                    .delete_remotes(user, attachment.file.id, store.account(), gone)
                    .await?;
            }
        }
        Ok(())
    }

    /// Deletes the copies that providers hold of a file. Where one does not do it now, its copy goes when its time is over.
    pub(super) async fn delete_copies(&self, user: UserId, file: FileId) -> AppResult<()> {
        for copy in self.db.list_remotes(user, file).await? {
            self.delete_copy(&copy).await;
        }
        Ok(())
    }

    async fn delete_copy(&self, copy: &RemoteCopy) {
        let Some(store) = self.store_of(&copy.provider) else {
            tracing::warn!(provider.id = %copy.provider, "a deleted file stays at a provider that is not configured any more");
            return;
        };
        match tokio::time::timeout(DELETING, store.delete(&copy.remote_id)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(provider.id = %copy.provider, kind = error.kind.as_str(), "a deleted file stays at its provider until it expires there");
            }
            Err(_) => {
                tracing::warn!(provider.id = %copy.provider, "a provider took too long to delete a file; it expires there");
            }
        }
    }

    /// The store whose ids these are.
    fn store_of(&self, account: &str) -> Option<Arc<dyn FilesProvider>> {
        [
            ApiType::Openai,
            ApiType::Azure,
            ApiType::Gemini,
            ApiType::Local,
        ]
        .into_iter()
        .filter_map(|api_type| self.providers.files(api_type))
        .find(|store| store.account() == account)
    }
}

fn unavailable(error: AppError) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Unavailable, error.message)
}

/// A name by which a provider tells what a file is: it goes by the ending.
fn provider_name(record: &FileRecord) -> String {
    let name = &record.view.name;
    let endings: &[&str] = match (record.view.kind, record.view.media_type.as_str()) {
        (FileKind::Pdf, _) => &["pdf"],
        (_, "text/plain") => &["txt", "log", "conf", "ini", "toml", "env", "srt", "vtt"],
        (FileKind::Text, _) => return name.clone(),
        (_, kind) if kind.ends_with("wordprocessingml.document") => &["docx"],
        (_, kind) if kind.ends_with("spreadsheetml.sheet") => &["xlsx"],
        (_, kind) if kind.ends_with("presentationml.presentation") => &["pptx"],
        (_, "application/msword") => &["doc"],
        (_, "application/vnd.ms-excel") => &["xls"],
        (_, "application/vnd.ms-powerpoint") => &["ppt"],
        (_, "application/vnd.oasis.opendocument.text") => &["odt"],
        (_, "application/vnd.oasis.opendocument.spreadsheet") => &["ods"],
        (_, "application/vnd.oasis.opendocument.presentation") => &["odp"],
        _ => return name.clone(),
    };
    let ending = super::names::extension(name);
    match (endings.contains(&ending.as_str()), endings.first()) {
        (false, Some(right)) => format!("{name}.{right}"),
        _ => name.clone(),
    }
}
