//! A completion, whole or in chunks.

use crate::{
    model::chat::{FinishReason, Usage},
    server::{
        db::now_ms,
        http::v1::{
            ask::Said,
            error::ApiError,
            sse::{Wording, data},
        },
        providers::{ToolCall, ToolCallDelta},
    },
};
use serde_json::{Value, json};
use uuid::Uuid;

/// A completion as far as it has come.
pub(super) struct Completion {
    id: String,
    created_s: i64,
    model: String,
    text: String,
    calls: Vec<ToolCall>,
    end: Option<FinishReason>,
    usage: Option<Usage>,
}

impl Completion {
    /// One of which nothing has come yet.
    pub(super) fn begin(model: &str) -> Self {
        Self {
            id: format!("chatcmpl-{}", Uuid::new_v4().simple()),
            created_s: now_ms() / 1000,
            model: model.to_owned(),
            text: String::new(),
            calls: Vec::new(),
            end: None,
            usage: None,
        }
    }

    /// Adds what was said.
    pub(super) fn take(&mut self, said: Said) {
        match said {
            Said::Text(text) => self.text.push_str(&text),
            Said::Call(delta) => add_call(&mut self.calls, delta),
            Said::AnsweredBy(model) => self.model = model,
            // The interface has no place for thoughts.
            Said::Thought(_) => {}
            Said::End { reason, usage } => {
                self.end = Some(reason);
                self.usage = usage;
            }
        }
    }

    /// All of it.
    pub(super) fn whole(&self) -> Value {
        let is_refusal = self.end == Some(FinishReason::Refusal);
        let text = (!self.text.is_empty() || self.calls.is_empty()).then_some(&self.text);
        let mut message = json!({
            "role": "assistant",
            "content": text.filter(|_| !is_refusal),
            "refusal": text.filter(|_| is_refusal),
            "annotations": [],
        });
        if !self.calls.is_empty() {
            let calls = self.calls.iter().map(|call| {
                let function = json!({ "name": call.name, "arguments": call.arguments });
                json!({ "id": call.id, "type": "function", "function": function })
            });
            message["tool_calls"] = calls.collect();
        }
        json!({
            "id": self.id,
            "object": "chat.completion",
            "created": self.created_s,
            "model": self.model,
            "choices": [{
                "index": 0,
                "message": message,
                "logprobs": null,
                "finish_reason": self.finish_reason(),
            }],
            "usage": usage(self.usage),
        })
    }

    /// Why it ended, in the interface's words. A model that asks for calls always says so, whatever its server calls it.
    fn finish_reason(&self) -> &'static str {
        match self.end {
            _ if !self.calls.is_empty() => "tool_calls",
            Some(FinishReason::Length) => "length",
            Some(FinishReason::ContentFilter) => "content_filter",
            Some(
                FinishReason::Stop
                | FinishReason::Refusal
                | FinishReason::ToolCalls
                | FinishReason::Other,
            )
            | None => "stop",
        }
    }

    fn chunk(&self, choices: Value) -> Value {
        json!({
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created_s,
            "model": self.model,
            "choices": choices,
        })
    }
}

/// Puts a piece of a call where it belongs.
pub(in crate::server::http::v1) fn add_call(calls: &mut Vec<ToolCall>, delta: ToolCallDelta) {
    /// Most calls in one answer; an index is what somebody else's server says.
    const MAX_CALLS: usize = 128;
    let index = usize::try_from(delta.index).unwrap_or(usize::MAX);
    if index >= MAX_CALLS {
        return;
    }
    while calls.len() <= index {
        calls.push(ToolCall {
            id: String::new(),
            name: String::new(),
            arguments: String::new(),
        });
    }
    let call = &mut calls[index];
    call.id.push_str(delta.id.as_deref().unwrap_or_default());
    call.name
        .push_str(delta.name.as_deref().unwrap_or_default());
    call.arguments.push_str(&delta.arguments);
}

/// What it took. Where the provider does not tell there is nothing to be told.
fn usage(usage: Option<Usage>) -> Value {
    usage.map_or(Value::Null, |usage| {
        json!({
            "prompt_tokens": usage.input_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.input_tokens + usage.output_tokens,
            "completion_tokens_details": { "reasoning_tokens": usage.reasoning_tokens },
        })
    })
}

/// A completion chunk by chunk.
pub(super) struct Chunks {
    completion: Completion,
    includes_usage: bool,
}

impl Chunks {
    /// A stream of a completion; `includes_usage` ends it with what it took.
    pub(super) fn new(completion: Completion, includes_usage: bool) -> Self {
        Self {
            completion,
            includes_usage,
        }
    }

    fn delta(&self, delta: &Value, finish_reason: Option<&str>) -> String {
        let choice = json!({
            "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish_reason,
        });
        let mut chunk = self.completion.chunk(json!([choice]));
        if self.includes_usage {
            chunk["usage"] = Value::Null;
        }
        data(&chunk)
    }

    fn end(&self) -> String {
        let mut frames = self.delta(&json!({}), Some(self.completion.finish_reason()));
        if self.includes_usage {
            let mut chunk = self.completion.chunk(json!([]));
            chunk["usage"] = usage(self.completion.usage);
            frames.push_str(&data(&chunk));
        }
        frames.push_str("data: [DONE]\n\n");
        frames
    }
}

impl Wording for Chunks {
    fn opening(&mut self) -> String {
        self.delta(&json!({ "role": "assistant", "content": "" }), None)
    }

    fn said(&mut self, said: Said) -> String {
        match said {
            Said::Text(text) => self.delta(&json!({ "content": text }), None),
            Said::Call(delta) => {
                let frame = self.delta(&json!({ "tool_calls": [piece(&delta)] }), None);
                self.completion.take(Said::Call(delta));
                frame
            }
            said @ Said::End { .. } => {
                self.completion.take(said);
                self.end()
            }
            said => {
                self.completion.take(said);
                String::new()
            }
        }
    }

    fn failed(&mut self, error: ApiError) -> String {
        data(&error.body())
    }
}

/// A piece of a call. Its name and id come with the first piece only.
fn piece(delta: &ToolCallDelta) -> Value {
    let mut function = json!({ "arguments": delta.arguments });
    if let Some(name) = &delta.name {
        function["name"] = json!(name);
    }
    let mut piece = json!({ "index": delta.index, "function": function });
    if let Some(id) = &delta.id {
        piece["id"] = json!(id);
        piece["type"] = json!("function");
    }
    piece
}
