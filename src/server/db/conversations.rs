//! Conversations. Each function takes the person whose they are: somebody else's is not there.

use super::{
    Db, DbResult, Transaction, conversation_id, from_json, message_id, now_ms, on, to_json,
    tools::{ToolRecord, ToolRow, tool_columns},
    within,
};
use crate::model::{
    catalog::ApiType,
    ids::{ConversationId, MessageId, RunId, UserId},
    settings::ChatSettings,
};
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;

/// A conversation as stored.
#[derive(Clone, Debug)]
pub struct ConversationRecord {
    /// Identifier.
    pub id: ConversationId,
    /// Its title.
    pub title: String,
    /// The tool it talks to.
    pub tool_slug: String,
    /// The last message of the open branch.
    pub leaf: Option<MessageId>,
    /// How it asks.
    pub settings: ChatSettings,
    /// The provider's own copy of it; none while a run adds to it.
    pub thread: Option<ThreadRecord>,
}

/// A conversation as it is listed.
#[derive(Clone, Debug)]
pub struct ListedConversation {
    /// Identifier.
    pub id: ConversationId,
    /// Its title.
    pub title: String,
    /// When something last happened in it, milliseconds since 1970.
    pub updated_at: i64,
}

/// A provider's own copy of a conversation, as it was after the last run that ended well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadRecord {
    /// How the provider is reached.
    pub provider: ApiType,
    /// Its id there.
    pub id: String,
    /// The last message that it holds, and with it all before.
    pub leaf: MessageId,
}

#[derive(sqlx::FromRow)]
struct ConversationRow {
    conversation_id: String,
    title: String,
    tool_slug: String,
    leaf_message_id: Option<String>,
    settings: String,
    thread: Option<String>,
}

#[derive(sqlx::FromRow)]
struct OpenedRow {
    #[sqlx(flatten)]
    conversation: ConversationRow,
    #[sqlx(flatten)]
    tool: ToolRow,
}

const COLUMNS: &str =
    "c.conversation_id, c.title, c.tool_slug, c.leaf_message_id, c.settings, c.thread";

impl TryFrom<ConversationRow> for ConversationRecord {
    type Error = super::DbError;

    fn try_from(row: ConversationRow) -> DbResult<Self> {
        Ok(Self {
            id: conversation_id(&row.conversation_id)?,
            title: row.title,
            tool_slug: row.tool_slug,
            leaf: row.leaf_message_id.as_deref().map(message_id).transpose()?,
            settings: from_json(&row.settings)?,
            thread: row.thread.as_deref().map(from_json).transpose()?,
        })
    }
}

impl Db {
    /// A person's conversations, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_conversations(
        &self,
        user: UserId,
        limit: u32,
    ) -> DbResult<Vec<ListedConversation>> {
        const SQL: &str = "select conversation_id, title, updated_at from conversation \
             where user_id = $1 order by updated_at desc, conversation_id desc limit $2";
        let rows: Vec<(String, String, i64)> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(user.to_string())
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await)?;
        rows.into_iter()
            .map(|(id, title, updated_at)| {
                Ok(ListedConversation {
                    id: conversation_id(&id)?,
                    title,
                    updated_at,
                })
            })
            .collect()
    }

    /// One of a person's conversations, with the tool it talks to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_conversation(
        &self,
        user: UserId,
        conversation: ConversationId,
    ) -> DbResult<Option<(ConversationRecord, ToolRecord)>> {
        let sql = format!(
            "select {COLUMNS}, {} from conversation c join tool t on t.slug = c.tool_slug \
             where c.conversation_id = $1 and c.user_id = $2",
            tool_columns(self)
        );
        let row: Option<OpenedRow> = on!(&self.read, |pool| sqlx::query_as(AssertSqlSafe(sql))
            .bind(conversation.to_string())
            .bind(user.to_string())
            .fetch_optional(pool)
            .await)?;
        row.map(|row| Ok((row.conversation.try_into()?, row.tool.try_into()?)))
            .transpose()
    }

    /// Gives one of a person's conversations another title; tells whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_conversation_title(
        &self,
        user: UserId,
        conversation: ConversationId,
        title: &str,
    ) -> DbResult<bool> {
        const SQL: &str =
            "update conversation set title = $1 where conversation_id = $2 and user_id = $3";
        let rows = on!(&self.write, |pool| sqlx::query(SQL)
            .bind(title)
            .bind(conversation.to_string())
            .bind(user.to_string())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }

    /// Changes how one of a person's conversations asks; tells whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_conversation_settings(
        &self,
        user: UserId,
        conversation: ConversationId,
        settings: &ChatSettings,
    ) -> DbResult<bool> {
        const SQL: &str =
            "update conversation set settings = $1 where conversation_id = $2 and user_id = $3";
        let settings = to_json(settings)?;
        let rows = on!(&self.write, |pool| sqlx::query(SQL)
            .bind(settings)
            .bind(conversation.to_string())
            .bind(user.to_string())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }

    /// Deletes one of a person's conversations with all that hangs on it; tells whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_conversation(
        &self,
        user: UserId,
        conversation: ConversationId,
    ) -> DbResult<bool> {
        const SQL: &str = "delete from conversation where conversation_id = $1 and user_id = $2";
        let rows = on!(&self.write, |pool| sqlx::query(SQL)
            .bind(conversation.to_string())
            .bind(user.to_string())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }

    /// Opens the branch that ends in `leaf`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_leaf(
        &self,
        user: UserId,
        conversation: ConversationId,
        leaf: MessageId,
    ) -> DbResult<()> {
        const SQL: &str = "update conversation set leaf_message_id = $1 where conversation_id = $2 and user_id = $3";
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(leaf.to_string())
            .bind(conversation.to_string())
            .bind(user.to_string())
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }
}

