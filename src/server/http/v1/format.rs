//! The shape that an answer is wanted in: `response_format` of chat completions, `text.format` of responses.

use super::{error::ApiResult, fields::Fields, parts::plain_name};
use crate::model::settings::{MAX_SCHEMA_BYTES, OutputFormat};
use serde_json::Value;

/// The shape that `format` asks for. `schema_in` is where chat completions put the schema; responses have it in the format
/// itself.
pub(super) fn read(
    format: &Fields<'_>,
    schema_in: Option<&str>,
) -> ApiResult<Option<OutputFormat>> {
    match format.needed_text("type")? {
        "text" => Ok(None),
        "json_object" => Ok(Some(OutputFormat {
            name: "answer".to_owned(),
            schema: None,
            is_strict: false,
        })),
        "json_schema" => match schema_in {
            None => schema(format).map(Some),
            Some(name) => schema(&format.needed_object(name)?).map(Some),
        },
        _ => Err(format.wrong(
            "type",
            "must be one of `text`, `json_object`, `json_schema`",
        )),
    }
}

fn schema(fields: &Fields<'_>) -> ApiResult<OutputFormat> {
    let name = plain_name(fields)?.to_owned();
    let schema = match fields.value("schema") {
        Some(schema @ Value::Object(_)) => schema.to_string(),
        Some(_) => return Err(fields.wrong("schema", "must be an object")),
        None => return Err(fields.wrong("schema", "is missing")),
    };
    if schema.len() > MAX_SCHEMA_BYTES {
        return Err(fields.wrong("schema", "is longer than the 64 kB that are taken"));
    }
    Ok(OutputFormat {
        name,
        schema: Some(schema),
        is_strict: fields.flag("strict")?.unwrap_or(false),
    })
}
