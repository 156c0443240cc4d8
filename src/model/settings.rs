//! How a conversation asks: instructions, parameters, the shape of its answers. Kept with the conversation; presets and
//! assistants are saved settings.

use super::{
    AppError, AppResult,
    ids::{AssistantId, PresetId},
    params::Parameters,
    schema,
};
use serde::{Deserialize, Serialize};

/// What a person set for a conversation, over what its tool or assistant brings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChatSettings {
    /// Instructions; the tool's or the assistant's own where they are missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_prompt: Option<String>,
    /// What was set; everything else is the tool's.
    pub parameters: Parameters,
    /// The shape that answers must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<OutputFormat>,
    /// The assistant that the conversation talks to, in the version it began with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assistant: Option<AssistantVersion>,
}

/// A version of an assistant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssistantVersion {
    /// Which assistant.
    pub id: AssistantId,
    /// From 1.
    pub version: u32,
}

/// The shape that an answer must have: JSON, by a schema or any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputFormat {
    /// A name for providers: letters, digits, `_` and `-`, at most 64.
    pub name: String,
    /// The JSON schema as it was written; any JSON object where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Whether the provider is held to it exactly.
    #[serde(default)]
    pub is_strict: bool,
}

/// Longest instructions, in bytes of UTF-8.
pub const MAX_SYSTEM_PROMPT_BYTES: usize = 64_000;
/// Longest schema, in bytes of UTF-8.
pub const MAX_SCHEMA_BYTES: usize = 64_000;
/// Longest name of a preset, in characters.
pub const MAX_PRESET_NAME_CHARS: usize = 60;

/// Settings that a person saved under a name, to apply them to any conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    /// Identifier.
    pub id: PresetId,
    /// Its name; each of a person's has one of its own.
    pub name: String,
    /// What it sets. It belongs to no assistant.
    pub settings: ChatSettings,
    /// Whether new chats begin with it.
    pub is_default: bool,
}

impl ChatSettings {
    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These, if each is what it may be; instructions of nothing but space count as missing.
    ///
    /// # Errors
    /// A sentence about the field that is not.
    pub fn checked(self) -> AppResult<Self> {
        let output = self.output.map(schema::parse_output).transpose()?;
        Ok(Self {
            system_prompt: parse_instructions("system_prompt", self.system_prompt)?,
            parameters: self.parameters.checked()?,
            output,
            assistant: self.assistant,
        })
    }
}

/// Instructions as they are stored, or what is wrong with them. Nothing but space counts as missing.
///
/// # Errors
/// A sentence about `field`.
pub fn parse_instructions(field: &str, text: Option<String>) -> AppResult<Option<String>> {
    let text = text.map(|text| text.replace('\0', "").replace("\r\n", "\n"));
    let text = text.filter(|text| !text.trim().is_empty());
    match text {
        Some(text) if text.len() > MAX_SYSTEM_PROMPT_BYTES => Err(AppError::field(
            field,
            format!(
                "The instructions have {} characters; at most about {MAX_SYSTEM_PROMPT_BYTES} fit.",
                text.chars().count()
            ),
        )),
        text => Ok(text),
    }
}

/// The name of something that is saved, with its spaces tidied, or what is wrong with it.
///
/// # Errors
/// A sentence about the field `name`.
pub fn parse_label(what: &str, name: &str, max_chars: usize) -> AppResult<String> {
    let name: String = name.chars().filter(|c| *c != '\0').collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(AppError::field("name", format!("Give the {what} a name.")));
    }
    if name.chars().any(char::is_control) {
        return Err(AppError::field(
            "name",
            "A name is made of characters that can be seen.",
        ));
    }
    if name.chars().count() > max_chars {
        return Err(AppError::field(
            "name",
            format!("A name has at most {max_chars} characters."),
        ));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_of_nothing_are_missing_and_too_long_ones_are_refused() {
        let of = |text: &str| parse_instructions("system_prompt", Some(text.to_owned()));
        assert_eq!(of(" \n "), Ok(None));
        assert_eq!(of("Be\r\nbrief\0"), Ok(Some("Be\nbrief".to_owned())));
        let long = "x".repeat(MAX_SYSTEM_PROMPT_BYTES + 1);
        let error = of(&long).expect_err("too long");
        assert_eq!(error.field.as_deref(), Some("system_prompt"));
    }

    #[test]
    fn a_name_is_tidied_and_has_limits() {
        assert_eq!(
            parse_label("preset", "  My \n preset ", 60).as_deref(),
            Ok("My preset")
        );
        assert!(parse_label("preset", "  ", 60).is_err());
        assert!(parse_label("preset", &"x".repeat(61), 60).is_err());
        assert!(parse_label("preset", "a\u{7}b", 60).is_err());
    }
}
