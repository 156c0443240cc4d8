//! The wire format: strict in what is sent, lenient in what is read.

use crate::{
    model::{
        chat::{FinishReason, Usage},
        params::Parameters,
    },
    server::providers::ChatRequest,
};
use serde::{Deserialize, Serialize};

/// The body of `POST /chat/completions`.
#[derive(Serialize)]
pub(super) struct CompletionRequest {
    model: String,
    messages: Vec<RequestMessage>,
    stream: bool,
    stream_options: StreamOptions,
    #[serde(flatten)]
    sampling: Sampling,
}

#[derive(Serialize)]
struct RequestMessage {
    role: &'static str,
    content: String,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct Sampling {
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stop: Vec<String>,
}

impl From<&Parameters> for Sampling {
    fn from(parameters: &Parameters) -> Self {
        Self {
            temperature: parameters.temperature,
            top_p: parameters.top_p,
            max_completion_tokens: parameters.max_tokens,
            seed: parameters.seed,
            presence_penalty: parameters.presence_penalty,
            frequency_penalty: parameters.frequency_penalty,
            stop: parameters.stop.clone(),
        }
    }
}

/// Chat completions have no way to prefill an answer, so going on is asked for in words.
const CONTINUE: &str = "Continue exactly where your last message stopped. Do not repeat anything and do not comment on it.";

impl From<&ChatRequest> for CompletionRequest {
    fn from(request: &ChatRequest) -> Self {
        let mut messages: Vec<_> = request
            .messages
            .iter()
            .map(|message| RequestMessage {
                role: message.role.as_str(),
                content: message.words(),
            })
            .collect();
        if request.continue_last {
            messages.push(RequestMessage {
                role: "user",
                content: CONTINUE.to_owned(),
            });
        }
        Self {
            model: request.model.clone(),
            messages,
            stream: true,
            stream_options: StreamOptions {
                include_usage: true,
            },
            sampling: Sampling::from(&request.parameters),
        }
    }
}

/// One event of the answer. Servers leave out, null and add what they like.
#[derive(Deserialize)]
pub(super) struct Chunk {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) choices: Vec<Choice>,
    #[serde(default)]
    pub(super) usage: Option<WireUsage>,
    #[serde(default)]
    pub(super) error: Option<WireError>,
}

#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) delta: Delta,
    #[serde(default)]
    pub(super) finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
pub(super) struct Delta {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

impl Delta {
    /// The words of this event: an answer's, or a refusal's.
    pub(super) fn text(self) -> Option<String> {
        self.content
            .or(self.refusal)
            .filter(|text| !text.is_empty())
    }
}

#[derive(Deserialize)]
pub(super) struct WireUsage {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
}

impl From<WireUsage> for Usage {
    fn from(usage: WireUsage) -> Self {
        Self {
            input_tokens: usage.prompt_tokens,
            output_tokens: usage.completion_tokens,
            reasoning_tokens: 0,
        }
    }
}

/// An error as some servers send it in the middle of a stream: an object or a mere text.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum WireError {
    Object {
        #[serde(default)]
        message: Option<String>,
    },
    Text(String),
}

impl WireError {
    /// The server's own words, shortened.
    pub(super) fn sentence(&self) -> String {
        let text = match self {
            Self::Object { message } => message.as_deref(),
            Self::Text(text) => Some(text.as_str()),
        };
        shorten(text.unwrap_or("it gave no reason"))
    }
}

/// The body of an error answer.
#[derive(Deserialize)]
pub(super) struct ErrorBody {
    pub(super) error: WireError,
}

/// The answer of `GET /models`.
#[derive(Deserialize)]
pub(super) struct ModelList {
    #[serde(default)]
    pub(super) data: Vec<Model>,
}

#[derive(Deserialize)]
pub(super) struct Model {
    pub(super) id: String,
}

/// A reason in the words of the wire.
pub(super) fn finish_reason(text: &str) -> FinishReason {
    match text {
        "stop" => FinishReason::Stop,
        "length" => FinishReason::Length,
        "content_filter" => FinishReason::ContentFilter,
        "tool_calls" | "function_call" => FinishReason::ToolCalls,
        _ => FinishReason::Other,
    }
}

/// Somebody else's words, at most a line of them.
pub(super) fn shorten(text: &str) -> String {
    const MAX_CHARS: usize = 200;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_CHARS {
        return line;
    }
    let cut: String = line.chars().take(MAX_CHARS).collect();
    format!("{cut}…")
}

fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_with_nulls_unknown_fields_and_unknown_reasons_are_read() {
        let chunk: Chunk = serde_json::from_str(
            r#"{"id":1,"choices":[{"index":0,"delta":{"role":null,"content":"a","x":[]},"finish_reason":"odd"}],"usage":null}"#,
        )
        .expect("lenient");
        let choice = chunk.choices.into_iter().next().expect("one");
        assert_eq!(choice.delta.text().as_deref(), Some("a"));
        assert_eq!(finish_reason("odd"), FinishReason::Other);
        let chunk: Chunk = serde_json::from_str(r#"{"choices":null,"usage":{"prompt_tokens":3}}"#)
            .expect("lenient");
        assert!(chunk.choices.is_empty() && chunk.usage.is_some());
        assert!(serde_json::from_str::<Chunk>(r#"{"choices":[{"delta":null}]}"#).is_ok());
    }

    #[test]
    fn an_error_inside_a_stream_keeps_the_servers_words_short() {
        let long = format!(r#"{{"error":{{"message":"{}"}}}}"#, "word ".repeat(200));
        let body: ErrorBody = serde_json::from_str(&long).expect("object");
        assert!(body.error.sentence().chars().count() <= 201);
        let body: ErrorBody = serde_json::from_str(r#"{"error":"plain"}"#).expect("text");
        assert_eq!(body.error.sentence(), "plain");
    }
}
