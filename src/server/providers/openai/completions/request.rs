//! The body of `POST /chat/completions`: what the reference names and the model takes, nothing else.

use super::super::content::{
    Address, CONTINUE, InputAudio, Prompt, Schema, Shape, detail, effort, verbosity,
};
use crate::{
    model::{
        catalog::{InstructionsRole, ModelFeatures},
        params::Parameters,
    },
    server::providers::{
        ChatMessage, ChatPart, ChatRequest, ProviderError, ProviderErrorKind, Role, Source,
        ToolCall, ToolUse,
    },
};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;

/// The most texts that may end an answer there.
const MAX_STOPS: usize = 4;

#[derive(Serialize)]
pub(super) struct CompletionRequest<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    stream: bool,
    stream_options: StreamOptions,
    #[serde(flatten)]
    sampling: Sampling<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<ResponseFormat>,
    #[serde(flatten)]
    tools: Option<Tools<'a>>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Content<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Call<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<&'a str>,
}

/// Mere words are sent as a text: many servers know nothing else.
#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Text(Cow<'a, str>),
    Parts(Vec<Part<'a>>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Part<'a> {
    Text { text: Cow<'a, str> },
    ImageUrl { image_url: ImageUrl<'a> },
    File { file: FilePart<'a> },
    InputAudio { input_audio: InputAudio<'a> },
}

#[derive(Serialize)]
struct ImageUrl<'a> {
    url: Address<'a>,
    detail: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum FilePart<'a> {
    Remote {
        file_id: &'a str,
    },
    Inline {
        filename: &'a str,
        file_data: Address<'a>,
    },
}

#[derive(Serialize)]
struct Call<'a> {
    id: &'a str,
    r#type: &'static str,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    arguments: &'a str,
}

#[derive(Serialize)]
struct Sampling<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence_penalty: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_penalty: Option<f32>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verbosity: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ResponseFormat {
    JsonObject,
    JsonSchema { json_schema: Schema },
}

#[derive(Serialize)]
struct Tools<'a> {
    tools: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel_tool_calls: Option<bool>,
}

impl<'a> From<&'a Parameters> for Sampling<'a> {
    fn from(parameters: &'a Parameters) -> Self {
        Self {
            temperature: parameters.temperature,
            top_p: parameters.top_p,
            max_completion_tokens: parameters.max_tokens,
            seed: parameters.seed,
            presence_penalty: parameters.presence_penalty,
            frequency_penalty: parameters.frequency_penalty,
            stop: &parameters.stop[..parameters.stop.len().min(MAX_STOPS)],
            reasoning_effort: parameters.reasoning_effort.map(effort),
            verbosity: parameters.verbosity.map(verbosity),
        }
    }
}

impl<'a> From<&'a ToolUse> for Tools<'a> {
    fn from(tools: &'a ToolUse) -> Self {
        Self {
            tools: &tools.definitions,
            tool_choice: tools.choice.as_ref(),
            parallel_tool_calls: tools.parallel,
        }
    }
}

impl<'a> CompletionRequest<'a> {
    /// The request, or why it cannot be put in this form.
    pub(super) fn of(request: &'a ChatRequest) -> Result<Self, ProviderError> {
        let features = &request.features;
        let (shape, words) = Shape::of(request.output.as_ref(), features);
        Ok(Self {
            model: &request.model,
            messages: messages(request, words.as_deref())?,
            stream: true,
            stream_options: StreamOptions {
                include_usage: true,
            },
            sampling: Sampling::from(&request.parameters),
            response_format: match shape {
                Shape::Free => None,
                Shape::Object => Some(ResponseFormat::JsonObject),
                Shape::Schema(json_schema) => Some(ResponseFormat::JsonSchema { json_schema }),
            },
            tools: request.tools.as_ref().map(Tools::from),
        })
    }
}

fn messages<'a>(
    request: &'a ChatRequest,
    shape_in_words: Option<&str>,
) -> Result<Vec<Message<'a>>, ProviderError> {
    let features = &request.features;
    let Prompt {
        mut instructions,
        messages,
    } = Prompt::of(request, shape_in_words);
    let mut sent = Vec::with_capacity(messages.len() + 2);
    if features.instructions != InstructionsRole::User
        && let Some(text) = instructions.take()
    {
        sent.push(words(system_role(features), text));
    }
    for message in messages {
        let mut message = Message::of(message, features)?;
        if message.role == Role::User.as_str()
            && let Some(text) = instructions.take()
        {
            message.begin_with(text);
        }
        sent.push(message);
    }
    // Instructions and nothing else.
    sent.extend(instructions.map(|text| words(Role::User.as_str(), text)));
    if request.continue_last {
        sent.push(words(Role::User.as_str(), CONTINUE));
    }
    Ok(sent)
}

