//! Files that people store: what is taken in, what is given back, and what providers are given of them. It knows no HTTP
//! and no SQL; bytes lie in the storage, what they are stands in the database.

mod cursor;
mod examine;
mod images;
mod intake;
mod kinds;
mod names;
mod pdf;
mod remote;
mod renditions;
mod resolve;
mod sweep;
mod text;

pub use images::PreviewSize;
pub use intake::Upload;
pub use renditions::Rendition;
pub use resolve::Recipient;
pub use sweep::Sweep;

use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        file::{
            Attach, Attachment, FILES_PER_PAGE, FileEntry, FileKind, FilePage, FileUse, FileView,
            ImageEdit, MAX_ATTACHMENTS,
        },
        ids::{FileId, UserId},
        image_edit::Pixels,
    },
    server::{
        config::FilesConfig,
        db::{Db, day, files::FileRecord},
        providers::Providers,
        storage::{Blob, BlobKey, Storage, StorageError},
    },
};
use std::{collections::HashMap, ops::Range, sync::Arc};
use tokio::sync::Semaphore;

/// Most titles of conversations that are told before a file is deleted.
const MENTIONED_TITLES: u32 = 3;

/// The rules of files.
#[derive(Clone)]
pub struct Files {
    db: Db,
    storage: Storage,
    providers: Providers,
    limits: FilesConfig,
    /// Pictures are unpacked one at a time: an unpacked picture is large, and ten at once would be ten times that.
    picture_work: Arc<Semaphore>,
    /// So are documents.
    text_work: Arc<Semaphore>,
}

impl Files {
    /// The service over its parts.
    #[must_use]
    pub fn new(db: Db, storage: Storage, providers: Providers, limits: FilesConfig) -> Self {
        Self {
            db,
            storage,
            providers,
            limits,
            picture_work: Arc::new(Semaphore::new(1)),
            text_work: Arc::new(Semaphore::new(1)),
        }
    }

    /// Longest file that is taken, in bytes.
    #[must_use]
    pub fn upload_limit(&self) -> u64 {
        self.limits.upload_limit_bytes
    }

    /// One page of a person's files whose names hold `query`, the newest first. Pages count from 1; one beyond the last is
    /// the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self, user: UserId, query: &str, page: u32) -> AppResult<FilePage> {
        let query = query.trim();
        let mut page = page.max(1);
        let offset = |page: u32| (page - 1).saturating_mul(FILES_PER_PAGE);
        let list = |page| {
            self.db
                .list_files(user, query, FILES_PER_PAGE, offset(page))
        };
        let (mut files, total) = list(page).await?;
        let pages = total.div_ceil(FILES_PER_PAGE).max(1);
        if page > pages {
            page = pages;
            (files, _) = list(page).await?;
        }
        let entry = |listed: crate::server::db::files::ListedFile| FileEntry {
            file: listed.record.view,
            created_on: day(listed.record.created_at),
            is_shared: listed.is_shared,
        };
        Ok(FilePage {
            files: files.into_iter().map(entry).collect(),
            total,
            page,
            pages,
            used_bytes: self.db.sum_file_bytes(user).await?,
            quota_bytes: self.limits.quota_bytes,
            upload_limit_bytes: self.limits.upload_limit_bytes,
        })
    }

    /// A person's files among `ids`, in that order; those that are gone are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&self, user: UserId, ids: &[FileId]) -> AppResult<Vec<FileView>> {
        let mut found = self.found(user, ids).await?;
        Ok(ids
            .iter()
            .filter_map(|id| found.remove(id))
            .map(|record| record.view)
            .collect())
    }

    /// What is to be put on a message, checked: the person's own files, and for pictures edits that fit them.
    ///
    /// # Errors
    /// A sentence about `attachments`.
    pub async fn attachments(&self, user: UserId, attach: &[Attach]) -> AppResult<Vec<Attachment>> {
        let refused = |message: String| Err(AppError::field("attachments", message));
        if attach.len() > MAX_ATTACHMENTS {
            return refused(format!(
                "A message takes at most {MAX_ATTACHMENTS} files. Remove some and send the rest in another message."
            ));
        }
        let ids: Vec<_> = attach.iter().map(|one| one.file).collect();
        let found = self.found(user, &ids).await?;
        let mut attachments = Vec::with_capacity(attach.len());
        for one in attach {
            let Some(record) = found.get(&one.file) else {
                return refused(
                    "One of the attached files was deleted. Remove it and send again.".to_owned(),
                );
            };
            let file = record.view.clone();
            let fits = match file.pixels {
                Some(pixels) => is_fitting(one.edit, pixels),
                None => one.edit.is_none(),
            };
            if !fits {
                return refused(format!(
                    "The crop of {} does not lie within the picture. Crop it again.",
                    file.name
                ));
            }
            attachments.push(Attachment {
                file,
                detail: one.detail,
                edit: one.edit,
            });
        }
        Ok(attachments)
    }

    async fn found(&self, user: UserId, ids: &[FileId]) -> AppResult<HashMap<FileId, FileRecord>> {
        // More than a message or a draft can hold is not asked for.
        let ids = &ids[..ids.len().min(2 * MAX_ATTACHMENTS)];
        let found = self.db.find_files(user, ids).await?;
        Ok(found
            .into_iter()
            .map(|record| (record.view.id, record))
            .collect())
    }

    /// One of a person's files.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn get(&self, user: UserId, file: FileId) -> AppResult<FileRecord> {
        self.db
            .find_file(user, file)
            .await?
            .ok_or_else(|| AppError::not_found("file"))
    }

    /// The bytes of a file, or a part of them.
    ///
    /// # Errors
    /// `NotFound` when they are not in the storage; `Unavailable` when that does not answer.
    pub async fn open(&self, file: &FileRecord, part: Option<Range<u64>>) -> AppResult<Blob> {
        let opened = match part {
            Some(range) => self.storage.get_part(file.blob, range).await,
            None => self.storage.get(file.blob).await,
        };
        opened.map_err(|error| from_storage(error, &file.view.name))
    }

    /// Where a person's file was sent.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn mentions(&self, user: UserId, file: FileId) -> AppResult<FileUse> {
        self.get(user, file).await?;
        let found = self
            .db
            .find_file_mentions(user, file, MENTIONED_TITLES)
            .await?;
        Ok(FileUse {
            titles: found.titles,
            conversations: found.conversations,
        })
    }

    /// Deletes a person's file: here at once, and with the providers that hold a copy.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete(&self, user: UserId, file: FileId) -> AppResult<()> {
        let record = self.get(user, file).await?;
        let mut blobs = self.db.list_rendition_blobs(user, file).await?;
        blobs.push(record.blob);
        blobs.extend(record.text_blob);
        self.delete_copies(user, file).await?;
        if !self.db.delete_file(user, file).await? {
            return Err(AppError::not_found("file"));
        }
        for blob in blobs {
            self.remove(blob).await;
        }
        tracing::info!(file.id = %file, "file deleted");
        Ok(())
    }

    /// Removes bytes that no row refers to. Where the storage does not do it now, the sweep does it later.
    async fn remove(&self, blob: BlobKey) {
        if let Err(error) = self.storage.delete(blob).await {
            tracing::warn!(%error, blob.key = %blob, "bytes of a deleted file stay until the next sweep");
        }
    }
}

