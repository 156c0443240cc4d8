//! The functions that a program would call, as requests for responses name them.

use crate::server::{
    http::v1::{
        chat::{MAX_TOOLS, definition},
        error::ApiResult,
        fields::Fields,
        parts::plain_name,
    },
    providers::ToolUse,
};
use serde_json::{Value, json};

/// Reads `tools`, `tool_choice` and `parallel_tool_calls` into the form of chat completions.
pub(super) fn read(fields: &Fields<'_>) -> ApiResult<Option<ToolUse>> {
    let tools = fields.objects("tools")?.unwrap_or_default();
    if tools.len() > MAX_TOOLS {
        return Err(fields.wrong("tools", "must hold at most 128 functions"));
    }
    let definitions = tools.iter().map(|tool| match tool.needed_text("type")? {
        "function" => definition(tool),
        _ => Err(tool.wrong(
            "type",
            "must be `function`: tools that run on OpenAI's servers are not offered here",
        )),
    });
    let definitions: Vec<Value> = definitions.collect::<ApiResult<_>>()?;
    let choice = choice(fields)?;
    let parallel = fields.flag("parallel_tool_calls")?;
    Ok((!definitions.is_empty()).then_some(ToolUse {
        definitions: Value::Array(definitions),
        choice,
        parallel,
    }))
}

fn choice(fields: &Fields<'_>) -> ApiResult<Option<Value>> {
    match fields.value("tool_choice") {
        None => Ok(None),
        Some(Value::String(_)) => {
            fields.check_choice("tool_choice", &["none", "auto", "required"])?;
            Ok(fields.value("tool_choice").cloned())
        }
        Some(value) => {
            let choice = Fields::at(value, fields.place("tool_choice"))?;
            choice.check_choice("type", &["function"])?;
            let name = plain_name(&choice)?;
            Ok(Some(
                json!({ "type": "function", "function": { "name": name } }),
            ))
        }
    }
}
