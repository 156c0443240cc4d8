//! Text out of files, for models that take no files. Read once and kept. Whatever is opened here may be made to do harm, so
//! how much is unpacked, how long that takes and how much comes of it is bounded.

mod charset;
mod document;
mod pdf_pages;
mod sheet;
mod xml;

use super::{Files, from_storage, pdf};
use crate::{
    model::{AppError, AppResult, ErrorKind, file::FileKind, ids::UserId},
    server::{
        db::files::FileRecord,
        storage::{BlobKey, whole},
    },
};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// Most text that is taken out of one file, in characters; the rest is left out and said to be.
const MAX_CHARS: usize = 1_000_000;
/// So much of a file of text is read.
const MAX_TEXT_BYTES: u64 = 4 * MAX_CHARS as u64;
/// Largest document or sheet that is opened.
const MAX_OFFICE_BYTES: u64 = 50_000_000;
/// How long reading one file may take; what was found by then is kept.
const PATIENCE: Duration = Duration::from_secs(30);
/// Readers of documents call themselves for each part within a part.
const STACK_BYTES: usize = 64 * 1024 * 1024;
/// What follows text that is not all there is.
const CUT: &str = "\n\n[The rest of the file was left out because it is too long.]";

/// Why no text came of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unreadable {
    /// It opens only with a password.
    Protected,
    /// It unpacks to far more than it could need.
    Bomb,
    /// Its bytes are not what such a file consists of.
    Damaged,
    /// Nothing here reads this kind.
    Unknown,
}

/// Text in the making, up to as much as is kept.
struct Gathered {
    text: String,
    chars: usize,
    is_cut: bool,
    until: Instant,
}

impl Gathered {
    fn new() -> Self {
        Self {
            text: String::new(),
            chars: 0,
            is_cut: false,
            until: Instant::now() + PATIENCE,
        }
    }

    /// Adds text; what is too much is left out.
    fn push(&mut self, text: &str) {
        if self.is_cut {
            return;
        }
        // A NUL is text to a document and an error to a database.
        for c in text.chars().filter(|c| *c != '\0') {
            if self.chars == MAX_CHARS {
                self.is_cut = true;
                return;
            }
            self.text.push(c);
            self.chars += 1;
        }
    }

    /// Ends the line, unless nothing stands in it.
    fn end_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.push("\n");
        }
    }

    /// Whether nothing more is wanted: there is enough, or it took too long.
    fn is_done(&mut self) -> bool {
        self.is_cut |= Instant::now() >= self.until;
        self.is_cut
    }

    fn finish(self) -> String {
        let mut text = self.text.trim().to_owned();
        if self.is_cut && !text.is_empty() {
            text.push_str(CUT);
        }
        text
    }
}

impl Files {
    /// The text of a person's file; empty where there is none in it, as in a scanned page.
    ///
    /// # Errors
    /// A sentence when it is protected, damaged, or of a kind that holds no text.
    pub(super) async fn text(&self, user: UserId, file: &FileRecord) -> AppResult<String> {
        if let Some(kept) = file.text_blob
            && let Ok(blob) = self.storage.get(kept).await
            && let Ok(bytes) = blob.bytes().await
            && let Ok(text) = String::from_utf8(bytes)
        {
            return Ok(text);
        }
        if file.view.kind == FileKind::Text {
            return self.plain_text(file).await;
        }
        let limit_bytes = match file.view.kind {
            FileKind::Pdf => pdf::MAX_PDF_BYTES,
            _ => MAX_OFFICE_BYTES,
        };
        let bytes = self.read(file, limit_bytes).await?;
        let (kind, media_type) = (file.view.kind, file.view.media_type.clone());
        let read = self
            .read_apart(move || extract(kind, &media_type, bytes))
            .await;
        let text = read.map_err(|problem| problem.told_of(&file.view.name))?;
        self.keep_text(user, file, &text).await?;
        Ok(text)
    }

    /// The beginning of a file of text, whatever its encoding.
    async fn plain_text(&self, file: &FileRecord) -> AppResult<String> {
        let wanted = file.view.size_bytes.min(MAX_TEXT_BYTES);
        let blob = self.open(file, Some(0..wanted)).await?;
        let bytes = blob
            .bytes()
            .await
            .map_err(|error| from_storage(error, &file.view.name))?;
        let mut gathered = Gathered::new();
        gathered.push(&charset::decode(&bytes));
        gathered.is_cut |= wanted < file.view.size_bytes;
        Ok(gathered.finish())
    }

    async fn keep_text(&self, user: UserId, file: &FileRecord, text: &str) -> AppResult<()> {
        let blob = BlobKey::new();
        self.storage
            .put(blob, whole(text.to_owned()))
            .await
            .map_err(|error| from_storage(error, &file.view.name))?;
        if !self.db.update_file_text(user, file.view.id, blob).await? {
            self.remove(blob).await;
        }
        Ok(())
    }

    /// Reads a document on a thread of its own with room for deep documents, one at a time. A reader that gives up by
    /// panicking ends that thread and no more.
    async fn read_apart(
        &self,
        work: impl FnOnce() -> Result<String, Unreadable> + Send + 'static,
    ) -> Result<String, Unreadable> {
        let turn = self.text_work.clone().acquire_owned().await;
        let turn = turn.map_err(|_| Unreadable::Damaged)?;
        let (done, text) = oneshot::channel();
        let reader = std::thread::Builder::new()
            .name("document".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                let _turn = turn;
                // Whoever waits may have gone away.
                let _ = done.send(work());
            });
        if let Err(error) = reader {
            tracing::error!(%error, "no thread to read a document on");
            return Err(Unreadable::Damaged);
        }
        text.await.unwrap_or(Err(Unreadable::Damaged))
    }
}

impl Unreadable {
    fn told_of(self, name: &str) -> AppError {
        let message = match self {
            Self::Protected => return pdf::protected(name),
            Self::Bomb => format!(
                "{name} is packed so densely that it cannot be opened here. Save it again, or send the part that matters as text."
            ),
            Self::Damaged => format!(
                "{name} could not be read: it is damaged, or saved in a way that nothing here reads. Save it again as PDF or text and upload that."
            ),
            Self::Unknown => format!(
                "{name} is in an old format that nothing here reads. Save it in the current one (for example .docx or .pptx) and upload that."
            ),
        };
        AppError::new(ErrorKind::Invalid, message)
    }
}

/// All text of a document.
fn extract(kind: FileKind, media_type: &str, bytes: Vec<u8>) -> Result<String, Unreadable> {
    let mut text = Gathered::new();
    match (kind, media_type) {
        (FileKind::Pdf, _) => pdf_pages::read(&bytes, &mut text)?,
        (_, kind) if kind.ends_with("wordprocessingml.document") => {
            document::read_word(bytes, &mut text)?;
        }
        (_, kind) if kind.ends_with("presentationml.presentation") => {
            document::read_slides(bytes, &mut text)?;
        }
        (_, kind) if kind.contains("opendocument") => document::read_open(bytes, &mut text)?,
        (_, kind) if kind.ends_with("spreadsheetml.sheet") => {
            sheet::read_current(bytes, &mut text)?;
        }
        (_, "application/vnd.ms-excel") => sheet::read_old(bytes, &mut text)?,
        _ => return Err(Unreadable::Unknown),
    }
    Ok(text.finish())
}
