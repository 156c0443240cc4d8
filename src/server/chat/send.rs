//! Sending a message, asking again, going on: each stores what it does, then starts a run.

use super::{Chat, drive::Drive, engine::Question};
use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        chat::{AnswerExtras, Author, Message, SendRequest, Sent, parse_message_text, title_from},
        ids::{ConversationId, IdempotencyKey, MessageId, RunId, UserId},
        params::Parameters,
    },
    server::{
        db::{
            DbError, Transaction, conversations::ConversationRecord, messages::NewMessage, now_ms,
            runs::NewRun, tools::ToolRecord,
        },
        providers::{ChatMessage, ChatRequest, Role},
    },
};
use tracing::Instrument;

/// What a run needs to begin.
struct Start<'a> {
    user: UserId,
    key: IdempotencyKey,
    tool: &'a ToolRecord,
    sent: Sent,
    /// Text that the answer goes on from; empty for a new one.
    text: String,
    /// The branch that is asked with: oldest first, ending with what is answered or gone on from.
    branch: Vec<Message>,
}

impl Chat {
    /// Stores a person's message and starts answering it. The same key again is the same send: nothing is stored twice.
    ///
    /// # Errors
    /// A sentence about `text` or `tool`; `NotFound` for somebody else's conversation; `Conflict` while an answer in the
    /// conversation is open.
    pub async fn send(&self, user: UserId, request: SendRequest) -> AppResult<Sent> {
        let key = request.idempotency_key;
        self.once(user, key, self.send_new(user, request)).await
    }

    async fn send_new(&self, user: UserId, request: SendRequest) -> AppResult<Sent> {
        let text = parse_message_text(&request.text)?;
        let record = match request.conversation_id {
            Some(id) => Some(self.conversation(user, id).await?),
            None => None,
        };
        let slug = match &record {
            Some(record) => record.tool_slug.clone(),
            None => self.catalog.chat_tool(request.tool.as_deref()).await?.slug,
        };
        let tool = self.chattable(&slug).await?;
        let mut branch = match &record {
            Some(record) => self.branch(record).await?,
            None => Vec::new(),
        };
        let sent = Sent {
            conversation_id: record.as_ref().map_or_else(ConversationId::new, |r| r.id),
            user_message_id: MessageId::new(),
            message_id: MessageId::new(),
            run_id: RunId::new(),
        };
        let mut tx = self.begin().await?;
        match &record {
            Some(record) => lock(&mut tx, record).await?,
            None => {
                let title = title_from(&text);
                let settings = request.settings.clone().unwrap_or_default();
                tx.insert_conversation(user, sent.conversation_id, &tool.slug, &title, &settings)
                    .await?;
            }
        }
        let parent = branch.last().map(|message| message.id);
        tx.insert_message(&NewMessage {
            id: sent.user_message_id,
            conversation: sent.conversation_id,
            parent,
            author: Author::User,
            text: &text,
            attachments: &[],
            output: None,
        })
        .await?;
        insert_answer(&mut tx, &sent).await?;
        branch.push(Message::new(sent.user_message_id, Author::User, text));
        let start = Start {
            user,
            key: request.idempotency_key,
            tool: &tool,
            sent,
            text: String::new(),
            branch,
        };
        self.start(tx, start).await
    }

    /// Answers the same question again, as a sibling of `message`.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` while an answer in the conversation is open.
    pub async fn regenerate(
        &self,
        user: UserId,
        message: MessageId,
        key: IdempotencyKey,
    ) -> AppResult<Sent> {
        self.once(user, key, self.regenerate_new(user, message, key))
            .await
    }

