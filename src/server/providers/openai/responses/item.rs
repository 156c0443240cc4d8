//! The items of a conversation, as Responses and Conversations both take them.

use super::super::content::{Address, detail};
use crate::{
    model::catalog::{InstructionsRole, ModelFeatures},
    server::providers::{
        ChatMessage, ChatPart, ProviderError, ProviderErrorKind, Role, Source, ToolCall,
    },
};
use serde::Serialize;
use std::borrow::Cow;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in super::super) enum Item<'a> {
    Message {
        role: &'static str,
        content: Content<'a>,
    },
    FunctionCall {
        call_id: &'a str,
        name: &'a str,
        arguments: &'a str,
    },
    FunctionCallOutput {
        call_id: &'a str,
        output: Cow<'a, str>,
    },
}

#[derive(Serialize)]
#[serde(untagged)]
pub(in super::super) enum Content<'a> {
    Text(Cow<'a, str>),
    Parts(Vec<Part<'a>>),
}

#[expect(
    clippy::enum_variant_names,
    reason = "they are named as on the wire, where other parts have other beginnings"
)]
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in super::super) enum Part<'a> {
    InputText {
        text: Cow<'a, str>,
    },
    InputImage {
        detail: &'static str,
        #[serde(flatten)]
        image: Image<'a>,
    },
    InputFile {
        #[serde(flatten)]
        file: File<'a>,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum Image<'a> {
    FileId(&'a str),
    ImageUrl(Address<'a>),
}

#[derive(Serialize)]
#[serde(untagged)]
pub(in super::super) enum File<'a> {
    Remote {
        file_id: &'a str,
    },
    Url {
        file_url: &'a str,
    },
    Inline {
        filename: &'a str,
        file_data: Address<'a>,
    },
}

impl<'a> Item<'a> {
    /// A message that says something.
    pub(super) fn words(role: &'static str, text: impl Into<Cow<'a, str>>) -> Self {
        Self::Message {
            role,
            content: Content::Text(text.into()),
        }
    }

    /// The items of a message: usually one; its calls are items of their own, and so is a call's result.
    pub(in super::super) fn of(
        message: &'a ChatMessage,
        features: &ModelFeatures,
    ) -> Result<Vec<Self>, ProviderError> {
        if let (Role::Tool, Some(call_id)) = (message.role, &message.tool_call_id) {
            return Ok(vec![Self::FunctionCallOutput {
                call_id,
                output: message.words().into(),
            }]);
        }
        let mut items = Vec::with_capacity(1 + message.tool_calls.len());
        if !message.parts.is_empty() {
            items.push(Self::Message {
                role: role(message.role, features),
                content: Content::of(message, features)?,
            });
        }
        items.extend(message.tool_calls.iter().map(Self::from));
        Ok(items)
    }

    /// Puts words before a message.
    pub(super) fn begin_with(&mut self, text: String) {
        if let Self::Message { content, .. } = self {
            match content {
                Content::Text(words) => *words = format!("{text}\n\n{words}").into(),
                Content::Parts(parts) => parts.insert(0, Part::InputText { text: text.into() }),
            }
        }
    }

    pub(super) fn is_persons(&self) -> bool {
        matches!(self, Self::Message { role: "user", .. })
    }
}

/// The role of instructions that stand among the messages.
pub(super) fn system_role(features: &ModelFeatures) -> &'static str {
    match features.instructions {
        InstructionsRole::System => "system",
        InstructionsRole::Developer => "developer",
        InstructionsRole::User => "user",
    }
}

fn role(role: Role, features: &ModelFeatures) -> &'static str {
    match role {
        Role::System => system_role(features),
        Role::Assistant => "assistant",
        // A result of which nobody knows what was called can only be told.
        Role::User | Role::Tool => "user",
    }
}

impl<'a> From<&'a ToolCall> for Item<'a> {
    fn from(call: &'a ToolCall) -> Self {
        Self::FunctionCall {
            call_id: &call.id,
            name: &call.name,
            arguments: &call.arguments,
        }
    }
}

impl<'a> Content<'a> {
    fn of(message: &'a ChatMessage, features: &ModelFeatures) -> Result<Self, ProviderError> {
        // What an answer brought besides its words cannot be given back; a text is taken as its words.
        if message.role != Role::User {
            return Ok(Self::Text(message.words().into()));
        }
        if let [ChatPart::Text(text)] = &message.parts[..] {
            return Ok(Self::Text(text.into()));
        }
        let parts = message.parts.iter();
        let parts = parts.filter_map(|part| Part::of(part, features).transpose());
        parts.collect::<Result<_, _>>().map(Self::Parts)
    }
}

impl<'a> Part<'a> {
    /// `None` for what no provider is ever asked with.
    fn of(part: &'a ChatPart, features: &ModelFeatures) -> Result<Option<Self>, ProviderError> {
        Ok(Some(match part {
            ChatPart::Text(text) => Self::InputText { text: text.into() },
            ChatPart::Attachment(_) => return Ok(None),
            ChatPart::Image {
                source,
                detail: wanted,
            } => Self::InputImage {
                detail: detail(*wanted, features),
                image: match source {
                    Source::Remote(id) => Image::FileId(id),
                    Source::Url(url) => Image::ImageUrl(Address::Url(url)),
                    Source::Inline { media_type, bytes } => {
                        Image::ImageUrl(Address::Data { media_type, bytes })
                    }
                },
            },
            ChatPart::File { source, name } => Self::InputFile {
                file: match source {
                    Source::Remote(file_id) => File::Remote { file_id },
                    Source::Url(file_url) => File::Url { file_url },
                    Source::Inline { media_type, bytes } => File::Inline {
                        filename: name,
                        file_data: Address::Data { media_type, bytes },
                    },
                },
            },
            // Responses knows no sound: models that hear answer completions.
            ChatPart::Audio { name, .. } => {
                return Err(ProviderError::new(
                    ProviderErrorKind::BadRequest,
                    format!(
                        "This model cannot be given {name}: it takes no sound. Have it written down instead."
                    ),
                ));
            }
        }))
    }
}
