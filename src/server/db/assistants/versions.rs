//! The versions of assistants.

use crate::{
    model::{
        assistant::AssistantDefinition,
        ids::{AssistantId, UserId},
        settings::AssistantVersion,
    },
    server::db::{Db, DbResult, from_json, on, user_id},
};

/// A version for a conversation.
#[derive(Clone, Debug)]
pub struct VersionRecord {
    /// Whose it is.
    pub owner: UserId,
    /// What the assistant is, as of it.
    pub definition: AssistantDefinition,
    /// The newest version that the person may have; none where it was deleted or is shared no more.
    pub latest: Option<u32>,
}

#[derive(sqlx::FromRow)]
struct VersionRow {
    user_id: String,
    definition: String,
    version: i64,
    is_open: bool,
}

impl Db {
    /// A version that a person's conversation may have: of their own, of a shared assistant, or one that a conversation of
    /// theirs began with while it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_assistant_version(
        &self,
        user: UserId,
        version: AssistantVersion,
    ) -> DbResult<Option<VersionRecord>> {
        const SQL: &str = "select a.user_id, v.definition, a.version, \
               (not a.is_deleted and (a.user_id = $1 or a.is_shared)) as is_open \
             from assistant_version v join assistant a on a.assistant_id = v.assistant_id \
             where v.assistant_id = $2 and v.version = $3 and (a.user_id = $1 or a.is_shared or exists ( \
               select 1 from conversation c where c.user_id = $1 and c.settings like $4))";
        let id = version.id.to_string();
        // A conversation's settings are JSON of ours, in which this stands for its assistant only.
        let begun = format!("%\"assistant\":{{\"id\":\"{id}\"%");
        let row: Option<VersionRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(user.to_string())
            .bind(id)
            .bind(i64::from(version.version))
            .bind(begun)
            .fetch_optional(pool)
            .await)?;
        row.map(|row| {
            Ok(VersionRecord {
                owner: user_id(&row.user_id)?,
                definition: from_json(&row.definition)?,
                latest: row.is_open.then(|| u32::try_from(row.version).unwrap_or(1)),
            })
        })
        .transpose()
    }

    /// Every version of an assistant with when it was saved, milliseconds since 1970, the newest first. The caller has made
    /// sure that it is the person's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_assistant_versions(
        &self,
        assistant: AssistantId,
    ) -> DbResult<Vec<(u32, i64)>> {
        const SQL: &str = "select version, created_at from assistant_version where assistant_id = $1 \
             order by version desc";
        let rows: Vec<(i64, i64)> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(assistant.to_string())
            .fetch_all(pool)
            .await)?;
        Ok(rows
            .into_iter()
            .filter_map(|(version, saved_at)| Some((u32::try_from(version).ok()?, saved_at)))
            .collect())
    }
}