    async fn regenerate_new(
        &self,
        user: UserId,
        message: MessageId,
        key: IdempotencyKey,
    ) -> AppResult<Sent> {
        let (record, question) = self.answered(user, message).await?;
        let tool = self.chattable(&record.tool_slug).await?;
        let branch = self.branch_to(&record, question).await?;
        let sent = Sent {
            conversation_id: record.id,
            user_message_id: question,
            message_id: MessageId::new(),
            run_id: RunId::new(),
        };
        let mut tx = self.begin().await?;
        lock(&mut tx, &record).await?;
        insert_answer(&mut tx, &sent).await?;
        let start = Start {
            user,
            key,
            tool: &tool,
            sent,
            text: String::new(),
            branch,
        };
        self.start(tx, start).await
    }

    /// Goes on from the text of an answer that was cut short.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` while it is open; `Invalid` when there is nothing to go on from.
    pub async fn continue_answer(
        &self,
        user: UserId,
        message: MessageId,
        key: IdempotencyKey,
    ) -> AppResult<Sent> {
        self.once(user, key, self.continue_new(user, message, key))
            .await
    }

    async fn continue_new(
        &self,
        user: UserId,
        message: MessageId,
        key: IdempotencyKey,
    ) -> AppResult<Sent> {
        let (record, question) = self.answered(user, message).await?;
        let tool = self.chattable(&record.tool_slug).await?;
        let mut branch = self.branch_to(&record, message).await?;
        let text = match branch.last() {
            Some(last) if last.is_open() => return Err(still_open()),
            Some(last)
                if last
                    .run
                    .as_ref()
                    .is_some_and(|run| run.state.is_cut_short()) =>
            {
                last.text.clone()
            }
            _ => {
                return Err(AppError::new(
                    ErrorKind::Invalid,
                    "This answer is complete; there is nothing to go on from.",
                ));
            }
        };
        let sent = Sent {
            conversation_id: record.id,
            user_message_id: question,
            message_id: message,
            run_id: RunId::new(),
        };
        let mut tx = self.begin().await?;
        lock(&mut tx, &record).await?;
        if tx.find_text(message).await?.as_ref() != branch.last().map(|last| &last.text) {
            return Err(went_on());
        }
        if text.is_empty() {
            // Nothing came before it broke: going on is answering the question.
            branch.pop();
        }
        let start = Start {
            user,
            key,
            tool: &tool,
            sent,
            text,
            branch,
        };
        self.start(tx, start).await
    }

    /// What an earlier request of the same key became; else what `work` makes of it now.
    async fn once(
        &self,
        user: UserId,
        key: IdempotencyKey,
        work: impl Future<Output = AppResult<Sent>>,
    ) -> AppResult<Sent> {
        // Whoever waits for this process to be done waits for this as well.
        let _underway = self.tasks.token();
        if let Some(sent) = self.db.find_sent(user, key).await? {
            return Ok(sent);
        }
        match work.await {
            // The same request came twice at once, and the other was first.
            Err(error) if error.kind == ErrorKind::Conflict => {
                self.db.find_sent(user, key).await?.ok_or(error)
            }
            outcome => outcome,
        }
    }

    /// Stores the run, and once all of it is stored, drives it.
    async fn start(&self, mut tx: Transaction, start: Start<'_>) -> AppResult<Sent> {
        let sent = start.sent.clone();
        let continue_last = !start.text.is_empty();
        let run = NewRun {
            id: sent.run_id,
            conversation: sent.conversation_id,
            message: sent.message_id,
            user: start.user,
            key: start.key,
            tool_slug: &start.tool.slug,
            is_continuation: continue_last,
            node: &self.node,
            lease: now_ms(),
        };
        match tx.insert_run(&run).await {
            Ok(()) => {}
            Err(DbError::Constraint(_)) => return Err(still_open()),
            Err(error) => return Err(error.into()),
        }
        tx.touch_conversation(sent.conversation_id, sent.message_id)
            .await?;
        let request = ChatRequest {
            model: start.tool.model.clone().unwrap_or_default(),
            features: start.tool.features.clone(),
            messages: question(start.branch),
            parameters: Parameters::default(),
            output: None,
            tools: None,
            thread: None,
            continue_last,
            run_id: sent.run_id,
        };
        let drive = Drive {
            run: sent.run_id,
            question: Question {
                user: start.user,
                tool: start.tool.clone(),
                request,
            },
            text: start.text,
            extras: AnswerExtras::default(),
        };
        // From here on it is no matter whether whoever asked is still there: what is stored is driven.
        let begin = self.prepare(drive);
        let storing = async move {
            tx.commit().await?;
            begin();
            Ok::<(), DbError>(())
        };
        match self.tasks.spawn(storing.in_current_span()).await {
            Ok(stored) => stored?,
            Err(error) => {
                tracing::error!(%error, "a run could not be started");
                return Err(AppError::internal());
            }
        }
        Ok(sent)
    }

