//! Schemas that a person keeps.

use crate::model::{AppError, AppResult, ids::SchemaId};
use serde::{Deserialize, Serialize};

/// A schema under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedSchema {
    /// Identifier.
    pub id: SchemaId,
    /// What the person calls it.
    pub name: String,
    /// The schema as it was written.
    pub schema: String,
    /// Whether providers are held to it exactly.
    pub is_strict: bool,
}

/// Longest name of a saved schema, in characters.
pub const MAX_SCHEMA_NAME_CHARS: usize = 60;

/// The name as it is stored: words with one space between.
///
/// # Errors
/// A sentence about the field `name`.
pub fn parse_schema_name(name: &str) -> AppResult<String> {
    let name = name.replace('\0', "");
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(AppError::field("name", "Give the schema a name."));
    }
    if name.chars().count() > MAX_SCHEMA_NAME_CHARS {
        return Err(AppError::field(
            "name",
            format!("A name has at most {MAX_SCHEMA_NAME_CHARS} characters."),
        ));
    }
    Ok(name)
}
