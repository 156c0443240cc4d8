//! Looking into a file that was stored: a picture must open, a PDF must not ask for a password.

use super::{
    Files, from_storage,
    images::{self, Picture, PreviewSize, Problem},
    pdf,
};
use crate::{
    model::{AppError, AppResult, ErrorKind, file::FileKind},
    server::db::files::FileRecord,
};
use image::DynamicImage;

/// Largest packed picture that is unpacked: what models take at most.
const MAX_PICTURE_BYTES: u64 = 50_000_000;

/// What was found.
#[derive(Default)]
pub(super) struct Examined {
    /// Of a picture as it is seen.
    pub(super) pixels: Option<(u32, u32)>,
    /// Small versions of it, which the page asks for at once, by their names.
    pub(super) previews: Vec<(String, Picture)>,
}

impl Files {
    /// Opens what can be opened.
    ///
    /// # Errors
    /// A sentence when it is broken, too large unpacked, or protected.
    pub(super) async fn examine(
        &self,
        file: &FileRecord,
        is_encrypted: bool,
    ) -> AppResult<Examined> {
        let name = file.view.name.clone();
        match file.view.kind {
            FileKind::Image => self.examine_picture(file).await,
            FileKind::Pdf if is_encrypted => {
                let bytes = self.read(file, pdf::MAX_PDF_BYTES).await?;
                match self.away(move || pdf::needs_password(&bytes)).await? {
                    true => Err(pdf::protected(&name)),
                    false => Ok(Examined::default()),
                }
            }
            _ => Ok(Examined::default()),
        }
    }

    async fn examine_picture(&self, file: &FileRecord) -> AppResult<Examined> {
        self.with_picture(file, |picture| {
            let kept =
                |(size, preview): (PreviewSize, Picture)| (size.rendition().to_owned(), preview);
            Ok(Examined {
                pixels: Some((picture.width(), picture.height())),
                previews: images::previews(&picture)?.map(kept).into(),
            })
        })
        .await
    }

    /// Unpacks a picture and works on it, away from the threads that answer requests and one at a time: a picture is large
    /// once it is unpacked, and is not even read before its turn.
    ///
    /// # Errors
    /// A sentence when it cannot be opened.
    pub(super) async fn with_picture<T: Send + 'static>(
        &self,
        file: &FileRecord,
        work: impl FnOnce(DynamicImage) -> Result<T, Problem> + Send + 'static,
    ) -> AppResult<T> {
        let turn = self.picture_work.clone().acquire_owned().await;
        let turn = turn.map_err(|_| AppError::internal())?;
        let bytes = self.read(file, MAX_PICTURE_BYTES).await?;
        let done = self.away(move || {
            let _turn = turn;
            let picture = images::open(&bytes)?;
            drop(bytes);
            work(picture)
        });
        done.await?
            .map_err(|problem| problem.told_of(&file.view.name))
    }

    /// All bytes of a file that may have at most `limit_bytes`.
    pub(super) async fn read(&self, file: &FileRecord, limit_bytes: u64) -> AppResult<Vec<u8>> {
        if file.view.size_bytes > limit_bytes {
            return Err(AppError::new(
                ErrorKind::TooLarge,
                format!(
                    "{} is too large to be opened: a file of its kind may have {} MB. Make it smaller and upload it again.",
                    file.view.name,
                    limit_bytes / 1_000_000
                ),
            ));
        }
        let blob = self.open(file, None).await?;
        blob.bytes()
            .await
            .map_err(|error| from_storage(error, &file.view.name))
    }

    /// Does work that takes long away from the threads that answer requests.
    async fn away<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> AppResult<T> {
        tokio::task::spawn_blocking(work).await.map_err(|error| {
            tracing::error!(%error, "a file could not be opened");
            AppError::new(
                ErrorKind::Invalid,
                "The file is damaged in a way that nothing here can read. Save it again and upload that.",
            )
        })
    }
}
