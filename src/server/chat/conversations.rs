//! Listing, opening, renaming and deleting conversations.

use super::Chat;
use crate::{
    model::{
        AppError, AppResult,
        assistant::ChatAssistant,
        chat::{ConversationPage, ConversationSummary, DayGroup, MAX_TITLE_CHARS, Message},
        ids::{ConversationId, MessageId, UserId},
        settings::ChatSettings,
    },
    server::db::{conversations::ConversationRecord, now_ms},
};
use std::collections::HashMap;

/// Conversations in the sidebar.
const LISTED: u32 = 200;

impl Chat {
    /// A person's conversations, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self, user: UserId) -> AppResult<Vec<ConversationSummary>> {
        let now = now_ms();
        let conversations = self.db.list_conversations(user, LISTED).await?;
        Ok(conversations
            .into_iter()
            .map(|conversation| ConversationSummary {
                id: conversation.id,
                title: conversation.title,
                day: DayGroup::of_age_ms(now - conversation.updated_at),
            })
            .collect())
    }

    /// One of a person's conversations with its open branch.
    ///
    /// # Errors
    /// `NotFound` when it is not theirs.
    pub async fn open(
        &self,
        user: UserId,
        conversation: ConversationId,
    ) -> AppResult<ConversationPage> {
        let record = self.conversation(user, conversation).await?;
        let tool = self.catalog.chat_tool(Some(&record.tool_slug)).await?;
        Ok(ConversationPage {
            id: record.id,
            messages: self.branch(&record).await?,
            has_earlier: false,
            assistant: self.assistant_of(user, &record).await,
            settings: record.settings,
            title: record.title,
            tool,
        })
    }

    /// The assistant that a conversation talks to. A conversation whose assistant cannot be had opens all the same.
    async fn assistant_of(
        &self,
        user: UserId,
        record: &ConversationRecord,
    ) -> Option<ChatAssistant> {
        let version = record.settings.assistant?;
        let found = self.assistants.of_chat(user, version).await;
        found
            .inspect_err(|error| tracing::warn!(%error, "a conversation's assistant is missing"))
            .ok()
    }

    /// Changes how a conversation asks, from its next message on.
    ///
    /// # Errors
    /// `NotFound`; a sentence about the field that is not acceptable.
    pub async fn update_settings(
        &self,
        user: UserId,
        conversation: ConversationId,
        settings: ChatSettings,
    ) -> AppResult<()> {
        let settings = settings.checked()?;
        if let Some(version) = settings.assistant {
            self.assistants.version(user, version).await?;
        }
        match self
            .db
            .update_conversation_settings(user, conversation, &settings)
            .await?
        {
            true => Ok(()),
            false => Err(AppError::not_found("conversation")),
        }
    }

    /// Gives a conversation another title.
    ///
    /// # Errors
    /// `NotFound`; a sentence about the field `title`.
    pub async fn rename(
        &self,
        user: UserId,
        conversation: ConversationId,
        title: &str,
    ) -> AppResult<()> {
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        if title.is_empty() {
            return Err(AppError::field("title", "A title needs at least one word."));
        }
        if title.chars().count() > MAX_TITLE_CHARS {
            return Err(AppError::field(
                "title",
                format!("A title has at most {MAX_TITLE_CHARS} characters."),
            ));
        }
        match self
            .db
            .update_conversation_title(user, conversation, &title)
            .await?
        {
            true => Ok(()),
            false => Err(AppError::not_found("conversation")),
        }
    }

    /// Deletes a conversation with everything in it; what is being answered in it is stopped.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete(&self, user: UserId, conversation: ConversationId) -> AppResult<()> {
        for run in self.db.list_open_runs(user, conversation).await? {
            self.stop(user, run).await?;
        }
        match self.db.delete_conversation(user, conversation).await? {
            true => Ok(()),
            false => Err(AppError::not_found("conversation")),
        }
    }

    /// Opens the branch that goes through `message`, down to the newest message below it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn select_branch(
        &self,
        user: UserId,
        message: MessageId,
    ) -> AppResult<ConversationId> {
        let (conversation, _) = self
            .db
            .find_message(user, message)
            .await?
            .ok_or_else(|| AppError::not_found("message"))?;
        let tree = self.db.list_tree(conversation).await?;
        let mut leaf = message;
        // The tree is in the order it was made, so the last child seen is the newest.
        for (id, parent) in tree {
            if parent == Some(leaf) {
                leaf = id;
            }
        }
        self.db.update_leaf(user, conversation, leaf).await?;
        Ok(conversation)
    }

    /// The row of one of a person's conversations.
    pub(super) async fn conversation(
        &self,
        user: UserId,
        conversation: ConversationId,
    ) -> AppResult<ConversationRecord> {
        self.db
            .find_conversation(user, conversation)
            .await?
            .ok_or_else(|| AppError::not_found("conversation"))
    }

    /// The open branch of a conversation, each message with its siblings.
    pub(super) async fn branch(&self, record: &ConversationRecord) -> AppResult<Vec<Message>> {
        let Some(leaf) = record.leaf else {
            return Ok(Vec::new());
        };
        let branch = self.db.list_branch(record.id, leaf).await?;
        let mut children: HashMap<Option<MessageId>, Vec<MessageId>> = HashMap::new();
        for (id, parent) in self.db.list_tree(record.id).await? {
            children.entry(parent).or_default().push(id);
        }
        Ok(branch
            .into_iter()
            .map(|mut entry| {
                entry.message.siblings = children.get(&entry.parent).cloned().unwrap_or_default();
                entry.message
            })
            .collect())
    }
}
