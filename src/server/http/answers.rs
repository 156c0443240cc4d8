//! Chat for programs that want a whole answer at once: `POST /api/chat` takes a message as JSON and answers when its run has
//! ended. What happens is what happens to a message on the page: it is stored, streamed to whoever looks on, and kept.

use super::session::Member;
use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        chat::{RunState, SendRequest, Usage},
        file::{Attach, Attachment},
        ids::{ConversationId, IdempotencyKey, MessageId},
        settings::ChatSettings,
    },
    server::{chat::Reply, state::AppState},
};
use axum::{Json, extract::State, extract::rejection::JsonRejection};
use serde::{Deserialize, Serialize};

/// A message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AskRequest {
    /// Whom to ask in a new conversation; the default tool where it is missing.
    tool: Option<String>,
    /// Where to go on; a new conversation where it is missing.
    conversation: Option<ConversationId>,
    /// The words.
    #[serde(default)]
    text: String,
    /// Stored files to put on it.
    #[serde(default)]
    attachments: Vec<Attach>,
    /// How to ask from here on.
    settings: Option<ChatSettings>,
    /// Makes a repeated request the same request.
    key: Option<IdempotencyKey>,
}

/// An answer.
#[derive(Serialize)]
pub(super) struct AskResponse {
    conversation: ConversationId,
    message: MessageId,
    text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    reasoning: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<Attachment>,
    /// The tool that answered in place of the one that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_by: Option<String>,
    /// Why it ended: a provider's reason, `stopped` by the person, or `interrupted` by the server.
    finish_reason: String,
    usage: Option<Usage>,
}

/// `POST /api/chat`.
pub(super) async fn ask(
    State(state): State<AppState>,
    member: Option<Member>,
    body: Result<Json<AskRequest>, JsonRejection>,
) -> AppResult<Json<AskResponse>> {
    let Member(user) = member.ok_or_else(AppError::unauthorized)?;
    let Json(asked) = body.map_err(|rejection| {
        AppError::new(
            ErrorKind::Invalid,
            format!("The message could not be read. {}", rejection.body_text()),
        )
    })?;
    let request = SendRequest {
        idempotency_key: asked.key.unwrap_or_default(),
        conversation_id: asked.conversation,
        tool: asked.tool,
        text: asked.text,
        attachments: asked.attachments,
        settings: asked.settings,
        replaces: None,
        transcriptions: Vec::new(),
    };
    let reply = state.chat.send_and_wait(user.id, request).await?;
    Ok(Json(AskResponse::from(reply)))
}

impl From<Reply> for AskResponse {
    fn from(reply: Reply) -> Self {
        Self {
            conversation: reply.sent.conversation_id,
            message: reply.sent.message_id,
            text: reply.text,
            reasoning: reply.extras.reasoning,
            files: reply.extras.files,
            answered_by: reply.extras.answered_by,
            finish_reason: finish_reason(&reply.state),
            usage: reply.usage,
        }
    }
}

fn finish_reason(state: &RunState) -> String {
    match state {
        RunState::Finished { reason } => serde_json::to_value(reason)
            .ok()
            .and_then(|name| name.as_str().map(ToOwned::to_owned))
            .unwrap_or_default(),
        RunState::Stopped => "stopped".to_owned(),
        _ => "interrupted".to_owned(),
    }
}
