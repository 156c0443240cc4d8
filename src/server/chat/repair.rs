//! Asking again for an answer that does not have its shape, with what is wrong with it. The new answer stands beside the
//! broken one and remembers it, so that going on or trying again asks the same.

use super::{Chat, again::Again};
use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        chat::{AnswerExtras, Message, Sent},
        ids::{IdempotencyKey, MessageId, UserId},
        schema::instructions::{MAX_REPAIRED_BYTES, repair_question},
    },
    server::{
        providers::{ChatMessage, Role},
        schemas,
    },
};

impl Chat {
    /// Asks again for an answer that does not have its shape, telling the model what is wrong.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` while an answer in the conversation is open; `Invalid` for an answer that was asked for in no
    /// shape, or has it.
    pub async fn repair(
        &self,
        user: UserId,
        message: MessageId,
        key: IdempotencyKey,
    ) -> AppResult<Sent> {
        self.once(user, key, self.repair_new(user, message, key))
            .await
    }

    async fn repair_new(
        &self,
        user: UserId,
        message: MessageId,
        key: IdempotencyKey,
    ) -> AppResult<Sent> {
        let mut answered = self.answered(user, message).await?;
        let mut branch = self
            .branch_to(&answered.conversation, Some(message))
            .await?;
        let broken = branch.pop().ok_or_else(|| AppError::not_found("answer"))?;
        let output = broken.output.clone();
        let repair = turns(broken).await?;
        if repair.is_empty() {
            return Err(AppError::new(
                ErrorKind::Invalid,
                "There is nothing to repair: the answer has its shape, or says why not.",
            ));
        }
        // In the shape that was missed, whatever the conversation asks for by now.
        answered.effective.output = output;
        let again = Again {
            branch,
            repair,
            extras: AnswerExtras {
                repairs: Some(message),
                ..AnswerExtras::default()
            },
        };
        self.answer_beside(user, key, answered, again).await
    }

    /// The turns that ask for what another answer missed; none where that answer is gone or was changed since.
    pub(super) async fn repair_turns(
        &self,
        user: UserId,
        repairs: Option<MessageId>,
    ) -> AppResult<Vec<ChatMessage>> {
        let Some(repairs) = repairs else {
            return Ok(Vec::new());
        };
        match self.db.find_message(user, repairs).await? {
            Some((_, broken)) => turns(broken.message).await,
            None => Ok(Vec::new()),
        }
    }
}

/// A broken answer as the model gave it, and what is wrong with it; nothing for one that has its shape.
async fn turns(broken: Message) -> AppResult<Vec<ChatMessage>> {
    let text = broken.text.clone();
    let check = schemas::check_message(broken).await?;
    if !check.can_be_repaired() {
        return Ok(Vec::new());
    }
    let shown = &text[..text.floor_char_boundary(MAX_REPAIRED_BYTES)];
    Ok(vec![
        ChatMessage::text(Role::Assistant, shown),
        ChatMessage::text(Role::User, repair_question(&check)),
    ])
}
