//! Files that people store: what they are and where their bytes lie. Each function takes the person whose they are:
//! somebody else's is not there.

mod copies;
mod cursor;
mod orphans;

pub use copies::{RemoteCopy, RenditionRecord};

use super::{Db, DbError, DbResult, on, within};
use crate::{
    model::{
        file::{FileKind, FileView},
        ids::{FileId, UserId},
    },
    server::storage::BlobKey,
};
use sqlx::AssertSqlSafe;

const COLUMNS: &str = "f.file_id, f.name, f.media_type, f.kind, f.size_bytes, f.width, f.height, f.sha256, f.blob_key, \
     f.text_blob_key, f.origin, f.created_at";

/// A file as stored.
#[derive(Clone, Debug)]
pub struct FileRecord {
    /// What pages show of it.
    pub view: FileView,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Where its bytes lie.
    pub blob: BlobKey,
    /// Where the text that was read out of it lies, once it was.
    pub text_blob: Option<BlobKey>,
    /// When it was stored, milliseconds since 1970.
    pub created_at: i64,
}

/// A file with what its owner's list says about it.
pub struct ListedFile {
    /// The file.
    pub record: FileRecord,
    /// Whether a provider holds a copy.
    pub is_shared: bool,
}

/// Conversations that a file was sent in.
pub struct FileMentions {
    /// Some of their titles, the latest first.
    pub titles: Vec<String>,
    /// How many there are.
    pub conversations: u32,
}

#[derive(sqlx::FromRow)]
struct FileRow {
    file_id: String,
    name: String,
    media_type: String,
    kind: String,
    size_bytes: i64,
    width: Option<i64>,
    height: Option<i64>,
    sha256: String,
    blob_key: String,
    text_blob_key: Option<String>,
    origin: String,
    created_at: i64,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    file: FileRow,
    copies: i64,
}

fn kind_text(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Image => "image",
        FileKind::Pdf => "pdf",
        FileKind::Text => "text",
        FileKind::Office => "office",
        FileKind::Audio => "audio",
        FileKind::Video => "video",
        FileKind::Other => "other",
    }
}

fn kind(text: &str) -> FileKind {
    match text {
        "image" => FileKind::Image,
        "pdf" => FileKind::Pdf,
        "text" => FileKind::Text,
        "office" => FileKind::Office,
        "audio" => FileKind::Audio,
        "video" => FileKind::Video,
        _ => FileKind::Other,
    }
}

fn pixels(width: Option<i64>, height: Option<i64>) -> Option<(u32, u32)> {
    Some((u32::try_from(width?).ok()?, u32::try_from(height?).ok()?))
}

fn length(size_bytes: u64) -> i64 {
    i64::try_from(size_bytes).unwrap_or(i64::MAX)
}

impl TryFrom<FileRow> for FileRecord {
    type Error = DbError;

    fn try_from(row: FileRow) -> DbResult<Self> {
        Ok(Self {
            view: FileView {
                id: super::parse_id(&row.file_id)?,
                name: row.name,
                media_type: row.media_type,
                kind: kind(&row.kind),
                size_bytes: u64::try_from(row.size_bytes).unwrap_or(0),
                pixels: pixels(row.width, row.height),
                is_generated: row.origin == "answer",
            },
            sha256: row.sha256,
            blob: super::parse_id(&row.blob_key)?,
            text_blob: row
                .text_blob_key
                .as_deref()
                .map(super::parse_id)
                .transpose()?,
            created_at: row.created_at,
        })
    }
}

