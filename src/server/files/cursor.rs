//! Going through all of a person's files, as programs do.

use super::Files;
use crate::{
    model::{
        AppResult,
        ids::{FileId, UserId},
    },
    server::db::files::FileRecord,
};

impl Files {
    /// At most `limit` of a person's files beyond `after`, the newest first, or the oldest where `is_ascending` is set; and
    /// whether there are more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_after(
        &self,
        user: UserId,
        after: Option<FileId>,
        limit: u32,
        is_ascending: bool,
    ) -> AppResult<(Vec<FileRecord>, bool)> {
        let most = limit.saturating_add(1);
        let mut files = self
            .db
            .list_files_after(user, after, most, is_ascending)
            .await?;
        let kept = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = files.len() > kept;
        files.truncate(kept);
        Ok((files, has_more))
    }
}
