//! Rows of conversations that come from elsewhere, with the times that they had there.

use super::{DbResult, Transaction, within};
use crate::model::{
    chat::Author,
    ids::{ConversationId, MessageId, UserId},
};

/// A message from elsewhere.
#[derive(Debug)]
pub struct ImportedMessage {
    /// Who said it.
    pub author: Author,
    /// Its words, with notes on what did not come along.
    pub text: String,
    /// When, milliseconds since 1970.
    pub created_at: i64,
}

impl Transaction {
    /// Adds a conversation with when it began and when something last happened in it, milliseconds since 1970; tells
    /// whether it was not there yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_imported_conversation(
        &mut self,
        user: UserId,
        conversation: ConversationId,
        tool_slug: &str,
        title: &str,
        (created_at, updated_at): (i64, i64),
    ) -> DbResult<bool> {
        const SQL: &str = "insert into conversation (conversation_id, user_id, tool_slug, title, created_at, updated_at) \
             values ($1, $2, $3, $4, $5, $6) on conflict (conversation_id) do nothing";
        let rows = within!(self, |tx| sqlx::query(SQL)
            .bind(conversation.to_string())
            .bind(user.to_string())
            .bind(tool_slug)
            .bind(title)
            .bind(created_at)
            .bind(updated_at)
            .execute(tx)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }

    /// Adds a message with the time that it had.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_imported_message(
        &mut self,
        id: MessageId,
        conversation: ConversationId,
        parent: Option<MessageId>,
        message: &ImportedMessage,
    ) -> DbResult<()> {
        const SQL: &str = "insert into message (message_id, conversation_id, parent_message_id, author, text, created_at, \
             updated_at) values ($1, $2, $3, $4, $5, $6, $6)";
        let author = match message.author {
            Author::User => "user",
            Author::Assistant => "assistant",
        };
        within!(self, |tx| sqlx::query(SQL)
            .bind(id.to_string())
            .bind(conversation.to_string())
            .bind(parent.map(|parent| parent.to_string()))
            .bind(author)
            .bind(&message.text)
            .bind(message.created_at)
            .execute(tx)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// Names the end of an imported conversation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_imported_leaf(
        &mut self,
        conversation: ConversationId,
        leaf: MessageId,
    ) -> DbResult<()> {
        const SQL: &str = "update conversation set leaf_message_id = $1 where conversation_id = $2";
        within!(self, |tx| sqlx::query(SQL)
            .bind(leaf.to_string())
            .bind(conversation.to_string())
            .execute(tx)
            .await
            .map(|_| ()))?;
        Ok(())
    }
}