fn system_role(features: &ModelFeatures) -> &'static str {
    match features.instructions {
        InstructionsRole::System => "system",
        InstructionsRole::Developer => "developer",
        InstructionsRole::User => "user",
    }
}

fn words<'a>(role: &'static str, text: impl Into<Cow<'a, str>>) -> Message<'a> {
    Message {
        role,
        content: Some(Content::Text(text.into())),
        tool_calls: Vec::new(),
        tool_call_id: None,
    }
}

impl<'a> Message<'a> {
    fn of(message: &'a ChatMessage, features: &ModelFeatures) -> Result<Self, ProviderError> {
        let role = match message.role {
            Role::System => system_role(features),
            role => role.as_str(),
        };
        let is_mere_text = message
            .parts
            .iter()
            .all(|part| matches!(part, ChatPart::Text(_)));
        // Only a person's message may hold anything else.
        let content = if is_mere_text || message.role != Role::User {
            let is_call = message.parts.is_empty() && !message.tool_calls.is_empty();
            (!is_call).then(|| Content::Text(message.words().into()))
        } else {
            let parts = message
                .parts
                .iter()
                .filter_map(|part| Part::of(part, features));
            Some(Content::Parts(parts.collect::<Result<_, _>>()?))
        };
        Ok(Self {
            role,
            content,
            tool_calls: message.tool_calls.iter().map(Call::from).collect(),
            tool_call_id: message.tool_call_id.as_deref(),
        })
    }

    fn begin_with(&mut self, text: String) {
        match &mut self.content {
            Some(Content::Text(words)) => *words = format!("{text}\n\n{words}").into(),
            Some(Content::Parts(parts)) => parts.insert(0, Part::Text { text: text.into() }),
            None => self.content = Some(Content::Text(text.into())),
        }
    }
}

impl<'a> Part<'a> {
    /// `None` for what no provider is ever asked with.
    fn of(part: &'a ChatPart, features: &ModelFeatures) -> Option<Result<Self, ProviderError>> {
        Some(match part {
            ChatPart::Text(text) => Ok(Self::Text { text: text.into() }),
            ChatPart::Attachment(_) => return None,
            ChatPart::Image {
                source,
                detail: wanted,
            } => image(source).map(|url| Self::ImageUrl {
                image_url: ImageUrl {
                    url,
                    detail: detail(*wanted, features),
                },
            }),
            ChatPart::File { source, name } => file(source, name).map(|file| Self::File { file }),
            ChatPart::Audio {
                media_type,
                bytes,
                name,
            } => InputAudio::of(media_type, bytes, name)
                .map(|input_audio| Self::InputAudio { input_audio }),
        })
    }
}

fn image(source: &Source) -> Result<Address<'_>, ProviderError> {
    match source {
        Source::Inline { media_type, bytes } => Ok(Address::Data { media_type, bytes }),
        Source::Url(url) => Ok(Address::Url(url)),
        // This interface knows no pictures by id; with the bytes it can be asked.
        Source::Remote(id) => Err(ProviderError::gone(
            ProviderErrorKind::FileGone,
            Some(id.clone()),
            "The service takes no picture by its id here.",
        )),
    }
}

fn file<'a>(source: &'a Source, name: &'a str) -> Result<FilePart<'a>, ProviderError> {
    match source {
        Source::Inline { media_type, bytes } => Ok(FilePart::Inline {
            filename: name,
            file_data: Address::Data { media_type, bytes },
        }),
        Source::Remote(id) => Ok(FilePart::Remote { file_id: id }),
        Source::Url(_) => Err(ProviderError::new(
            ProviderErrorKind::BadRequest,
            "This model takes no document by its address. Attach the document itself.",
        )),
    }
}

impl<'a> From<&'a ToolCall> for Call<'a> {
    fn from(call: &'a ToolCall) -> Self {
        Self {
            id: &call.id,
            r#type: "function",
            function: Function {
                name: &call.name,
                arguments: &call.arguments,
            },
        }
    }
}