    /// A transaction that starts a run, unless this process is stopping.
    async fn begin(&self) -> AppResult<Transaction> {
        if self.draining.is_cancelled() {
            return Err(AppError::new(
                ErrorKind::Unavailable,
                "The server is restarting. Your text is kept; send it again in a moment.",
            )
            .retry_after(2));
        }
        Ok(self.db.begin().await?)
    }

    /// The conversation of an answer, and the message it answers.
    async fn answered(
        &self,
        user: UserId,
        message: MessageId,
    ) -> AppResult<(ConversationRecord, MessageId)> {
        let (conversation, entry) = self
            .db
            .find_message(user, message)
            .await?
            .ok_or_else(|| AppError::not_found("message"))?;
        let question = match (entry.message.author, entry.parent) {
            (Author::Assistant, Some(parent)) => parent,
            _ => return Err(AppError::not_found("answer")),
        };
        Ok((self.conversation(user, conversation).await?, question))
    }

    async fn branch_to(
        &self,
        record: &ConversationRecord,
        leaf: MessageId,
    ) -> AppResult<Vec<Message>> {
        let entries = self.db.list_branch(record.id, leaf).await?;
        Ok(entries.into_iter().map(|entry| entry.message).collect())
    }

    /// The row of a tool that answers here.
    async fn chattable(&self, slug: &str) -> AppResult<ToolRecord> {
        let tool = self.catalog.record(slug).await?;
        match self.engine.providers().unavailable_because(&tool) {
            None => Ok(tool),
            Some(reason) => Err(AppError {
                field: Some("tool".to_owned()),
                ..AppError::new(ErrorKind::Unavailable, reason)
            }),
        }
    }
}

/// Takes the conversation for this transaction, so that two tabs cannot both go on in it.
async fn lock(tx: &mut Transaction, record: &ConversationRecord) -> AppResult<()> {
    let Some(leaf) = tx.lock_conversation(record.id).await? else {
        return Err(AppError::not_found("conversation"));
    };
    if tx.has_open_run(record.id).await? {
        return Err(still_open());
    }
    if leaf != record.leaf {
        return Err(went_on());
    }
    Ok(())
}

fn went_on() -> AppError {
    AppError::new(
        ErrorKind::Conflict,
        "This conversation went on in another tab. Reload the page and try again.",
    )
}

fn still_open() -> AppError {
    AppError::new(
        ErrorKind::Conflict,
        "The answer before is still being written. Wait for it, or stop it first.",
    )
}

async fn insert_answer(tx: &mut Transaction, sent: &Sent) -> Result<(), DbError> {
    tx.insert_message(&NewMessage {
        id: sent.message_id,
        conversation: sent.conversation_id,
        parent: Some(sent.user_message_id),
        author: Author::Assistant,
        text: "",
        attachments: &[],
        output: None,
    })
    .await
}

/// The branch as a provider is asked with it; answers that never got a word are left out.
fn question(branch: Vec<Message>) -> Vec<ChatMessage> {
    branch
        .into_iter()
        .filter(|message| !message.text.is_empty())
        .map(|message| {
            let role = match message.author {
                Author::User => Role::User,
                Author::Assistant => Role::Assistant,
            };
            ChatMessage::text(role, message.text)
        })
        .collect()
}
