//! The functions that a program would call. Both doors name them alike but for where a function's fields stand.

use super::{error::ApiResult, fields::Fields, parts::plain_name};
use serde_json::{Map, Value, json};

/// Most functions in one request, as the interface has it.
const MAX_TOOLS: usize = 128;

/// The entries of `tools`.
pub(super) fn entries<'a>(fields: &Fields<'a>) -> ApiResult<Vec<Fields<'a>>> {
    let tools = fields.objects("tools")?.unwrap_or_default();
    if tools.len() > MAX_TOOLS {
        return Err(fields.wrong("tools", "must hold at most 128 functions"));
    }
    Ok(tools)
}

/// One function in the form of chat completions, with what is documented and no more.
pub(super) fn definition(function: &Fields<'_>) -> ApiResult<Value> {
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

/// `tool_choice` in the form of chat completions. `named` gives the object that holds the chosen function's name.
pub(super) fn choice<'a>(
    fields: &Fields<'a>,
    named: impl Fn(Fields<'a>) -> ApiResult<Fields<'a>>,
) -> ApiResult<Option<Value>> {
    match fields.value("tool_choice") {
        None => Ok(None),
        Some(word @ Value::String(_)) => {
            fields.check_choice("tool_choice", &["none", "auto", "required"])?;
            Ok(Some(word.clone()))
        }
        Some(value) => {
            let choice = Fields::at(value, fields.place("tool_choice"))?;
            choice.check_choice("type", &["function"])?;
            let name = plain_name(&named(choice)?)?;
            Ok(Some(
                json!({ "type": "function", "function": { "name": name } }),
            ))
        }
    }
}
