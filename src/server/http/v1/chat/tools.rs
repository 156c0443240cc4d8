//! The functions that a program would call, as requests for completions name them.

use crate::server::{
    http::v1::{error::ApiResult, fields::Fields, parts::plain_name},
    providers::ToolUse,
};
use serde_json::{Map, Value, json};

/// Most functions in one request, as the interface has it.
pub(in crate::server::http::v1) const MAX_TOOLS: usize = 128;

/// Reads `tools`, `tool_choice` and `parallel_tool_calls`.
pub(super) fn read(fields: &Fields<'_>) -> ApiResult<Option<ToolUse>> {
    let tools = fields.objects("tools")?.unwrap_or_default();
    if tools.len() > MAX_TOOLS {
        return Err(fields.wrong("tools", "must hold at most 128 functions"));
    }
    let choice = choice(fields)?;
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
        let function = tool
            .object("function")?
            .ok_or_else(|| tool.wrong("function", "is missing"))?;
        definition(&function)
    });
    Ok(Some(ToolUse {
        definitions: Value::Array(definitions.collect::<ApiResult<_>>()?),
        choice,
        parallel,
    }))
}

/// One function in the form of chat completions, with what is documented and no more.
pub(in crate::server::http::v1) fn definition(function: &Fields<'_>) -> ApiResult<Value> {
    let mut known = Map::new();
    known.insert("name".to_owned(), json!(plain_name(function)?));
    if let Some(text) = function.text("description")? {
        known.insert("description".to_owned(), json!(text));
    }
    if let Some(parameters) = function.value("parameters") {
        function.object("parameters")?;
        known.insert("parameters".to_owned(), parameters.clone());
    }
    if let Some(is_strict) = function.flag("strict")? {
        known.insert("strict".to_owned(), json!(is_strict));
    }
    Ok(json!({ "type": "function", "function": known }))
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
            let function = choice
                .object("function")?
                .ok_or_else(|| choice.wrong("function", "is missing"))?;
            let name = plain_name(&function)?;
            Ok(Some(
                json!({ "type": "function", "function": { "name": name } }),
            ))
        }
    }
}
