//! One item of a response's output.

use serde_json::{Value, json};

/// An item.
pub(super) struct Item {
    pub(super) id: String,
    pub(super) kind: ItemKind,
}

/// What an item is.
pub(super) enum ItemKind {
    /// A summary of thoughts.
    Reasoning(String),
    /// The model's words.
    Message(String),
    /// A call that it asks for.
    Call {
        /// Which of its calls, as its provider counts them.
        index: u32,
        call_id: String,
        name: String,
        arguments: String,
    },
}

/// How an item ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ItemStatus {
    Completed,
    Incomplete,
    /// Its words say why the model declined.
    Refused,
}

impl Item {
    /// All of it.
    pub(super) fn whole(&self, status: ItemStatus) -> Value {
        let word = match status {
            ItemStatus::Incomplete => "incomplete",
            ItemStatus::Completed | ItemStatus::Refused => "completed",
        };
        match &self.kind {
            ItemKind::Reasoning(text) => json!({
                "id": self.id, "type": "reasoning", "status": word, "summary": [summary(text)],
            }),
            ItemKind::Message(text) => {
                let part = match status {
                    ItemStatus::Refused => json!({ "type": "refusal", "refusal": text }),
                    _ => text_part(text),
                };
                json!({
                    "id": self.id, "type": "message", "status": word, "role": "assistant",
                    "content": [part],
                })
            }
            ItemKind::Call {
                call_id,
                name,
                arguments,
                ..
            } => json!({
                "id": self.id, "type": "function_call", "status": word,
                "call_id": call_id, "name": name, "arguments": arguments,
            }),
        }
    }

    /// As it is when it begins.
    pub(super) fn empty(&self) -> Value {
        let status = "in_progress";
        match &self.kind {
            ItemKind::Reasoning(_) => json!({
                "id": self.id, "type": "reasoning", "status": status, "summary": [],
            }),
            ItemKind::Message(_) => json!({
                "id": self.id, "type": "message", "status": status, "role": "assistant",
                "content": [],
            }),
            ItemKind::Call { call_id, name, .. } => json!({
                "id": self.id, "type": "function_call", "status": status,
                "call_id": call_id, "name": name, "arguments": "",
            }),
        }
    }
}

/// A part of a message that is words.
pub(super) fn text_part(text: &str) -> Value {
    json!({ "type": "output_text", "text": text, "annotations": [], "logprobs": [] })
}

/// A part of a summary of thoughts.
pub(super) fn summary(text: &str) -> Value {
    json!({ "type": "summary_text", "text": text })
}
