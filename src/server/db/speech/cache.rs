//! Sound that need not be made again.

use crate::{
    model::ids::UserId,
    server::{
        db::{Db, DbResult, now_ms, on, parse_id},
        storage::BlobKey,
    },
};
use sqlx::AssertSqlSafe;
use std::collections::HashSet;

/// Sound that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedSound {
    /// Where its bytes lie.
    pub blob: BlobKey,
    /// How many they are.
    pub size_bytes: u64,
    /// When it was last played, milliseconds since 1970.
    pub last_used_at: i64,
}

/// Sound that is to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSound {
    /// Whose.
    pub user: UserId,
    /// A hash of whose voice says what.
    pub key: String,
    /// Where its bytes lie.
    pub blob: BlobKey,
    /// How many they are.
    pub size_bytes: u64,
}

#[derive(sqlx::FromRow)]
struct SoundRow {
    blob_key: String,
    size_bytes: i64,
    last_used_at: i64,
}

impl TryFrom<SoundRow> for CachedSound {
    type Error = super::super::DbError;

    fn try_from(row: SoundRow) -> DbResult<Self> {
        Ok(Self {
            blob: parse_id(&row.blob_key)?,
            size_bytes: u64::try_from(row.size_bytes).unwrap_or(0),
            last_used_at: row.last_used_at,
        })
    }
}

impl Db {
    /// What is kept of a person's under a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_sound(&self, user: UserId, key: &str) -> DbResult<Option<CachedSound>> {
        const SQL: &str = "select blob_key, size_bytes, last_used_at from speech_cache where user_id = $1 and sound_key = $2";
        let row: Option<SoundRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(user.to_string())
            .bind(key)
            .fetch_optional(pool)
            .await)?;
        row.map(CachedSound::try_from).transpose()
    }

    /// Keeps sound; tells whether it was not there already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_sound(&self, sound: &NewSound) -> DbResult<bool> {
        const SQL: &str = "insert into speech_cache (user_id, sound_key, blob_key, size_bytes, created_at, last_used_at) \
             values ($1, $2, $3, $4, $5, $5) on conflict (user_id, sound_key) do nothing";
        let rows = on!(&self.write, |pool| sqlx::query(SQL)
            .bind(sound.user.to_string())
            .bind(&sound.key)
            .bind(sound.blob.to_string())
            .bind(i64::try_from(sound.size_bytes).unwrap_or(i64::MAX))
            .bind(now_ms())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }

    /// Notes that sound was played just now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_sound(&self, blob: BlobKey) -> DbResult<()> {
        const SQL: &str = "update speech_cache set last_used_at = $1 where blob_key = $2";
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(now_ms())
            .bind(blob.to_string())
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// Keeps sound no longer; tells whether it was kept until now, so that one server of several removes its bytes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_sound(&self, blob: BlobKey) -> DbResult<bool> {
        const SQL: &str = "delete from speech_cache where blob_key = $1";
        let rows = on!(&self.write, |pool| sqlx::query(SQL)
            .bind(blob.to_string())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }

    /// How much is kept of all people, in bytes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sum_sound_bytes(&self) -> DbResult<u64> {
        const SQL: &str = "select cast(coalesce(sum(size_bytes), 0) as bigint) from speech_cache";
        let bytes: i64 = on!(&self.read, |pool| sqlx::query_scalar(SQL)
            .fetch_one(pool)
            .await)?;
        Ok(u64::try_from(bytes).unwrap_or(0))
    }

    /// At most `limit` of all that is kept, what was played longest ago first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_oldest_sounds(&self, limit: u32) -> DbResult<Vec<CachedSound>> {
        const SQL: &str = "select blob_key, size_bytes, last_used_at from speech_cache order by last_used_at, blob_key limit $1";
        let rows: Vec<SoundRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await)?;
        rows.into_iter().map(CachedSound::try_from).collect()
    }

    /// Those of `blobs` that are not kept. Of all people: it is asked by whoever keeps the store tidy, and answered with keys
    /// alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_lost_sounds(&self, blobs: &[BlobKey]) -> DbResult<Vec<BlobKey>> {
        if blobs.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<_> = (1..=blobs.len()).map(|place| format!("${place}")).collect();
        let sql = format!(
            "select blob_key from speech_cache where blob_key in ({})",
            places.join(", ")
        );
        let keys: Vec<String> = on!(&self.read, |pool| {
            let mut statement = sqlx::query_scalar(AssertSqlSafe(sql));
            for blob in blobs {
                statement = statement.bind(blob.to_string());
            }
            statement.fetch_all(pool).await
        })?;
        let kept = keys
            .iter()
            .map(|key| parse_id(key))
            .collect::<DbResult<HashSet<BlobKey>>>()?;
        let lost = blobs.iter().copied().filter(|blob| !kept.contains(blob));
        Ok(lost.collect())
    }
}
