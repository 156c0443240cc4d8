//! Assistants and their versions. What may be read is one's own and what is shared.

mod versions;

use super::{
    Db, DbResult, Transaction, assistant_id, from_json, like_literal, now_ms, on, to_json, within,
};
use crate::model::{
    assistant::{AssistantCard, AssistantDefinition},
    ids::{AssistantId, UserId},
};

/// An assistant as stored, with its newest version.
#[derive(Clone, Debug)]
pub struct AssistantRecord {
    /// Identifier.
    pub id: AssistantId,
    /// The newest version.
    pub version: u32,
    /// What it is, as of that.
    pub definition: AssistantDefinition,
    /// Whether everybody on this installation may use it.
    pub is_shared: bool,
    /// Whether it is the reader's own.
    pub is_own: bool,
    /// The name of the person who made it.
    pub owner: String,
}

#[derive(sqlx::FromRow)]
struct AssistantRow {
    assistant_id: String,
    version: i64,
    definition: String,
    is_shared: bool,
    is_own: bool,
    owner: String,
}

impl TryFrom<AssistantRow> for AssistantRecord {
    type Error = super::DbError;

    fn try_from(row: AssistantRow) -> DbResult<Self> {
        Ok(Self {
            id: assistant_id(&row.assistant_id)?,
            version: u32::try_from(row.version).unwrap_or(1),
            definition: from_json(&row.definition)?,
            is_shared: row.is_shared,
            is_own: row.is_own,
            owner: row.owner,
        })
    }
}

impl From<AssistantRecord> for AssistantCard {
    fn from(record: AssistantRecord) -> Self {
        Self {
            id: record.id,
            version: record.version,
            name: record.definition.name,
            description: record.definition.description,
            hue: record.definition.hue,
            picture: record.definition.picture,
            tool_name: record.definition.tool_name,
            is_shared: record.is_shared,
            is_own: record.is_own,
            owner: record.owner,
        }
    }
}

impl Db {
    /// A part of the assistants whose names hold some words, the person's own and those that are shared, the latest first;
    /// and how many there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_assistants(
        &self,
        user: UserId,
        words: &str,
        limit: u32,
        offset: u32,
    ) -> DbResult<(Vec<AssistantRecord>, u32)> {
        const SQL: &str = "select a.assistant_id, a.version, v.definition, a.is_shared, a.user_id = $1 as is_own, u.name as owner \
             from assistant a join assistant_version v on v.assistant_id = a.assistant_id and v.version = a.version \
             join app_user u on u.user_id = a.user_id \
             where not a.is_deleted and (a.user_id = $1 or a.is_shared) and a.name_key like $2 escape '\\' \
             order by a.updated_at desc, a.assistant_id desc limit $3 offset $4";
        const COUNT: &str = "select count(*) from assistant a where not a.is_deleted and (a.user_id = $1 or a.is_shared) \
             and a.name_key like $2 escape '\\'";
        let pattern = format!("%{}%", like_literal(&words.to_lowercase()));
        let total: i64 = on!(&self.read, |pool| sqlx::query_scalar(COUNT)
            .bind(user.to_string())
            .bind(&pattern)
            .fetch_one(pool)
            .await)?;
        let rows: Vec<AssistantRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(user.to_string())
            .bind(&pattern)
            .bind(i64::from(limit))
            .bind(i64::from(offset))
            .fetch_all(pool)
            .await)?;
        let records: DbResult<Vec<_>> = rows.into_iter().map(AssistantRecord::try_from).collect();
        Ok((records?, u32::try_from(total).unwrap_or(u32::MAX)))
    }

    /// An assistant in its newest version, if it is the person's or shared, and not deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_assistant(
        &self,
        user: UserId,
        assistant: AssistantId,
    ) -> DbResult<Option<AssistantRecord>> {
        const SQL: &str = "select a.assistant_id, a.version, v.definition, a.is_shared, a.user_id = $1 as is_own, u.name as owner \
             from assistant a join assistant_version v on v.assistant_id = a.assistant_id and v.version = a.version \
             join app_user u on u.user_id = a.user_id \
             where a.assistant_id = $2 and not a.is_deleted and (a.user_id = $1 or a.is_shared)";
        let row: Option<AssistantRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(user.to_string())
            .bind(assistant.to_string())
            .fetch_optional(pool)
            .await)?;
        row.map(AssistantRecord::try_from).transpose()
    }

    /// Shares one of a person's assistants with everybody here, or no more; tells whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_assistant_sharing(
        &self,
        user: UserId,
        assistant: AssistantId,
        is_shared: bool,
    ) -> DbResult<bool> {
        const SQL: &str = "update assistant set is_shared = $1 \
             where assistant_id = $2 and user_id = $3 and not is_deleted";
        let rows = on!(&self.write, |pool| sqlx::query(SQL)
            .bind(is_shared)
            .bind(assistant.to_string())
            .bind(user.to_string())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }

    /// Takes one of a person's assistants out of every list; its versions stay, for conversations go on with them. Tells
    /// whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_assistant(&self, user: UserId, assistant: AssistantId) -> DbResult<bool> {
        const SQL: &str = "update assistant set is_deleted = $1, is_shared = $2 \
             where assistant_id = $3 and user_id = $4 and not is_deleted";
        let rows = on!(&self.write, |pool| sqlx::query(SQL)
            .bind(true)
            .bind(false)
            .bind(assistant.to_string())
            .bind(user.to_string())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }
}