impl Transaction {
    /// Adds a conversation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_conversation(
        &mut self,
        user: UserId,
        conversation: ConversationId,
        tool_slug: &str,
        title: &str,
        settings: &ChatSettings,
    ) -> DbResult<()> {
        const SQL: &str = "insert into conversation (conversation_id, user_id, tool_slug, title, created_at, updated_at, settings) \
             values ($1, $2, $3, $4, $5, $5, $6)";
        let settings = to_json(settings)?;
        within!(self, |tx| sqlx::query(SQL)
            .bind(conversation.to_string())
            .bind(user.to_string())
            .bind(tool_slug)
            .bind(title)
            .bind(now_ms())
            .bind(settings)
            .execute(tx)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// Keeps others from changing a conversation until the transaction ends; returns the end of its open branch, or `None`
    /// when there is no such conversation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_conversation(
        &mut self,
        conversation: ConversationId,
    ) -> DbResult<Option<Option<MessageId>>> {
        const SQL: &str = "update conversation set updated_at = updated_at where conversation_id = $1 returning leaf_message_id";
        let row: Option<Option<String>> = within!(self, |tx| sqlx::query_scalar(SQL)
            .bind(conversation.to_string())
            .fetch_optional(tx)
            .await)?;
        row.map(|leaf| leaf.as_deref().map(message_id).transpose())
            .transpose()
    }

    /// Notes that a run begins in a conversation: the new end of its open branch, and how it asks from here on. The
    /// provider's own copy is taken out: nobody knows what it holds before the run has ended well.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_in_conversation(
        &mut self,
        conversation: ConversationId,
        leaf: MessageId,
        settings: &ChatSettings,
    ) -> DbResult<()> {
        const SQL: &str = "update conversation set leaf_message_id = $1, updated_at = $2, settings = $3, thread = null \
             where conversation_id = $4";
        let settings = to_json(settings)?;
        within!(self, |tx| sqlx::query(SQL)
            .bind(leaf.to_string())
            .bind(now_ms())
            .bind(settings)
            .bind(conversation.to_string())
            .execute(tx)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// Keeps the provider's own copy of the conversation that a run has added to.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn keep_thread(&mut self, run: RunId, thread: &ThreadRecord) -> DbResult<()> {
        const SQL: &str = "update conversation set thread = $1 \
             where conversation_id = (select conversation_id from run where run_id = $2)";
        let thread = to_json(thread)?;
        within!(self, |tx| sqlx::query(SQL)
            .bind(thread)
            .bind(run.to_string())
            .execute(tx)
            .await
            .map(|_| ()))?;
        Ok(())
    }
}