/// What a failure of the storage means for whoever asked for a file.
fn from_storage(error: StorageError, name: &str) -> AppError {
    match error {
        StorageError::NotFound => AppError::new(
            ErrorKind::NotFound,
            format!("The bytes of {name} are not in the storage any more. Upload the file again."),
        ),
        StorageError::Full { .. } => {
            tracing::error!(%error, "the storage is full");
            AppError::new(
                ErrorKind::Unavailable,
                "The server has no room left for files. Tell the administrator.",
            )
        }
        error => {
            tracing::error!(%error, "the storage failed");
            AppError::new(
                ErrorKind::Unavailable,
                "The server's storage of files does not answer at the moment. Try again in a little while.",
            )
            .retry_after(5)
        }
    }
}

/// Whether an edit can be done to a picture of a size: by whole quarters, and its part within the picture that comes of them.
fn is_fitting(edit: ImageEdit, pixels: Pixels) -> bool {
    let bounds = edit.turned(pixels);
    matches!(edit.rotate, 0 | 90 | 180 | 270)
        && edit.crop.is_none_or(|crop| crop.within(bounds) == crop)
}

/// Whether a picture can be made of a file.
fn is_picture(file: &FileView) -> bool {
    file.kind == FileKind::Image && file.pixels.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::file::Crop;

    #[test]
    fn an_edit_fits_only_a_picture_that_holds_its_part_after_it_was_turned() {
        let edit = |rotate, crop: Option<[u32; 4]>| ImageEdit {
            rotate,
            crop: crop.map(|[x, y, width, height]| Crop {
                x,
                y,
                width,
                height,
            }),
        };
        let pixels = (400, 300);
        for fitting in [edit(90, None), edit(270, Some([100, 350, 200, 50]))] {
            assert!(is_fitting(fitting, pixels), "{fitting:?}");
        }
        for unfit in [
            edit(45, None),
            edit(0, Some([100, 350, 200, 50])),
            edit(0, Some([0, 0, 0, 10])),
            edit(0, Some([u32::MAX, 0, 2, 2])),
        ] {
            assert!(!is_fitting(unfit, pixels), "{unfit:?}");
        }
    }
}
