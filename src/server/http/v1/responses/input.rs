//! The input of a request for a response: a text, or items.

use crate::server::{
    http::v1::{error::ApiResult, fields::Fields, parts::Parts},
    providers::{ChatMessage, Role, ToolCall},
};
use serde_json::Value;

/// Most items in one request.
const MAX_ITEMS: usize = 4096;

/// Reads `input`.
pub(super) async fn read(parts: &Parts<'_>, fields: &Fields<'_>) -> ApiResult<Vec<ChatMessage>> {
    if let Some(Value::String(text)) = fields.value("input") {
        return Ok(vec![ChatMessage::text(Role::User, text)]);
    }
    let items = fields
        .objects("input")?
        .ok_or_else(|| fields.wrong("input", "is missing"))?;
    if items.is_empty() || items.len() > MAX_ITEMS {
        return Err(fields.wrong("input", "must be a text, or a list of 1 to 4096 items"));
    }
    let mut messages = Vec::with_capacity(items.len());
    for item in items {
        add(parts, &item, &mut messages).await?;
    }
    Ok(messages)
}

async fn add(
    parts: &Parts<'_>,
    item: &Fields<'_>,
    messages: &mut Vec<ChatMessage>,
) -> ApiResult<()> {
    match item.text("type")?.unwrap_or("message") {
        "message" => messages.push(message(parts, item).await?),
        "function_call" => add_call(item, messages)?,
        "function_call_output" => messages.push(ChatMessage {
            role: Role::Tool,
            parts: parts.read(item, "output").await?,
            tool_calls: Vec::new(),
            tool_call_id: Some(item.needed_text("call_id")?.to_owned()),
        }),
        // Thoughts of an answer before: whoever answers thinks anew.
        "reasoning" => {}
        "item_reference" => {
            return Err(item.wrong(
                "type",
                "`item_reference` is not known here: responses are not stored, so send the item itself",
            ));
        }
        _ => {
            return Err(item.wrong(
                "type",
                "must be one of `message`, `function_call`, `function_call_output`, `reasoning`",
            ));
        }
    }
    Ok(())
}

async fn message(parts: &Parts<'_>, item: &Fields<'_>) -> ApiResult<ChatMessage> {
    const ROLES: [(&str, Role); 4] = [
        ("user", Role::User),
        ("assistant", Role::Assistant),
        ("system", Role::System),
        ("developer", Role::System),
    ];
    let role = item
        .choice("role", &ROLES)?
        .ok_or_else(|| item.wrong("role", "is missing"))?;
    let content = parts.read(item, "content").await?;
    if content.is_empty() && role != Role::Assistant {
        return Err(item.wrong("content", "is missing"));
    }
    Ok(ChatMessage {
        role,
        parts: content,
        tool_calls: Vec::new(),
        tool_call_id: None,
    })
}

/// A call belongs to the model's message before it; several in a row to the same.
fn add_call(item: &Fields<'_>, messages: &mut Vec<ChatMessage>) -> ApiResult<()> {
    let call = ToolCall {
        id: item.needed_text("call_id")?.to_owned(),
        name: item.needed_text("name")?.to_owned(),
        arguments: item.needed_text("arguments")?.to_owned(),
    };
    match messages.last_mut() {
        Some(last) if last.role == Role::Assistant => last.tool_calls.push(call),
        _ => messages.push(ChatMessage {
            role: Role::Assistant,
            parts: Vec::new(),
            tool_calls: vec![call],
            tool_call_id: None,
        }),
    }
    Ok(())
}
