//! What lies in the store and belongs to no row.

use crate::server::{
    db::{Db, DbResult, on, parse_id},
    storage::BlobKey,
};
use sqlx::AssertSqlSafe;
use std::collections::HashSet;

impl Db {
    /// Those of `blobs` that no file, no text of a file and no version of a picture refers to. Of all people: it is asked by
    /// whoever keeps the store tidy, and answered with keys alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_orphans(&self, blobs: &[BlobKey]) -> DbResult<Vec<BlobKey>> {
        if blobs.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<_> = (1..=blobs.len()).map(|place| format!("${place}")).collect();
        let places = places.join(", ");
        let sql = format!(
            "select blob_key from file where blob_key in ({places}) \
             union all select text_blob_key from file where text_blob_key in ({places}) \
             union all select blob_key from file_rendition where blob_key in ({places})"
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
        Ok(blobs
            .iter()
            .copied()
            .filter(|blob| !kept.contains(blob))
            .collect())
    }
}
