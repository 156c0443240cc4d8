//! What both chat interfaces send alike: bytes as data URLs, the instructions, the shape that is wanted.

use crate::{
    model::{
        catalog::{ModelFeatures, StructuredOutput},
        file::ImageDetail,
        params::{ReasoningEffort, Verbosity},
        schema::{instructions::shape_instructions, json::Json, output_name},
        settings::OutputFormat,
    },
    server::providers::{
        ChatMessage, ChatPart, ChatRequest, ProviderError, ProviderErrorKind, Role, Source,
    },
};
use base64::{display::Base64Display, engine::general_purpose::STANDARD};
use serde::{Serialize, Serializer};

/// Neither interface has a way to prefill an answer, so going on is asked for in words.
pub(super) const CONTINUE: &str = "Continue exactly where your last message stopped. Do not repeat anything and do not comment on it.";

/// Where a picture or a document is: an address, or the bytes as one. They are encoded while the request is written, so that
/// no second copy of them is made.
pub(super) enum Address<'a> {
    Url(&'a str),
    Data {
        media_type: &'a str,
        bytes: &'a [u8],
    },
}

impl Serialize for Address<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Url(url) => serializer.serialize_str(url),
            Self::Data { media_type, bytes } => serializer.collect_str(&format_args!(
                "data:{media_type};base64,{}",
                Base64Display::new(bytes, &STANDARD)
            )),
        }
    }
}

/// A recording as completions take it.
#[derive(Serialize)]
pub(super) struct InputAudio<'a> {
    #[serde(serialize_with = "base64")]
    data: &'a [u8],
    format: &'static str,
}

fn base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Base64Display::new(bytes, &STANDARD))
}

impl<'a> InputAudio<'a> {
    /// Two formats are taken.
    pub(super) fn of(media_type: &str, bytes: &'a [u8], name: &str) -> Result<Self, ProviderError> {
        let format = match media_type {
            "audio/wav" | "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => "wav",
            "audio/mpeg" | "audio/mp3" => "mp3",
            _ => {
                return Err(ProviderError::new(
                    ProviderErrorKind::BadRequest,
                    format!(
                        "This model hears WAV and MP3, and {name} is neither. Have it written down instead, or convert it."
                    ),
                ));
            }
        };
        Ok(Self {
            data: bytes,
            format,
        })
    }
}

/// A question with its instructions apart.
pub(super) struct Prompt<'a> {
    /// What the leading messages of the role system say, and what is said of the shape.
    pub(super) instructions: Option<String>,
    /// All others.
    pub(super) messages: &'a [ChatMessage],
}

impl<'a> Prompt<'a> {
    pub(super) fn of(request: &'a ChatRequest, shape_in_words: Option<&str>) -> Self {
        let leading = request
            .messages
            .iter()
            .take_while(|message| message.role == Role::System)
            .count();
        let (instructions, messages) = request.messages.split_at(leading);
        let mut texts: Vec<String> = instructions.iter().map(ChatMessage::words).collect();
        texts.extend(shape_in_words.map(ToOwned::to_owned));
        texts.retain(|text| !text.trim().is_empty());
        Self {
            instructions: (!texts.is_empty()).then(|| texts.join("\n\n")),
            messages,
        }
    }
}

/// How the answer is held to its shape.
pub(super) enum Shape {
    /// By words, or not at all.
    Free,
    /// To some JSON object.
    Object,
    /// To a schema.
    Schema(Schema),
}

/// A schema as both interfaces take it.
#[derive(Serialize)]
pub(super) struct Schema {
    name: String,
    /// In the order in which it was written: models answer in it.
    schema: Json,
    strict: bool,
}

impl Shape {
    /// The shape that is asked for by what the model can be held to, and what is said of it in words besides.
    pub(super) fn of(
        output: Option<&OutputFormat>,
        features: &ModelFeatures,
    ) -> (Self, Option<String>) {
        let Some(output) = output else {
            return (Self::Free, None);
        };
        let words = shape_instructions(output, features.structured);
        let schema = output
            .schema
            .as_deref()
            .and_then(|text| Json::parse(text).ok());
        match (features.structured, schema) {
            (StructuredOutput::JsonSchema, Some(schema)) => {
                let schema = Schema {
                    name: output_name(&output.name),
                    schema,
                    strict: output.is_strict,
                };
                (Self::Schema(schema), words)
            }
            (StructuredOutput::Words, _) => (Self::Free, words),
            _ => (Self::Object, words),
        }
    }
}

/// The name of a way to look that the model knows; `auto` for others.
pub(super) fn detail(detail: ImageDetail, features: &ModelFeatures) -> &'static str {
    match detail {
        _ if !features.image_details.contains(&detail) => "auto",
        ImageDetail::Auto => "auto",
        ImageDetail::Low => "low",
        ImageDetail::High => "high",
        ImageDetail::Original => "original",
    }
}

pub(super) fn effort(effort: ReasoningEffort) -> &'static str {
    match effort {
        ReasoningEffort::None => "none",
        ReasoningEffort::Minimal => "minimal",
        ReasoningEffort::Low => "low",
        ReasoningEffort::Medium => "medium",
        ReasoningEffort::High => "high",
        ReasoningEffort::Xhigh => "xhigh",
        ReasoningEffort::Max => "max",
    }
}

pub(super) fn verbosity(verbosity: Verbosity) -> &'static str {
    match verbosity {
        Verbosity::Low => "low",
        Verbosity::Medium => "medium",
        Verbosity::High => "high",
    }
}

/// The ids of the files that a question names.
pub(super) fn remote_ids(request: &ChatRequest) -> impl Iterator<Item = &str> {
    let parts = request.messages.iter().flat_map(|message| &message.parts);
    parts.filter_map(|part| match part {
        ChatPart::Image {
            source: Source::Remote(id),
            ..
        }
        | ChatPart::File {
            source: Source::Remote(id),
            ..
        } => Some(id.as_str()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn bytes_are_written_as_a_data_url() {
        let address = Address::Data {
            media_type: "image/png",
            bytes: b"\x89PNG",
        };
        assert_eq!(
            serde_json::to_value(address).expect("text"),
            json!("data:image/png;base64,iVBORw==")
        );
    }

    #[test]
    fn a_model_is_held_to_a_shape_by_what_it_can_be_held_to() {
        let output = |schema: Option<&str>| OutputFormat {
            name: "a b".to_owned(),
            schema: schema.map(ToOwned::to_owned),
            is_strict: true,
        };
        let with = |structured| ModelFeatures {
            structured,
            ..ModelFeatures::default()
        };
        let schema = output(Some(r#"{"type":"object"}"#));
        let (shape, words) = Shape::of(Some(&schema), &with(StructuredOutput::JsonSchema));
        assert!(matches!(shape, Shape::Schema(Schema { strict: true, .. })) && words.is_none());
        let (shape, words) = Shape::of(Some(&schema), &with(StructuredOutput::JsonObject));
        assert!(matches!(shape, Shape::Object));
        assert!(words.is_some_and(|words| words.contains(r#"{"type":"object"}"#)));
        let (shape, words) = Shape::of(Some(&schema), &with(StructuredOutput::Words));
        assert!(matches!(shape, Shape::Free) && words.is_some());
        let any = output(None);
        let (shape, words) = Shape::of(Some(&any), &with(StructuredOutput::JsonSchema));
        assert!(matches!(shape, Shape::Object));
        assert!(words.is_some_and(|words| words.contains("JSON")));
        assert!(matches!(
            Shape::of(None, &ModelFeatures::default()),
            (Shape::Free, None)
        ));
    }
}
