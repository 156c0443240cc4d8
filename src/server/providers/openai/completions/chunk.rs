//! One event of a chat completion. Servers leave out, null and add what they like.

use super::super::wire::{WireError, lenient, or_default};
use crate::{
    model::chat::{FinishReason, Usage},
    server::providers::{ChatEvent, ToolCallDelta},
};
use serde::Deserialize;

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
    /// Thoughts, as `vLLM`, `DeepSeek` and others name them.
    #[serde(default, deserialize_with = "lenient")]
    reasoning_content: Option<String>,
    /// Thoughts, as Ollama and `OpenRouter` name them.
    #[serde(default, deserialize_with = "lenient")]
    reasoning: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) tool_calls: Vec<WireToolCall>,
}

#[derive(Default, Deserialize)]
pub(super) struct WireToolCall {
    #[serde(default)]
    index: u32,
    #[serde(default)]
    id: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    function: WireFunction,
}

#[derive(Default, Deserialize)]
struct WireFunction {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    arguments: Option<String>,
}

impl Delta {
    /// Whether the model declines.
    pub(super) fn is_refusal(&self) -> bool {
        self.refusal.as_deref().is_some_and(|text| !text.is_empty())
    }

    /// What it brings: thoughts, then words, an answer's or a refusal's, then calls.
    pub(super) fn events(self) -> impl Iterator<Item = ChatEvent> {
        let is_something = |text: &String| !text.is_empty();
        let thoughts = self.reasoning_content.or(self.reasoning);
        let thoughts = thoughts.filter(is_something).map(ChatEvent::Reasoning);
        let words = self.content.filter(is_something).or(self.refusal);
        let words = words.filter(is_something).map(ChatEvent::Text);
        let calls = self.tool_calls.into_iter().map(|call| {
            ChatEvent::ToolCall(ToolCallDelta {
                index: call.index,
                id: call.id,
                name: call.function.name,
                arguments: call.function.arguments.unwrap_or_default(),
            })
        });
        thoughts.into_iter().chain(words).chain(calls)
    }
}

#[derive(Deserialize)]
pub(super) struct WireUsage {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
    #[serde(default, deserialize_with = "lenient")]
    completion_tokens_details: Details,
}

#[derive(Default, Deserialize)]
struct Details {
    #[serde(default, deserialize_with = "lenient")]
    reasoning_tokens: u32,
}

impl From<WireUsage> for Usage {
    fn from(usage: WireUsage) -> Self {
        Self {
            input_tokens: usage.prompt_tokens,
            output_tokens: usage.completion_tokens,
            reasoning_tokens: usage.completion_tokens_details.reasoning_tokens,
        }
    }
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
        let events: Vec<_> = choice.delta.events().collect();
        assert_eq!(events, [ChatEvent::Text("a".to_owned())]);
        assert_eq!(finish_reason("odd"), FinishReason::Other);
        let chunk: Chunk = serde_json::from_str(r#"{"choices":null,"usage":{"prompt_tokens":3}}"#)
            .expect("lenient");
        assert!(chunk.choices.is_empty() && chunk.usage.is_some());
        assert!(serde_json::from_str::<Chunk>(r#"{"choices":[{"delta":null}]}"#).is_ok());
    }
}
