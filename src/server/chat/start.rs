//! Starting a run: what every way of asking has in common, from the transaction that stores it to the task that drives it.

use super::{Chat, drive::Drive, engine::Question, settings::Effective};
use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        catalog::ChatApi,
        chat::{AnswerExtras, Author, Message, Sent},
        ids::{IdempotencyKey, MessageId, UserId},
        settings::ChatSettings,
    },
    server::{
        db::{
            DbError, Transaction,
            conversations::{ConversationRecord, ThreadRecord},
            messages::NewMessage,
            now_ms,
            runs::NewRun,
            tools::ToolRecord,
        },
        providers::{ChatMessage, ChatPart, ChatRequest, Role, Thread},
    },
};
use tracing::Instrument;

/// What a run needs to begin.
pub(super) struct Start<'a> {
    pub(super) user: UserId,
    pub(super) key: IdempotencyKey,
    pub(super) tool: &'a ToolRecord,
    pub(super) sent: Sent,
    /// How the conversation asks from here on.
    pub(super) settings: &'a ChatSettings,
    /// What this question is asked with.
    pub(super) effective: Effective,
    /// The branch that is asked with: oldest first, ending with what is answered or gone on from.
    pub(super) branch: Vec<Message>,
    /// The turns that ask for what an answer missed that this one is to put right: they come before it and are no part of
    /// the branch.
    pub(super) repair: Vec<ChatMessage>,
    /// The provider's own copy of the conversation, as it was before.
    pub(super) thread: Option<ThreadRecord>,
    /// Text that the answer goes on from; empty for a new one.
    pub(super) text: String,
    /// What there is besides that text.
    pub(super) extras: AnswerExtras,
}

