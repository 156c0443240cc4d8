//! The functions that a program would call, as requests for responses name them.

use crate::server::{
    http::v1::{
        error::ApiResult,
        fields::Fields,
        tools::{choice, definition, entries},
    },
    providers::ToolUse,
};
use serde_json::Value;

/// Reads `tools`, `tool_choice` and `parallel_tool_calls` into the form of chat completions.
pub(super) fn read(fields: &Fields<'_>) -> ApiResult<Option<ToolUse>> {
    let tools = entries(fields)?;
    let definitions = tools.iter().map(|tool| match tool.needed_text("type")? {
        "function" => definition(tool),
        _ => Err(tool.wrong(
            "type",
            "must be `function`: tools that run on OpenAI's servers are not offered here",
        )),
    });
    let definitions: Vec<Value> = definitions.collect::<ApiResult<_>>()?;
    let choice = choice(fields, Ok)?;
    let parallel = fields.flag("parallel_tool_calls")?;
    Ok((!definitions.is_empty()).then_some(ToolUse {
        definitions: Value::Array(definitions),
        choice,
        parallel,
    }))
}
