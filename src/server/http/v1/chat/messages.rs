//! The messages of a request for a completion.

use crate::server::{
    http::v1::{error::ApiResult, fields::Fields, parts::Parts},
    providers::{ChatMessage, Role, ToolCall},
};

/// Most messages in one request.
const MAX_MESSAGES: usize = 2048;

/// Reads `messages`.
pub(super) async fn read(parts: &Parts<'_>, fields: &Fields<'_>) -> ApiResult<Vec<ChatMessage>> {
    let list = fields
        .objects("messages")?
        .ok_or_else(|| fields.wrong("messages", "is missing"))?;
    if list.is_empty() || list.len() > MAX_MESSAGES {
        return Err(fields.wrong("messages", "must hold between 1 and 2048 messages"));
    }
    let mut messages = Vec::with_capacity(list.len());
    for message in list {
        messages.push(read_one(parts, &message).await?);
    }
    Ok(messages)
}

async fn read_one(parts: &Parts<'_>, message: &Fields<'_>) -> ApiResult<ChatMessage> {
    let role = match message.needed_text("role")? {
        "system" | "developer" => Role::System,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "tool" => Role::Tool,
        "function" => {
            return Err(message.wrong(
                "role",
                "`function` is no longer part of the interface: use `tool`",
            ));
        }
        _ => {
            return Err(message.wrong(
                "role",
                "must be one of `system`, `developer`, `user`, `assistant`, `tool`",
            ));
        }
    };
    let tool_calls = match role {
        Role::Assistant => calls(message)?,
        _ => Vec::new(),
    };
    let tool_call_id = match role {
        Role::Tool => Some(message.needed_text("tool_call_id")?.to_owned()),
        _ => None,
    };
    let mut content = parts.read(message, "content").await?;
    if content.is_empty() && role == Role::Assistant {
        content = parts.read(message, "refusal").await?;
    }
    if content.is_empty() && tool_calls.is_empty() {
        return Err(message.wrong("content", "is missing"));
    }
    Ok(ChatMessage {
        role,
        parts: content,
        tool_calls,
        tool_call_id,
    })
}

fn calls(message: &Fields<'_>) -> ApiResult<Vec<ToolCall>> {
    let calls = message.objects("tool_calls")?.unwrap_or_default();
    let calls = calls.into_iter().map(|call| {
        call.check_choice("type", &["function"])?;
        let function = call.needed_object("function")?;
        Ok(ToolCall {
            id: call.needed_text("id")?.to_owned(),
            name: function.needed_text("name")?.to_owned(),
            arguments: function.needed_text("arguments")?.to_owned(),
        })
    });
    calls.collect()
}
