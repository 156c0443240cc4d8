//! Versions of pictures that were made once and are kept, so that asking again unpacks nothing.

use super::{
    Files,
    images::{self, Picture, PreviewSize},
    is_picture,
};
use crate::{
    model::{
        AppError, AppResult,
        file::{ImageDetail, ImageEdit},
        ids::{FileId, UserId},
    },
    server::{
        db::files::{FileRecord, RenditionRecord},
        files::from_storage,
        storage::{BlobKey, whole},
    },
};
use tokio_util::bytes::Bytes;

/// A version of a picture.
#[derive(Clone, Debug)]
pub struct Rendition {
    /// `image/jpeg` or `image/png`.
    pub media_type: String,
    /// It.
    pub bytes: Bytes,
}

impl From<Picture> for Rendition {
    fn from(picture: Picture) -> Self {
        Self {
            media_type: picture.media_type.to_owned(),
            bytes: picture.bytes,
        }
    }
}

impl Files {
    /// A small version of a person's picture, for pages.
    ///
    /// # Errors
    /// `NotFound`, also when the file is no picture.
    pub async fn preview(
        &self,
        user: UserId,
        file: FileId,
        size: PreviewSize,
    ) -> AppResult<Rendition> {
        let record = self.get(user, file).await?;
        if !is_picture(&record.view) {
            return Err(AppError::not_found("picture"));
        }
        self.rendition(user, &record, size.rendition(), move |picture| {
            images::preview(&picture, size)
        })
        .await
    }

    /// The version of a picture that a model is sent.
    ///
    /// # Errors
    /// When the picture cannot be read.
    pub(super) async fn view_for_model(
        &self,
        user: UserId,
        record: &FileRecord,
        detail: ImageDetail,
        edit: ImageEdit,
    ) -> AppResult<Rendition> {
        let name = rendition_name(detail, edit);
        self.rendition(user, record, &name, move |picture| {
            images::edited(picture, edit, detail)
        })
        .await
    }

    /// A kept version, or one that is made now and kept.
    async fn rendition(
        &self,
        user: UserId,
        record: &FileRecord,
        name: &str,
        make: impl FnOnce(image::DynamicImage) -> Result<Picture, images::Problem> + Send + 'static,
    ) -> AppResult<Rendition> {
        let id = record.view.id;
        if let Some(kept) = self.db.find_rendition(user, id, name).await? {
            // Bytes that were lost are made again.
            if let Ok(blob) = self.storage.get(kept.blob).await
                && let Ok(bytes) = blob.bytes().await
            {
                return Ok(Rendition {
                    media_type: kept.media_type,
                    bytes: bytes.into(),
                });
            }
        }
        let picture = self.with_picture(record, make).await?;
        self.keep_rendition(user, id, name, picture.clone()).await?;
        Ok(picture.into())
    }

    /// Keeps a version. The row is written last, and what is without a row is swept away later.
    pub(super) async fn keep_rendition(
        &self,
        user: UserId,
        file: FileId,
        name: &str,
        picture: Picture,
    ) -> AppResult<()> {
        let blob = BlobKey::new();
        let size_bytes = picture.bytes.len() as u64;
        self.storage
            .put(blob, whole(picture.bytes))
            .await
            .map_err(|error| from_storage(error, "the preview"))?;
        let kept = RenditionRecord {
            media_type: picture.media_type.to_owned(),
            size_bytes,
            blob,
        };
        if !self.db.insert_rendition(user, file, name, &kept).await? {
            self.remove(blob).await;
        }
        Ok(())
    }
}

/// The name under which a version is kept: what was done to the picture.
pub(super) fn rendition_name(detail: ImageDetail, edit: ImageEdit) -> String {
    let mut name = match detail {
        ImageDetail::Low => "low",
        ImageDetail::Auto | ImageDetail::High => "high",
        ImageDetail::Original => "original",
    }
    .to_owned();
    if edit.rotate != 0 {
        name.push_str(&format!("-r{}", edit.rotate));
    }
    if let Some(crop) = edit.crop {
        name.push_str(&format!(
            "-c{}.{}.{}.{}",
            crop.x, crop.y, crop.width, crop.height
        ));
    }
    name
}