impl Chat {
    /// What an earlier request of the same key became; else what `work` makes of it now.
    pub(super) async fn once(
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

    /// A transaction that starts a run, unless this process is stopping.
    pub(super) async fn begin(&self) -> AppResult<Transaction> {
        if self.draining.is_cancelled() {
            return Err(AppError::new(
                ErrorKind::Unavailable,
                "The server is restarting. Your text is kept; send it again in a moment.",
            )
            .retry_after(2));
        }
        Ok(self.db.begin().await?)
    }

    /// Stores the run, and once all of it is stored, drives it.
    pub(super) async fn start(&self, mut tx: Transaction, start: Start<'_>) -> AppResult<Sent> {
        let sent = start.sent.clone();
        let run = NewRun {
            id: sent.run_id,
            conversation: sent.conversation_id,
            message: sent.message_id,
            user: start.user,
            key: start.key,
            tool_slug: &start.tool.slug,
            is_continuation: !start.text.is_empty(),
            extras: &start.extras,
            node: &self.node,
            lease: now_ms(),
        };
        match tx.insert_run(&run).await {
            Ok(()) => {}
            Err(DbError::Constraint(_)) => return Err(still_open()),
            Err(error) => return Err(error.into()),
        }
        tx.begin_in_conversation(sent.conversation_id, sent.message_id, start.settings)
            .await?;
        // From here on it is no matter whether whoever asked is still there: what is stored is driven.
        let begin = self.prepare(drive(start));
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

    /// The branch of a conversation that ends in `leaf`; nothing where there is none.
    pub(super) async fn branch_to(
        &self,
        record: &ConversationRecord,
        leaf: Option<MessageId>,
    ) -> AppResult<Vec<Message>> {
        let Some(leaf) = leaf else {
            return Ok(Vec::new());
        };
        let entries = self.db.list_branch(record.id, leaf).await?;
        Ok(entries.into_iter().map(|entry| entry.message).collect())
    }

    /// That a tool answers here.
    pub(super) fn check_chattable(&self, tool: &ToolRecord) -> AppResult<()> {
        match self.engine.providers().unavailable_because(tool) {
            None => Ok(()),
            Some(reason) => Err(AppError {
                field: Some("tool".to_owned()),
                ..AppError::new(ErrorKind::Unavailable, reason)
            }),
        }
    }
}

/// Takes the conversation for this transaction, so that two tabs cannot both go on in it. Returns the end of its open branch.
pub(super) async fn lock(
    tx: &mut Transaction,
    record: &ConversationRecord,
) -> AppResult<Option<MessageId>> {
    let Some(leaf) = tx.lock_conversation(record.id).await? else {
        return Err(AppError::not_found("conversation"));
    };
    if tx.has_open_run(record.id).await? {
        return Err(still_open());
    }
    Ok(leaf)
}

/// The same for whoever goes on at the end of the open branch: nobody else may have done so meanwhile.
pub(super) async fn lock_end(tx: &mut Transaction, record: &ConversationRecord) -> AppResult<()> {
    if lock(tx, record).await? == record.leaf {
        Ok(())
    } else {
        Err(went_on())
    }
}

pub(super) fn went_on() -> AppError {
    AppError::new(
        ErrorKind::Conflict,
        "This conversation went on in another tab. Reload the page and try again.",
    )
}

pub(super) fn still_open() -> AppError {
    AppError::new(
        ErrorKind::Conflict,
        "The answer before is still being written. Wait for it, or stop it first.",
    )
}

/// Adds the message that the run will fill.
pub(super) async fn insert_answer(
    tx: &mut Transaction,
    sent: &Sent,
    effective: &Effective,
) -> Result<(), DbError> {
    tx.insert_message(&NewMessage {
        id: sent.message_id,
        conversation: sent.conversation_id,
        parent: Some(sent.user_message_id),
        author: Author::Assistant,
        text: "",
        attachments: &[],
        output: effective.output.as_ref(),
        heard_ms: 0,
    })
    .await
}

fn drive(start: Start<'_>) -> Drive {
    let thread = thread_for(start.tool, start.thread, &start.branch);
    let mut messages: Vec<_> = start.effective.message().into_iter().collect();
    let mut branch = start.branch;
    let begun = match start.text.is_empty() {
        true => None,
        false => branch.pop(),
    };
    messages.extend(branch.into_iter().filter_map(said));
    messages.extend(start.repair);
    messages.extend(begun.and_then(said));
    let request = ChatRequest {
        model: start.tool.model.clone().unwrap_or_default(),
        features: start.tool.features.clone(),
        messages,
        parameters: start.effective.parameters,
        output: start.effective.output,
        tools: None,
        thread,
        continue_last: !start.text.is_empty(),
        run_id: start.sent.run_id,
    };
    Drive {
        run: start.sent.run_id,
        message: start.sent.message_id,
        question: Question {
            user: start.user,
            tool: start.tool.clone(),
            request,
        },
        text: start.text,
        extras: start.extras,
    }
}

/// A message as a provider is asked with it; an answer that never got a word is left out.
fn said(message: Message) -> Option<ChatMessage> {
    let (role, attachments) = match message.author {
        Author::User => (Role::User, message.attachments),
        Author::Assistant => (Role::Assistant, Vec::new()),
    };
    let mut parts: Vec<_> = attachments
        .into_iter()
        .map(|attachment| ChatPart::Attachment(Box::new(attachment)))
        .collect();
    if !message.text.is_empty() {
        parts.push(ChatPart::Text(message.text));
    }
    (!parts.is_empty()).then(|| ChatMessage {
        role,
        parts,
        tool_calls: Vec::new(),
        tool_call_id: None,
    })
}

/// The provider's own copy to go on in, for a tool whose provider keeps some: the one that was kept where it holds a part of
/// this very branch, else a new one.
fn thread_for(tool: &ToolRecord, kept: Option<ThreadRecord>, branch: &[Message]) -> Option<Thread> {
    if tool.features.api != ChatApi::Responses {
        return None;
    }
    let held = kept
        .filter(|kept| kept.provider == tool.api_type)
        .and_then(|kept| {
            let last = branch.iter().position(|message| message.id == kept.leaf)?;
            Some((kept.id, last + 1))
        });
    Some(match held {
        None => Thread { id: None, holds: 0 },
        Some((id, held)) => {
            let is_said =
                |message: &&Message| !message.text.is_empty() || !message.attachments.is_empty();
            Thread {
                id: Some(id),
                holds: branch.iter().take(held).filter(is_said).count(),
            }
        }
    })
}
