//! Taking a file in: its bytes go to the storage as they come, and are counted, hashed and looked at on the way. What is
//! refused, or breaks off, leaves nothing behind.

use super::{
    Files,
    examine::Examined,
    from_storage,
    kinds::{HEAD_BYTES, Sniffed, recognise},
    names::safe_name,
};
use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        file::{Attachment, FileView, ImageDetail, ImageEdit, QUOTA_FIELD},
        ids::{FileId, UserId},
    },
    server::{
        config::FilesConfig,
        db::{dump::hex, files::FileRecord, now_ms},
        providers::GeneratedFile,
        storage::{BlobKey, StorageError, whole},
    },
};
use futures::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};
use tokio_util::bytes::Bytes;
use tracing::Instrument;

/// Bytes in a megabyte, as people count files.
const MB: u64 = 1_000_000;
/// What a protected PDF holds in plain text.
const ENCRYPT: &[u8] = b"/Encrypt";

/// A file on its way in.
pub struct Upload<S> {
    /// What whoever sends it calls it.
    pub name: String,
    /// Its bytes.
    pub content: S,
    /// Whether a tool made it.
    pub is_generated: bool,
}

/// What was seen of a file while it went by.
struct Meter {
    name: String,
    limits: FilesConfig,
    /// How much the person may still store.
    room: u64,
    size_bytes: u64,
    hash: Sha256,
    head: Vec<u8>,
    sniffed: Option<Sniffed>,
    /// Whether it says of itself that it is encrypted; only of use for a PDF.
    is_encrypted: bool,
    /// The last bytes of the piece before, where a word may begin that the next piece ends.
    tail: Vec<u8>,
}

impl Files {
    /// Stores a file for a person. It goes on in a task of its own, so that whatever happens to whoever asked, a file is there
    /// whole or not at all.
    ///
    /// # Errors
    /// A sentence when it is empty, too large, beyond the person's quota, broken, or of a kind that is not taken.
    pub async fn store<S>(&self, user: UserId, upload: Upload<S>) -> AppResult<FileView>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let files = self.clone();
        let storing = async move { files.take_in(user, upload).await };
        match tokio::spawn(storing.in_current_span()).await {
            Ok(stored) => stored,
            Err(error) => {
                tracing::error!(%error, "a file could not be taken in");
                Err(AppError::internal())
            }
        }
    }

    /// Stores a file that a tool made for a person, as a part of its answer. Its bytes are looked at like anybody's.
    ///
    /// # Errors
    /// As [`Files::store`].
    pub async fn store_generated(
        &self,
        user: UserId,
        file: GeneratedFile,
    ) -> AppResult<Attachment> {
        let upload = Upload {
            name: file.name,
            content: whole(file.bytes),
            is_generated: true,
        };
        Ok(Attachment {
            file: self.store(user, upload).await?,
            detail: ImageDetail::default(),
            edit: ImageEdit::default(),
        })
    }

    async fn take_in<S>(&self, user: UserId, upload: Upload<S>) -> AppResult<FileView>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let name = safe_name(&upload.name);
        let used = self.db.sum_file_bytes(user).await?;
        let meter = Arc::new(Mutex::new(Meter {
            name: name.clone(),
            limits: self.limits,
            room: self.limits.quota_bytes.saturating_sub(used),
            size_bytes: 0,
            hash: Sha256::new(),
            head: Vec::new(),
            sniffed: None,
            is_encrypted: false,
            tail: Vec::new(),
        }));
        let watching = Arc::clone(&meter);
        let content = upload.content.map(move |piece| {
            let piece = piece?;
            lock(&watching).see(&piece).map_err(io::Error::other)?;
            Ok(piece)
        });
        let blob = BlobKey::new();
        self.storage
            .put(blob, content)
            .await
            .map_err(|error| broken_off(error, &name))?;
        let taken = self.keep(user, blob, &meter, upload.is_generated).await;
        if taken.is_err() {
            self.remove(blob).await;
        }
        taken
    }

    /// Makes stored bytes a file, once they were found to be fine.
    async fn keep(
        &self,
        user: UserId,
        blob: BlobKey,
        meter: &Mutex<Meter>,
        is_generated: bool,
    ) -> AppResult<FileView> {
        let (name, size_bytes, sha256, sniffed, is_encrypted) = {
            let mut meter = lock(meter);
            if meter.size_bytes == 0 {
                return Err(AppError::new(
                    ErrorKind::Invalid,
                    format!(
                        "{} is empty. Choose a file with something in it.",
                        meter.name
                    ),
                ));
            }
            let sniffed = meter.sniff()?;
            let digest = std::mem::take(&mut meter.hash).finalize();
            (
                meter.name.clone(),
                meter.size_bytes,
                hex(&digest),
                sniffed,
                meter.is_encrypted,
            )
        };
        let mut record = FileRecord {
            view: FileView {
                id: FileId::new(),
                name,
                media_type: sniffed.media_type.to_owned(),
                kind: sniffed.kind,
                size_bytes,
                pixels: None,
                is_generated,
            },
            sha256,
            blob,
            text_blob: None,
            created_at: now_ms(),
        };
        let Examined { pixels, previews } = self.examine(&record, is_encrypted).await?;
        record.view.pixels = pixels;
        let quota = self.limits.quota_bytes;
        if !self.db.insert_file(user, &record, quota).await? {
            return Err(over_quota(&record.view.name, quota));
        }
        for (rendition, picture) in previews {
            self.keep_rendition(user, record.view.id, &rendition, picture)
                .await?;
        }
        let view = record.view;
        tracing::info!(file.id = %view.id, size_bytes, kind = ?view.kind, "file stored");
        Ok(view)
    }
}

