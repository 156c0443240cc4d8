//! Copies of files: versions of pictures that are kept here, and what providers were given.

use super::{FileId, UserId, length};
use crate::server::{
    db::{Db, DbResult, now_ms, on, parse_id},
    storage::BlobKey,
};

/// A version of a picture that is kept.
#[derive(Clone, Debug)]
pub struct RenditionRecord {
    /// What its bytes are.
    pub media_type: String,
    /// How long it is.
    pub size_bytes: u64,
    /// Where they lie.
    pub blob: BlobKey,
}

/// A copy that a provider holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteCopy {
    /// Which provider, as the catalogue names it.
    pub provider: String,
    /// What it calls the copy.
    pub remote_id: String,
    /// When it throws the copy away, milliseconds since 1970.
    pub expires_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct RenditionRow {
    media_type: String,
    size_bytes: i64,
    blob_key: String,
}

impl TryFrom<RenditionRow> for RenditionRecord {
    type Error = crate::server::db::DbError;

    fn try_from(row: RenditionRow) -> DbResult<Self> {
        Ok(Self {
            media_type: row.media_type,
            size_bytes: u64::try_from(row.size_bytes).unwrap_or(0),
            blob: parse_id(&row.blob_key)?,
        })
    }
}

impl Db {
    /// A version of a person's picture, if it was made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_rendition(
        &self,
        user: UserId,
        file: FileId,
        rendition: &str,
    ) -> DbResult<Option<RenditionRecord>> {
        const SQL: &str = "select r.media_type, r.size_bytes, r.blob_key from file_rendition r \
             join file f on f.file_id = r.file_id where r.file_id = $1 and f.user_id = $2 and r.rendition = $3";
        let row: Option<RenditionRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(file.to_string())
            .bind(user.to_string())
            .bind(rendition)
            .fetch_optional(pool)
            .await)?;
        row.map(RenditionRecord::try_from).transpose()
    }

    /// Keeps a version of a person's picture; tells whether it was kept: it is not when the picture is gone, or somebody
    /// else made the same version first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_rendition(
        &self,
        user: UserId,
        file: FileId,
        rendition: &str,
        made: &RenditionRecord,
    ) -> DbResult<bool> {
        const SQL: &str = "insert into file_rendition (file_id, rendition, media_type, size_bytes, blob_key, created_at) \
             select f.file_id, $3, $4, $5, $6, $7 from file f where f.file_id = $1 and f.user_id = $2 \
             on conflict (file_id, rendition) do nothing";
        let rows = on!(&self.write, |pool| sqlx::query(SQL)
            .bind(file.to_string())
            .bind(user.to_string())
            .bind(rendition)
            .bind(&made.media_type)
            .bind(length(made.size_bytes))
            .bind(made.blob.to_string())
            .bind(now_ms())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }

    /// Where the kept versions of a person's picture lie.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_rendition_blobs(&self, user: UserId, file: FileId) -> DbResult<Vec<BlobKey>> {
        const SQL: &str = "select r.blob_key from file_rendition r join file f on f.file_id = r.file_id \
             where r.file_id = $1 and f.user_id = $2";
        let keys: Vec<String> = on!(&self.read, |pool| sqlx::query_scalar(SQL)
            .bind(file.to_string())
            .bind(user.to_string())
            .fetch_all(pool)
            .await)?;
        keys.iter().map(|key| parse_id(key)).collect()
    }

    /// What a provider calls a version of a person's file, if it was given it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_remote(
        &self,
        user: UserId,
        file: FileId,
        provider: &str,
        rendition: &str,
    ) -> DbResult<Option<RemoteCopy>> {
        const SQL: &str = "select p.provider, p.remote_id, p.expires_at from provider_file p \
             join file f on f.file_id = p.file_id \
             where p.file_id = $1 and f.user_id = $2 and p.provider = $3 and p.rendition = $4";
        let row: Option<(String, String, Option<i64>)> =
            on!(&self.read, |pool| sqlx::query_as(SQL)
                .bind(file.to_string())
                .bind(user.to_string())
                .bind(provider)
                .bind(rendition)
                .fetch_optional(pool)
                .await)?;
        Ok(row.map(remote_copy))
    }

    /// Every copy of a person's file that providers hold.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_remotes(&self, user: UserId, file: FileId) -> DbResult<Vec<RemoteCopy>> {
        const SQL: &str = "select p.provider, p.remote_id, p.expires_at from provider_file p \
             join file f on f.file_id = p.file_id where p.file_id = $1 and f.user_id = $2";
        let rows: Vec<(String, String, Option<i64>)> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(file.to_string())
            .bind(user.to_string())
            .fetch_all(pool)
            .await)?;
        Ok(rows.into_iter().map(remote_copy).collect())
    }

    /// Remembers a copy that a provider was given, in place of an older one; tells whether it could: not when the file was
    /// deleted meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upsert_remote(
        &self,
        user: UserId,
        file: FileId,
        rendition: &str,
        copy: &RemoteCopy,
    ) -> DbResult<bool> {
        const SQL: &str = "insert into provider_file (file_id, provider, rendition, remote_id, expires_at, created_at) \
             select f.file_id, $3, $4, $5, $6, $7 from file f where f.file_id = $1 and f.user_id = $2 \
             on conflict (file_id, provider, rendition) do update \
             set remote_id = excluded.remote_id, expires_at = excluded.expires_at, created_at = excluded.created_at";
        let rows = on!(&self.write, |pool| sqlx::query(SQL)
            .bind(file.to_string())
            .bind(user.to_string())
            .bind(&copy.provider)
            .bind(rendition)
            .bind(&copy.remote_id)
            .bind(copy.expires_at)
            .bind(now_ms())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }

    /// Forgets what a provider was given of a person's file: all of it, or what it calls `remote_id`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_remotes(
        &self,
        user: UserId,
        file: FileId,
        provider: &str,
        remote_id: Option<&str>,
    ) -> DbResult<()> {
        const SQL: &str = "delete from provider_file where file_id = $1 and provider = $3 \
             and ($4 is null or remote_id = $4) \
             and exists (select 1 from file f where f.file_id = $1 and f.user_id = $2)";
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(file.to_string())
            .bind(user.to_string())
            .bind(provider)
            .bind(remote_id)
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }
}

fn remote_copy((provider, remote_id, expires_at): (String, String, Option<i64>)) -> RemoteCopy {
    RemoteCopy {
        provider,
        remote_id,
        expires_at,
    }
}
