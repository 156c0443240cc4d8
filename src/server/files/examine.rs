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
        let name = file.view.name.clone();
        let bytes = self.read(file, MAX_PICTURE_BYTES).await?;
        let opened = self.unpack(move || {
            let picture = images::open(&bytes)?;
            drop(bytes);
            let pixels = (picture.width(), picture.height());
            let mut previews = Vec::new();
            for size in [PreviewSize::Large, PreviewSize::Small] {
                previews.push((
                    size.rendition().to_owned(),
                    images::preview(&picture, size)?,
                ));
            }
            Ok::<_, Problem>((pixels, previews))
        });
        match opened.await? {
            Ok::<_, Problem>((pixels, previews)) => Ok(Examined {
                pixels: Some(pixels),
                previews,
            }),
            Err(problem) => Err(problem.told_of(&name)),
        }
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

    /// Unpacks a picture away from the threads that answer requests, one at a time.
    pub(super) async fn unpack<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> AppResult<T> {
        let turn = self.picture_work.clone().acquire_owned().await;
        let turn = turn.map_err(|_| AppError::internal())?;
        self.away(move || {
            let done = work();
            drop(turn);
            done
        })
        .await
    }

    /// Does work that takes long away from the threads that answer requests.
    pub(super) async fn away<T: Send + 'static>(
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