impl Meter {
    /// Looks at the next piece.
    fn see(&mut self, piece: &[u8]) -> AppResult<()> {
        self.size_bytes += piece.len() as u64;
        if self.size_bytes > self.limits.upload_limit_bytes {
            return Err(too_large(&self.name, self.limits.upload_limit_bytes));
        }
        if self.size_bytes > self.room {
            return Err(over_quota(&self.name, self.limits.quota_bytes));
        }
        self.hash.update(piece);
        if self.head.len() < HEAD_BYTES {
            let missing = piece.len().min(HEAD_BYTES - self.head.len());
            self.head.extend_from_slice(&piece[..missing]);
            if self.head.len() == HEAD_BYTES {
                // What is refused for what it is, is refused before all of it came.
                self.sniff()?;
            }
        }
        self.look_for_encryption(piece);
        Ok(())
    }

    fn sniff(&mut self) -> AppResult<Sniffed> {
        match self.sniffed {
            Some(sniffed) => Ok(sniffed),
            None => {
                let sniffed = recognise(&self.head, &self.name)?;
                self.sniffed = Some(sniffed);
                Ok(sniffed)
            }
        }
    }

    fn look_for_encryption(&mut self, piece: &[u8]) {
        if self.is_encrypted || !self.head.starts_with(b"%PDF") {
            return;
        }
        let border = piece.len().min(ENCRYPT.len() - 1);
        self.tail.extend_from_slice(&piece[..border]);
        self.is_encrypted = contains(&self.tail, ENCRYPT) || contains(piece, ENCRYPT);
        let last = piece.len() - border;
        self.tail = piece[last..].to_vec();
    }
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

/// The meter is valid after every statement, so a panic elsewhere does not spoil it.
fn lock(meter: &Mutex<Meter>) -> std::sync::MutexGuard<'_, Meter> {
    meter.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why storing stopped: what the meter refused, a sender who went away, or the storage.
fn broken_off(error: StorageError, name: &str) -> AppError {
    match error {
        StorageError::Content(error) => error.downcast::<AppError>().unwrap_or_else(|error| {
            tracing::debug!(%error, "an upload broke off");
            AppError::new(
                ErrorKind::Network,
                format!(
                    "The upload of {name} broke off, and nothing of it was kept. Upload it again."
                ),
            )
        }),
        error => from_storage(error, name),
    }
}

/// The sentence for a file beyond the limit.
fn too_large(name: &str, limit_bytes: u64) -> AppError {
    AppError::new(
        ErrorKind::TooLarge,
        format!(
            "{name} is larger than {} MB, the most that one file may have here. Upload a smaller one.",
            limit_bytes / MB
        ),
    )
}

/// The sentence for a file beyond the room that a person has left. It is about the quota: with room made, the same file fits.
fn over_quota(name: &str, quota_bytes: u64) -> AppError {
    let error = AppError::new(
        ErrorKind::TooLarge,
        format!(
            "There is no room for {name}: your files may take {} MB together. Delete files that you do not need and upload it again.",
            quota_bytes / MB
        ),
    );
    AppError {
        field: Some(QUOTA_FIELD.to_owned()),
        ..error
    }
}
