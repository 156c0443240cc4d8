//! Conversations. Each function takes the person whose they are: somebody else's is not there.

use super::{
    Db, DbResult, Transaction, conversation_id, from_json, message_id, now_ms, on, to_json, within,
};
use crate::model::{
    ids::{ConversationId, MessageId, UserId},
    settings::ChatSettings,
};

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
    /// When something last happened in it, milliseconds since 1970.
    pub updated_at: i64,
}

#[derive(sqlx::FromRow)]
struct ConversationRow {
    conversation_id: String,
    title: String,
    tool_slug: String,
    leaf_message_id: Option<String>,
    settings: String,
    updated_at: i64,
}

impl TryFrom<ConversationRow> for ConversationRecord {
    type Error = super::DbError;

    fn try_from(row: ConversationRow) -> DbResult<Self> {
        Ok(Self {
            id: conversation_id(&row.conversation_id)?,
            title: row.title,
            tool_slug: row.tool_slug,
            leaf: row.leaf_message_id.as_deref().map(message_id).transpose()?,
            settings: from_json(&row.settings)?,
            updated_at: row.updated_at,
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
    ) -> DbResult<Vec<ConversationRecord>> {
        const SQL: &str = "select conversation_id, title, tool_slug, leaf_message_id, settings, updated_at from conversation \
             where user_id = $1 order by updated_at desc, conversation_id desc limit $2";
        let rows: Vec<ConversationRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(user.to_string())
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await)?;
        rows.into_iter().map(ConversationRecord::try_from).collect()
    }

    /// One of a person's conversations.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_conversation(
        &self,
        user: UserId,
        conversation: ConversationId,
    ) -> DbResult<Option<ConversationRecord>> {
        const SQL: &str = "select conversation_id, title, tool_slug, leaf_message_id, settings, updated_at from conversation \
             where conversation_id = $1 and user_id = $2";
        let row: Option<ConversationRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(conversation.to_string())
            .bind(user.to_string())
            .fetch_optional(pool)
            .await)?;
        row.map(ConversationRecord::try_from).transpose()
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

    /// Notes that something happened in a conversation, and the new end of its open branch.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_conversation(
        &mut self,
        conversation: ConversationId,
        leaf: MessageId,
    ) -> DbResult<()> {
        const SQL: &str = "update conversation set leaf_message_id = $1, updated_at = $2 where conversation_id = $3";
        within!(self, |tx| sqlx::query(SQL)
            .bind(leaf.to_string())
            .bind(now_ms())
            .bind(conversation.to_string())
            .execute(tx)
            .await
            .map(|_| ()))?;
        Ok(())
    }
}
