//! How a conversation asks: what was set for it, over what its assistant brings. What the tool brings stands under both, and
//! is the engine's matter.

use super::Chat;
use crate::{
    model::{
        AppError, AppResult,
        assistant::AssistantDefinition,
        ids::{ConversationId, UserId},
        params::Parameters,
        settings::{ChatSettings, OutputFormat},
    },
    server::providers::{ChatMessage, Role},
};

/// What a question of a conversation is asked with.
#[derive(Clone, Debug, Default)]
pub(super) struct Effective {
    /// Instructions; the tool's own where they are missing.
    pub(super) instructions: Option<String>,
    /// What was set; everything else is the tool's.
    pub(super) parameters: Parameters,
    /// The shape that the answer must have.
    pub(super) output: Option<OutputFormat>,
}

impl Effective {
    /// The instructions as the first message of a question.
    pub(super) fn message(&self) -> Option<ChatMessage> {
        let instructions = self.instructions.as_ref()?;
        Some(ChatMessage::text(Role::System, instructions))
    }
}

impl Chat {
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

    /// What a question is asked with: what was set for the conversation, and the assistant's elsewhere.
    pub(super) async fn effective(
        &self,
        user: UserId,
        settings: &ChatSettings,
    ) -> AppResult<Effective> {
        let assistant = match settings.assistant {
            Some(version) => self.assistants.version(user, version).await?,
            None => AssistantDefinition::default(),
        };
        Ok(Effective {
            instructions: settings.system_prompt.clone().or(assistant.instructions),
            parameters: settings.parameters.clone().over(&assistant.parameters),
            output: settings.output.clone().or(assistant.output),
        })
    }
}
