//! Listing, opening, renaming and deleting conversations.

use super::Chat;
use crate::{
    model::{
        AppError, AppResult,
        assistant::ChatAssistant,
        chat::{
            ConversationPage, ConversationSummary, DayGroup, EarlierMessages, MAX_TITLE_CHARS,
            MESSAGES_PER_PAGE,
        },
        file::Attach,
        ids::{ConversationId, MessageId, UserId},
    },
    server::db::{
        conversations::ConversationRecord, messages::MessageRecord, now_ms, tools::ToolRecord,
    },
};

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

    /// One of a person's conversations with the end of its open branch: as many messages as are `shown`, where somebody wants
    /// more than [`MESSAGES_PER_PAGE`].
    ///
    /// # Errors
    /// `NotFound` when it is not theirs.
    pub async fn open(
        &self,
        user: UserId,
        conversation: ConversationId,
        shown: Option<u32>,
    ) -> AppResult<ConversationPage> {
        let shown = shown.unwrap_or_default().max(MESSAGES_PER_PAGE);
        let (record, tool) = self.conversation(user, conversation).await?;
        let messages = match record.leaf {
            Some(leaf) => self.db.list_tail(record.id, leaf, shown).await?,
            None => Vec::new(),
        };
        Ok(ConversationPage {
            id: record.id,
            assistant: self.assistant_of(user, &record).await,
            has_earlier: has_earlier(&messages),
            messages: messages.into_iter().map(|entry| entry.message).collect(),
            settings: record.settings,
            title: record.title,
            tool: self.catalog.describe(tool),
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

    /// The messages before one of a conversation's.
    ///
    /// # Errors
    /// `NotFound` when the conversation is not theirs, or the message not in it.
    pub async fn earlier_messages(
        &self,
        user: UserId,
        conversation: ConversationId,
        before: MessageId,
    ) -> AppResult<EarlierMessages> {
        let found = self.db.find_message(user, before).await?;
        let parent = match found {
            Some((place, entry)) if place == conversation => entry.parent,
            _ => return Err(AppError::not_found("message")),
        };
        let Some(parent) = parent else {
            return Ok(EarlierMessages {
                messages: Vec::new(),
                has_earlier: false,
            });
        };
        let page = self
            .db
            .list_tail(conversation, parent, MESSAGES_PER_PAGE)
            .await?;
        Ok(EarlierMessages {
            has_earlier: has_earlier(&page),
            messages: page.into_iter().map(|entry| entry.message).collect(),
        })
    }

    /// The files on one of a person's messages, to be put on another.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn attachments_of(&self, user: UserId, message: MessageId) -> AppResult<Vec<Attach>> {
        let found = self.db.find_message(user, message).await?;
        let (_, entry) = found.ok_or_else(|| AppError::not_found("message"))?;
        Ok(entry.message.attachments.iter().map(Attach::from).collect())
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
        let leaf = self.db.find_newest_leaf(message).await?;
        self.db.update_leaf(user, conversation, leaf).await?;
        Ok(conversation)
    }

    /// The row of one of a person's conversations, and that of its tool.
    pub(super) async fn conversation(
        &self,
        user: UserId,
        conversation: ConversationId,
    ) -> AppResult<(ConversationRecord, ToolRecord)> {
        self.db
            .find_conversation(user, conversation)
            .await?
            .ok_or_else(|| AppError::not_found("conversation"))
    }
}

/// Whether messages of a branch, oldest first, have others before them.
fn has_earlier(messages: &[MessageRecord]) -> bool {
    messages.first().is_some_and(|first| first.parent.is_some())
}
