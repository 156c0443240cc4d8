//! Sending a message and waiting for the end of its answer, for callers that do not read along.

use super::Chat;
use crate::model::{
    AppError, AppResult,
    chat::{AnswerExtras, RunState, SendRequest, Sent, Usage},
    ids::UserId,
    transcript::Transcript,
};
use futures::StreamExt;

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Where it is.
    pub sent: Sent,
    /// Its text.
    pub text: String,
    /// What it brings besides.
    pub extras: AnswerExtras,
    /// How it ended, by itself or not.
    pub state: RunState,
    /// What it took, when the provider told.
    pub usage: Option<Usage>,
}

impl Chat {
    /// Sends a message and waits until its answer has ended. Whoever stops waiting does not stop the answer: it goes on and is
    /// kept in the conversation.
    ///
    /// # Errors
    /// As [`Chat::send`]; what the answer failed with.
    pub async fn send_and_wait(&self, user: UserId, request: SendRequest) -> AppResult<Reply> {
        let sent = self.send(user, request).await?;
        let mut events = self.attach(user, sent.run_id, Some(0)).await?;
        let mut answer = Transcript::default();
        while let Some(batch) = events.next().await {
            for event in batch {
                answer.apply(&event);
            }
        }
        match answer.state {
            RunState::Failed { error } => Err(error),
            state if state.is_end() => Ok(Reply {
                sent,
                text: answer.text,
                extras: answer.extras,
                state,
                usage: answer.usage,
            }),
            // The conversation was deleted meanwhile, and the answer with it.
            _ => Err(AppError::not_found("answer")),
        }
    }
}
