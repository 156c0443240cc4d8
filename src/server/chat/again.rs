//! Asking again: another answer to the same question, or more of an answer that was cut short.

use super::{
    Chat,
    settings::Effective,
    start::{Start, insert_answer, lock_end, still_open, went_on},
};
use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        chat::{AnswerExtras, Author, Message, Sent},
        ids::{IdempotencyKey, MessageId, RunId, UserId},
    },
    server::{
        db::{conversations::ConversationRecord, tools::ToolRecord},
        providers::ChatMessage,
    },
};

/// An answer that somebody wants another of, or more of.
pub(super) struct Answered {
    pub(super) conversation: ConversationRecord,
    pub(super) tool: ToolRecord,
    /// The message that it answers.
    question: MessageId,
    /// What is asked with now.
    pub(super) effective: Effective,
}

/// How another answer begins.
pub(super) struct Again {
    /// The messages up to the question.
    pub(super) branch: Vec<Message>,
    /// What is said after them, where an answer is to be repaired.
    pub(super) repair: Vec<ChatMessage>,
    /// What the answer remembers from its beginning.
    pub(super) extras: AnswerExtras,
}

impl Answered {
    /// What becomes of it, in a message of its own or in the one that is there.
    pub(super) fn sent(&self, message: MessageId) -> Sent {
        Sent {
            conversation_id: self.conversation.id,
            user_message_id: self.question,
            message_id: message,
            run_id: RunId::new(),
            heard_ms: 0,
        }
    }
}

impl Chat {
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
        let answered = self.answered(user, message).await?;
        let branch = self
            .branch_to(&answered.conversation, Some(answered.question))
            .await?;
        let again = Again {
            branch,
            repair: Vec::new(),
            extras: AnswerExtras::default(),
        };
        self.answer_beside(user, key, answered, again).await
    }

    /// Begins another answer beside those that are there.
    pub(super) async fn answer_beside(
        &self,
        user: UserId,
        key: IdempotencyKey,
        answered: Answered,
        again: Again,
    ) -> AppResult<Sent> {
        let sent = answered.sent(MessageId::new());
        let mut tx = self.begin().await?;
        lock_end(&mut tx, &answered.conversation).await?;
        insert_answer(&mut tx, &sent, &answered.effective).await?;
        let start = Start {
            user,
            key,
            tool: &answered.tool,
            sent,
            settings: &answered.conversation.settings,
            effective: answered.effective,
            branch: again.branch,
            repair: again.repair,
            thread: answered.conversation.thread.clone(),
            text: String::new(),
            extras: again.extras,
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
        let answered = self.answered(user, message).await?;
        let mut branch = self
            .branch_to(&answered.conversation, Some(message))
            .await?;
        let answer = branch
            .last()
            .cloned()
            .ok_or_else(|| AppError::not_found("answer"))?;
        if answer.is_open() {
            return Err(still_open());
        }
        if !answer
            .run
            .as_ref()
            .is_some_and(|run| run.state.is_cut_short())
        {
            return Err(AppError::new(
                ErrorKind::Invalid,
                "This answer is complete; there is nothing to go on from.",
            ));
        }
        let repair = self.repair_turns(user, answer.extras.repairs).await?;
        let mut tx = self.begin().await?;
        lock_end(&mut tx, &answered.conversation).await?;
        if tx.find_text(message).await?.as_ref() != Some(&answer.text) {
            return Err(went_on());
        }
        let extras = if answer.text.is_empty() {
            // Nothing came before it broke: going on is answering the question.
            branch.pop();
            AnswerExtras {
                repairs: answer.extras.repairs,
                ..AnswerExtras::default()
            }
        } else {
            answer.extras
        };
        let start = Start {
            user,
            key,
            tool: &answered.tool,
            sent: answered.sent(message),
            settings: &answered.conversation.settings,
            effective: Effective {
                // It goes on in the shape that it has.
                output: answer.output,
                ..answered.effective.clone()
            },
            branch,
            repair,
            thread: answered.conversation.thread.clone(),
            text: answer.text,
            extras,
        };
        self.start(tx, start).await
    }

    /// An answer of a person's, with what asking again needs.
    pub(super) async fn answered(&self, user: UserId, message: MessageId) -> AppResult<Answered> {
        let (conversation, entry) = self
            .db
            .find_message(user, message)
            .await?
            .ok_or_else(|| AppError::not_found("message"))?;
        let question = match (entry.message.author, entry.parent) {
            (Author::Assistant, Some(parent)) => parent,
            _ => return Err(AppError::not_found("answer")),
        };
        let (conversation, tool) = self.conversation(user, conversation).await?;
        self.check_chattable(&tool)?;
        let effective = self.effective(user, &conversation.settings).await?;
        Ok(Answered {
            conversation,
            tool,
            question,
            effective,
        })
    }
}
