//! The functions that a program would call, as requests for completions name them.

use crate::server::{
    http::v1::{
        error::ApiResult,
        fields::Fields,
        tools::{choice, definition, entries},
    },
    providers::ToolUse,
};
use serde_json::Value;

/// Reads `tools`, `tool_choice` and `parallel_tool_calls`.
pub(super) fn read(fields: &Fields<'_>) -> ApiResult<Option<ToolUse>> {
    let tools = entries(fields)?;
    let choice = choice(fields, |choice| choice.needed_object("function"))?;
    let parallel = fields.flag("parallel_tool_calls")?;
    if tools.is_empty() {
        return match choice {
            Some(choice) if choice != "none" && choice != "auto" => {
                Err(fields.wrong("tool_choice", "is only for requests with `tools`"))
            }
            _ => Ok(None),
        };
    }
    let definitions = tools.iter().map(|tool| {
        tool.check_choice("type", &["function"])?;
        definition(&tool.needed_object("function")?)
    });
    Ok(Some(ToolUse {
        definitions: Value::Array(definitions.collect::<ApiResult<_>>()?),
        choice,
        parallel,
    }))
}