impl Transaction {
    /// Adds an assistant; its first version is to follow.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_assistant(
        &mut self,
        user: UserId,
        assistant: AssistantId,
        definition: &AssistantDefinition,
    ) -> DbResult<()> {
        const SQL: &str = "insert into assistant (assistant_id, user_id, name, name_key, version, created_at, updated_at) \
             values ($1, $2, $3, $4, 0, $5, $5)";
        within!(self, |tx| sqlx::query(SQL)
            .bind(assistant.to_string())
            .bind(user.to_string())
            .bind(&definition.name)
            .bind(definition.name.to_lowercase())
            .bind(now_ms())
            .execute(tx)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// Adds a version to one of a person's assistants and makes it the newest. Returns its number; `None` when there is no
    /// such assistant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_assistant_version(
        &mut self,
        user: UserId,
        assistant: AssistantId,
        definition: &AssistantDefinition,
    ) -> DbResult<Option<u32>> {
        const COUNT_UP: &str = "update assistant set version = version + 1, name = $1, name_key = $2, updated_at = $3 \
             where assistant_id = $4 and user_id = $5 and not is_deleted returning version";
        const INSERT: &str = "insert into assistant_version (assistant_id, version, definition, created_at) \
             values ($1, $2, $3, $4)";
        let version: Option<i64> = within!(self, |tx| sqlx::query_scalar(COUNT_UP)
            .bind(&definition.name)
            .bind(definition.name.to_lowercase())
            .bind(now_ms())
            .bind(assistant.to_string())
            .bind(user.to_string())
            .fetch_optional(tx)
            .await)?;
        let Some(version) = version else {
            return Ok(None);
        };
        let definition = to_json(definition)?;
        within!(self, |tx| sqlx::query(INSERT)
            .bind(assistant.to_string())
            .bind(version)
            .bind(definition)
            .bind(now_ms())
            .execute(tx)
            .await
            .map(|_| ()))?;
        Ok(u32::try_from(version).ok())
    }

    /// How many assistants a person has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_assistants(&mut self, user: UserId) -> DbResult<i64> {
        const SQL: &str = "select count(*) from assistant where user_id = $1 and not is_deleted";
        let count: i64 = within!(self, |tx| sqlx::query_scalar(SQL)
            .bind(user.to_string())
            .fetch_one(tx)
            .await)?;
        Ok(count)
    }
}
