//! A response as far as it has come: its items in the order in which they began.

use super::item::{Item, ItemKind, ItemStatus};
use crate::{
    model::chat::{FinishReason, Usage},
    server::{
        db::now_ms,
        http::v1::{ask::Said, error::ApiError},
        providers::ToolCallDelta,
    },
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// A response.
pub(super) struct Answer {
    id: String,
    created_s: i64,
    model: String,
    echo: Map<String, Value>,
    items: Vec<Item>,
    state: State,
}

/// Where it stands.
enum State {
    Open,
    Ended(FinishReason, Option<Usage>),
    Failed(ApiError),
}

/// What a piece did to a response.
pub(super) enum Change {
    /// Nothing that is told.
    None,
    /// It was added to the item of this place, which is new where `is_new` is set.
    Grown {
        place: usize,
        is_new: bool,
        delta: String,
    },
    /// It was the end. An answer without a word has an empty message all the same, at this place.
    Ended { added: Option<usize> },
}

impl Answer {
    /// One of which nothing has come yet.
    pub(super) fn begin(model: &str, echo: Map<String, Value>) -> Self {
        Self {
            id: identifier("resp"),
            created_s: now_ms() / 1000,
            model: model.to_owned(),
            echo,
            items: Vec::new(),
            state: State::Open,
        }
    }

    /// The item of a place.
    pub(super) fn item(&self, place: usize) -> Option<&Item> {
        self.items.get(place)
    }

    /// Adds what was said.
    pub(super) fn take(&mut self, said: Said) -> Change {
        match said {
            Said::Text(delta) => {
                let fits = |kind: &ItemKind| matches!(kind, ItemKind::Message(_));
                self.append(fits, || ItemKind::Message(String::new()), "msg", delta)
            }
            Said::Thought(delta) => {
                let fits = |kind: &ItemKind| matches!(kind, ItemKind::Reasoning(_));
                self.append(fits, || ItemKind::Reasoning(String::new()), "rs", delta)
            }
            Said::Call(delta) => self.take_call(delta),
            Said::AnsweredBy(model) => {
                self.model = model;
                Change::None
            }
            Said::End { reason, usage } => {
                let message = || ItemKind::Message(String::new());
                let is_empty = self.items.is_empty();
                let added = is_empty.then(|| self.push("msg", message()));
                self.state = State::Ended(reason, usage);
                Change::Ended { added }
            }
        }
    }

    /// It failed on the way.
    pub(super) fn fail(&mut self, error: ApiError) {
        self.state = State::Failed(error);
    }

    fn take_call(&mut self, delta: ToolCallDelta) -> Change {
        let ToolCallDelta {
            index,
            id,
            name,
            arguments,
        } = delta;
        let fits = |kind: &ItemKind| matches!(kind, ItemKind::Call { index: known, .. } if *known == index);
        let begin = || ItemKind::Call {
            index,
            call_id: id.unwrap_or_else(|| identifier("call")),
            name: name.unwrap_or_default(),
            arguments: String::new(),
        };
        self.append(fits, begin, "fc", arguments)
    }

    /// Appends to the item that the piece belongs to. A model has one message and one train of thought; its calls it may
    /// tell in turns.
    fn append(
        &mut self,
        fits: impl Fn(&ItemKind) -> bool,
        begin: impl FnOnce() -> ItemKind,
        prefix: &str,
        delta: String,
    ) -> Change {
        let known = self.items.iter().rposition(|item| fits(&item.kind));
        let is_new = known.is_none();
        let place = known.unwrap_or_else(|| self.push(prefix, begin()));
        match &mut self.items[place].kind {
            ItemKind::Reasoning(text) | ItemKind::Message(text) => text.push_str(&delta),
            ItemKind::Call { arguments, .. } => arguments.push_str(&delta),
        }
        Change::Grown {
            place,
            is_new,
            delta,
        }
    }

    fn push(&mut self, prefix: &str, kind: ItemKind) -> usize {
        self.items.push(Item {
            id: identifier(prefix),
            kind,
        });
        self.items.len() - 1
    }

    fn status(&self) -> &'static str {
        match &self.state {
            State::Open => "in_progress",
            State::Failed(_) => "failed",
            State::Ended(FinishReason::Length | FinishReason::ContentFilter, _) => "incomplete",
            State::Ended(..) => "completed",
        }
    }

    /// How its last item ended.
    pub(super) fn item_status(&self) -> ItemStatus {
        match self.state {
            State::Ended(FinishReason::Refusal, _) => ItemStatus::Refused,
            State::Ended(FinishReason::Length | FinishReason::ContentFilter, _)
            | State::Failed(_) => ItemStatus::Incomplete,
            _ => ItemStatus::Completed,
        }
    }

    /// All of it, as it stands, with the event that tells so.
    pub(super) fn event(&self) -> (&'static str, Value) {
        let name = match self.status() {
            "completed" => "response.completed",
            "incomplete" => "response.incomplete",
            "failed" => "response.failed",
            _ => "response.in_progress",
        };
        (name, self.response())
    }

    /// All of it, as it stands.
    pub(super) fn response(&self) -> Value {
        let status = self.item_status();
        let output: Vec<_> = self.items.iter().map(|item| item.whole(status)).collect();
        let incomplete = match &self.state {
            State::Ended(FinishReason::Length, _) => json!({ "reason": "max_output_tokens" }),
            State::Ended(FinishReason::ContentFilter, _) => json!({ "reason": "content_filter" }),
            _ => Value::Null,
        };
        let (error, usage) = match &self.state {
            State::Failed(error) => {
                let (code, message) = error.code_and_message();
                (json!({ "code": code, "message": message }), None)
            }
            State::Ended(_, usage) => (Value::Null, *usage),
            State::Open => (Value::Null, None),
        };
        let mut response = json!({
            "id": self.id,
            "object": "response",
            "created_at": self.created_s,
            "status": self.status(),
            "model": self.model,
            "output": output,
            "error": error,
            "incomplete_details": incomplete,
            "usage": usage.map(told),
        });
        if let Value::Object(fields) = &mut response {
            fields.extend(self.echo.clone());
        }
        response
    }
}

/// What it took, in the interface's words.
fn told(usage: Usage) -> Value {
    json!({
        "input_tokens": usage.input_tokens,
        "input_tokens_details": { "cached_tokens": 0 },
        "output_tokens": usage.output_tokens,
        "output_tokens_details": { "reasoning_tokens": usage.reasoning_tokens },
        "total_tokens": usage.input_tokens + usage.output_tokens,
    })
}

fn identifier(prefix: &str) -> String {
    format!("{prefix}_{}", Uuid::new_v4().simple())
}
