//! Sending a message: at the end of a conversation, at the beginning of a new one, or beside a message that was sent before,
//! as another version of it.

use super::{
    Chat,
    start::{Start, insert_answer, lock, lock_end},
};
use crate::{
    model::{
        AppError, AppResult,
        chat::{
            AnswerExtras, Author, Message, SendRequest, Sent, parse_message_text,
            parse_text_beside_files, title_from,
        },
        file::Attachment,
        ids::{ConversationId, MessageId, RunId, UserId},
        settings::ChatSettings,
    },
    server::db::{
        Transaction, conversations::ConversationRecord, messages::NewMessage, tools::ToolRecord,
    },
};

/// Where a message goes.
struct Place {
    /// The conversation; `None` for a new one.
    conversation: Option<ConversationRecord>,
    tool: ToolRecord,
    /// What was said before, oldest first.
    before: Vec<Message>,
    /// Whether it stands beside a message that was sent before.
    is_edit: bool,
}

impl Chat {
    /// Stores a person's message and starts answering it. The same key again is the same send: nothing is stored twice.
    ///
    /// # Errors
    /// A sentence about `text`, `attachments`, `tool` or a setting; `NotFound` for what is somebody else's; `Conflict` while
    /// an answer in the conversation is open.
    pub async fn send(&self, user: UserId, request: SendRequest) -> AppResult<Sent> {
        let key = request.idempotency_key;
        self.once(user, key, self.send_new(user, request)).await
    }

    async fn send_new(&self, user: UserId, request: SendRequest) -> AppResult<Sent> {
        let text = match request.attachments.as_slice() {
            [] => parse_message_text(&request.text)?,
            _ => parse_text_beside_files(&request.text)?,
        };
        let place = self.place(user, &request).await?;
        self.check_chattable(&place.tool)?;
        let attachments = self
            .engine
            .files()
            .attachments(user, &request.attachments)
            .await?;
        let settings = self.settings(user, request.settings, &place).await?;
        let effective = self.effective(user, &settings).await?;
        let conversation = place.conversation.as_ref();
        let mut sent = Sent {
            conversation_id: conversation.map_or_else(ConversationId::new, |known| known.id),
            user_message_id: MessageId::new(),
            message_id: MessageId::new(),
            run_id: RunId::new(),
            heard_ms: 0,
        };
        let mut tx = self.begin().await?;
        match conversation {
            // Two versions of a message do not stand in each other's way, wherever the conversation went meanwhile.
            Some(conversation) if place.is_edit => {
                lock(&mut tx, conversation).await?;
            }
            Some(conversation) => lock_end(&mut tx, conversation).await?,
            None => {
                let title = title_of(&text, &attachments);
                tx.insert_conversation(
                    user,
                    sent.conversation_id,
                    &place.tool.slug,
                    &title,
                    &settings,
                )
                .await?;
            }
        }
        sent.heard_ms = tx
            .take_transcriptions(user, &request.transcriptions)
            .await?;
        let mut branch = place.before;
        let message = Message {
            attachments,
            heard_ms: sent.heard_ms,
            ..Message::new(sent.user_message_id, Author::User, text)
        };
        insert_question(&mut tx, &sent, &branch, &message).await?;
        insert_answer(&mut tx, &sent, &effective).await?;
        branch.push(message);
        let start = Start {
            user,
            key: request.idempotency_key,
            tool: &place.tool,
            sent,
            settings: &settings,
            effective,
            branch,
            repair: Vec::new(),
            thread: place.conversation.and_then(|known| known.thread),
            text: String::new(),
            extras: AnswerExtras::default(),
        };
        self.start(tx, start).await
    }

    /// How a message asks: as it says, else as its conversation did, else as the person's new chats do.
    async fn settings(
        &self,
        user: UserId,
        named: Option<ChatSettings>,
        place: &Place,
    ) -> AppResult<ChatSettings> {
        match (named, &place.conversation) {
            (Some(settings), _) => settings.checked(),
            (None, Some(conversation)) => Ok(conversation.settings.clone()),
            (None, None) => Ok(self
                .db
                .find_default_settings(user)
                .await?
                .unwrap_or_default()),
        }
    }

    /// Where a message goes, with what was said before it.
    async fn place(&self, user: UserId, request: &SendRequest) -> AppResult<Place> {
        if let Some(replaced) = request.replaces {
            return self.place_beside(user, request, replaced).await;
        }
        let Some(id) = request.conversation_id else {
            let assistant = request.settings.as_ref().and_then(|with| with.assistant);
            let slug = match (&request.tool, assistant) {
                (Some(slug), _) => slug.clone(),
                (None, Some(version)) => self.assistants.version(user, version).await?.tool,
                (None, None) => self.catalog.chat_tool(None).await?.slug,
            };
            return Ok(Place {
                conversation: None,
                tool: self.catalog.record(&slug).await?,
                before: Vec::new(),
                is_edit: false,
            });
        };
        let (conversation, tool) = self.conversation(user, id).await?;
        Ok(Place {
            before: self.branch_to(&conversation, conversation.leaf).await?,
            conversation: Some(conversation),
            tool,
            is_edit: false,
        })
    }

    /// The place of another version of a sent message.
    async fn place_beside(
        &self,
        user: UserId,
        request: &SendRequest,
        replaced: MessageId,
    ) -> AppResult<Place> {
        let (conversation, entry) = self
            .db
            .find_message(user, replaced)
            .await?
            .ok_or_else(|| AppError::not_found("message"))?;
        let is_elsewhere = request.conversation_id.is_some_and(|id| id != conversation);
        if is_elsewhere || entry.message.author != Author::User {
            return Err(AppError::not_found("message"));
        }
        let (conversation, tool) = self.conversation(user, conversation).await?;
        Ok(Place {
            before: self.branch_to(&conversation, entry.parent).await?,
            conversation: Some(conversation),
            tool,
            is_edit: true,
        })
    }
}

async fn insert_question(
    tx: &mut Transaction,
    sent: &Sent,
    before: &[Message],
    message: &Message,
) -> AppResult<()> {
    let question = NewMessage {
        id: message.id,
        conversation: sent.conversation_id,
        parent: before.last().map(|message| message.id),
        author: Author::User,
        text: &message.text,
        attachments: &message.attachments,
        output: None,
        heard_ms: message.heard_ms,
    };
    Ok(tx.insert_message(&question).await?)
}

/// A title made of a first message: of its words, or else of its first file's name.
fn title_of(text: &str, attachments: &[Attachment]) -> String {
    match attachments.first() {
        Some(first) if text.is_empty() => title_from(&first.file.name),
        _ => title_from(text),
    }
}
