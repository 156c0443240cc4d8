//! Importing threads of OpenAI's Assistants, which are no more: each becomes a conversation. Rules only: no HTTP, no SQL.

mod content;
mod thread_file;

use super::{catalog::Catalog, db::Db};
use crate::model::{
    AppError, AppResult, ErrorKind,
    ids::{ConversationId, MessageId, UserId},
    import::{ImportReport, MAX_IMPORT_BYTES},
};
use sha2::{Digest, Sha256};
use thread_file::Thread;
use uuid::Builder;

/// The rules of importing.
#[derive(Clone)]
pub struct Import {
    db: Db,
    catalog: Catalog,
}

impl Import {
    /// The service over its parts.
    #[must_use]
    pub fn new(db: Db, catalog: Catalog) -> Self {
        Self { db, catalog }
    }

    /// Makes conversations of the threads in a file, each with its messages in a row. A thread that was imported before
    /// stays as it is. A file that cannot be read changes nothing.
    ///
    /// # Errors
    /// A sentence about `file` that names the place in it.
    pub async fn threads(&self, user: UserId, file: Vec<u8>) -> AppResult<ImportReport> {
        if file.len() > MAX_IMPORT_BYTES {
            return Err(AppError {
                kind: ErrorKind::TooLarge,
                ..AppError::field(
                    "file",
                    format!(
                        "The file has {} MB; at most {} are read. Export the threads in parts.",
                        file.len().div_ceil(1024 * 1024),
                        MAX_IMPORT_BYTES / (1024 * 1024)
                    ),
                )
            });
        }
        let read = tokio::task::spawn_blocking(move || thread_file::read(&file)).await;
        let threads = read.map_err(|error| {
            tracing::error!(%error, "a file of threads could not be read");
            AppError::internal()
        })??;
        // Whoever goes on in an imported conversation asks whom they would ask in a new one.
        let tool = self.catalog.chat_tool(None).await?.slug;
        let mut report = ImportReport::default();
        for thread in threads {
            self.store(user, &tool, thread, &mut report).await?;
        }
        Ok(report)
    }

    async fn store(
        &self,
        user: UserId,
        tool: &str,
        thread: Thread,
        report: &mut ImportReport,
    ) -> AppResult<()> {
        let conversation = conversation_of(user, &thread.id);
        let mut tx = self.db.begin().await?;
        let is_new = tx
            .insert_imported_conversation(user, conversation, tool, &thread.title, thread.times())
            .await?;
        if !is_new {
            report.known += 1;
            return Ok(());
        }
        let mut parent = None;
        for message in &thread.messages {
            let id = MessageId::new();
            tx.insert_imported_message(id, conversation, parent, message)
                .await?;
            parent = Some(id);
        }
        if let Some(leaf) = parent {
            tx.update_imported_leaf(conversation, leaf).await?;
        }
        tx.commit().await?;
        report.imported += 1;
        report.messages += u32::try_from(thread.messages.len()).unwrap_or(u32::MAX);
        report.first = report.first.or(Some(conversation));
        report.notes.extend(thread.note);
        Ok(())
    }
}

/// The conversation of a thread: the same for the same person and thread, so that importing it again finds it.
fn conversation_of(user: UserId, thread: &str) -> ConversationId {
    let hash = Sha256::digest(format!("openai-thread/{user}/{thread}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    ConversationId(Builder::from_custom_bytes(bytes).into_uuid())
}
