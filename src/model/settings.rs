//! How a conversation asks: instructions, parameters, the shape of its answers. Kept with the conversation; presets and
//! assistants are saved settings.

use super::{ids::AssistantId, params::Parameters};
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
