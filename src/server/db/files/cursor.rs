//! A person's files from one of them on, for programs that go through all of them.

use super::{COLUMNS, FileRecord, FileRow};
use crate::{
    model::ids::{FileId, UserId},
    server::db::{Db, DbResult, on},
};
use sqlx::AssertSqlSafe;

impl Db {
    /// At most `limit` of a person's files beyond `after`, the newest first, or the oldest where `is_ascending` is set. An
    /// identifier begins with the time it was made, so that order is theirs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_files_after(
        &self,
        user: UserId,
        after: Option<FileId>,
        limit: u32,
        is_ascending: bool,
    ) -> DbResult<Vec<FileRecord>> {
        let (beyond, order) = match is_ascending {
            true => (">", "asc"),
            false => ("<", "desc"),
        };
        let sql = format!(
            "select {COLUMNS} from file f where f.user_id = $1 and ($2 = '' or f.file_id {beyond} $2) \
             order by f.file_id {order} limit $3"
        );
        let after = after.map(|after| after.to_string()).unwrap_or_default();
        let rows: Vec<FileRow> = on!(&self.read, |pool| sqlx::query_as(AssertSqlSafe(sql))
            .bind(user.to_string())
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await)?;
        rows.into_iter().map(FileRecord::try_from).collect()
    }
}