impl Db {
    /// Adds a file, unless it would take a person beyond `quota_bytes`; tells whether it was added. Checked and added in one
    /// step, so that two uploads at once cannot both have the last room.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_file(
        &self,
        user: UserId,
        file: &FileRecord,
        quota_bytes: u64,
    ) -> DbResult<bool> {
        // The person's row is locked for the length of the transaction; SQLite has one writer anyway.
        const LOCK: &str = "update app_user set name = name where user_id = $1";
        const SQL: &str = "insert into file (file_id, user_id, name, name_key, media_type, kind, size_bytes, width, height, \
             sha256, blob_key, text_blob_key, origin, created_at) \
             select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 \
             where (select coalesce(cast(sum(size_bytes) as bigint), 0) from file where user_id = $2) + $7 <= $15";
        let view = &file.view;
        let origin = if view.is_generated {
            "answer"
        } else {
            "upload"
        };
        let mut tx = self.begin().await?;
        within!(&mut tx, |tx| sqlx::query(LOCK)
            .bind(user.to_string())
            .execute(tx)
            .await
            .map(|_| ()))?;
        let rows = within!(&mut tx, |tx| sqlx::query(SQL)
            .bind(view.id.to_string())
            .bind(user.to_string())
            .bind(&view.name)
            .bind(view.name.to_lowercase())
            .bind(&view.media_type)
            .bind(kind_text(view.kind))
            .bind(length(view.size_bytes))
            .bind(view.pixels.map(|(width, _)| i64::from(width)))
            .bind(view.pixels.map(|(_, height)| i64::from(height)))
            .bind(&file.sha256)
            .bind(file.blob.to_string())
            .bind(file.text_blob.map(|blob| blob.to_string()))
            .bind(origin)
            .bind(file.created_at)
            .bind(length(quota_bytes))
            .execute(tx)
            .await
            .map(|done| done.rows_affected()))?;
        tx.commit().await?;
        Ok(rows > 0)
    }

    /// One of a person's files.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_file(&self, user: UserId, file: FileId) -> DbResult<Option<FileRecord>> {
        let sql = format!("select {COLUMNS} from file f where f.file_id = $1 and f.user_id = $2");
        let row: Option<FileRow> = on!(&self.read, |pool| sqlx::query_as(AssertSqlSafe(sql))
            .bind(file.to_string())
            .bind(user.to_string())
            .fetch_optional(pool)
            .await)?;
        row.map(FileRecord::try_from).transpose()
    }

    /// Those of a person's files that are among `files`, in no order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_files(&self, user: UserId, files: &[FileId]) -> DbResult<Vec<FileRecord>> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<_> = (2..files.len() + 2)
            .map(|place| format!("${place}"))
            .collect();
        let sql = format!(
            "select {COLUMNS} from file f where f.user_id = $1 and f.file_id in ({})",
            places.join(", ")
        );
        let rows: Vec<FileRow> = on!(&self.read, |pool| {
            let mut statement = sqlx::query_as(AssertSqlSafe(sql)).bind(user.to_string());
            for file in files {
                statement = statement.bind(file.to_string());
            }
            statement.fetch_all(pool).await
        })?;
        rows.into_iter().map(FileRecord::try_from).collect()
    }

    /// A person's files whose names hold `query`, the newest first, and how many there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_files(
        &self,
        user: UserId,
        query: &str,
        limit: u32,
        offset: u32,
    ) -> DbResult<(Vec<ListedFile>, u32)> {
        const FOUND: &str = "f.user_id = $1 and f.name_key like $2 escape '\\'";
        let pattern = format!("%{}%", literal(&query.to_lowercase()));
        let list = format!(
            "select {COLUMNS}, (select count(*) from provider_file p where p.file_id = f.file_id) as copies \
             from file f where {FOUND} order by f.created_at desc, f.file_id desc limit $3 offset $4"
        );
        let count = format!("select count(*) from file f where {FOUND}");
        let rows: Vec<ListedRow> = on!(&self.read, |pool| sqlx::query_as(AssertSqlSafe(list))
            .bind(user.to_string())
            .bind(&pattern)
            .bind(i64::from(limit))
            .bind(i64::from(offset))
            .fetch_all(pool)
            .await)?;
        let total: i64 = on!(&self.read, |pool| sqlx::query_scalar(AssertSqlSafe(count))
            .bind(user.to_string())
            .bind(&pattern)
            .fetch_one(pool)
            .await)?;
        let files = rows
            .into_iter()
            .map(|row| {
                Ok(ListedFile {
                    record: row.file.try_into()?,
                    is_shared: row.copies > 0,
                })
            })
            .collect::<DbResult<_>>()?;
        Ok((files, u32::try_from(total).unwrap_or(u32::MAX)))
    }

    /// How many bytes a person's files have together.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sum_file_bytes(&self, user: UserId) -> DbResult<u64> {
        const SQL: &str =
            "select coalesce(cast(sum(size_bytes) as bigint), 0) from file where user_id = $1";
        let sum: i64 = on!(&self.read, |pool| sqlx::query_scalar(SQL)
            .bind(user.to_string())
            .fetch_one(pool)
            .await)?;
        Ok(u64::try_from(sum).unwrap_or(0))
    }

    /// Where a person's file was sent: some titles and how many conversations.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_file_mentions(
        &self,
        user: UserId,
        file: FileId,
        titles: u32,
    ) -> DbResult<FileMentions> {
        // Attachments are JSON; an identifier stands in it as it is here and nowhere else by chance.
        const MENTIONED: &str = "c.user_id = $1 and exists (select 1 from message m \
             where m.conversation_id = c.conversation_id and (m.attachments like $2 or m.extras like $2))";
        let pattern = format!("%{file}%");
        let list = format!(
            "select c.title from conversation c where {MENTIONED} order by c.updated_at desc limit $3"
        );
        let count = format!("select count(*) from conversation c where {MENTIONED}");
        let titles: Vec<String> = on!(&self.read, |pool| sqlx::query_scalar(AssertSqlSafe(list))
            .bind(user.to_string())
            .bind(&pattern)
            .bind(i64::from(titles))
            .fetch_all(pool)
            .await)?;
        let total: i64 = on!(&self.read, |pool| sqlx::query_scalar(AssertSqlSafe(count))
            .bind(user.to_string())
            .bind(&pattern)
            .fetch_one(pool)
            .await)?;
        Ok(FileMentions {
            titles,
            conversations: u32::try_from(total).unwrap_or(u32::MAX),
        })
    }

    /// Notes where the text that was read out of a person's file lies, unless that is known; tells whether it was noted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_file_text(
        &self,
        user: UserId,
        file: FileId,
        text: BlobKey,
    ) -> DbResult<bool> {
        const SQL: &str = "update file set text_blob_key = $1 \
             where file_id = $2 and user_id = $3 and text_blob_key is null";
        let rows = on!(&self.write, |pool| sqlx::query(SQL)
            .bind(text.to_string())
            .bind(file.to_string())
            .bind(user.to_string())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }

    /// Forgets a person's file; tells whether there was one. Its bytes are the caller's to remove.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_file(&self, user: UserId, file: FileId) -> DbResult<bool> {
        const SQL: &str = "delete from file where file_id = $1 and user_id = $2";
        let rows = on!(&self.write, |pool| sqlx::query(SQL)
            .bind(file.to_string())
            .bind(user.to_string())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }
}

/// Text as the inside of a `like` pattern, where its wildcards are mere characters.
fn literal(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}
