//! A response while it streams.

use super::{
    super::{
        answer::{Answer, Step},
        failure::{disconnected, in_stream},
        wire::shorten,
    },
    event::{Event, incomplete_reason, picture, usage, words},
};
use crate::{
    model::chat::FinishReason,
    server::providers::{ChatEvent, GeneratedFile, ProviderError, ToolCallDelta},
};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// What is known of a response while its events come.
#[derive(Default)]
pub(super) struct Output {
    /// The provider's conversation that it is in, until it was told.
    thread: Option<String>,
    has_started: bool,
    has_words: bool,
    is_refusal: bool,
    /// The part of the summary of thoughts that came last: which item's, which of it.
    summary: Option<(u64, u64)>,
    /// The calls by the place of their item, in order: their number, and whether any of their arguments came.
    calls: HashMap<u64, (u32, bool)>,
    pictures: u32,
    /// Ids of the files that were fetched.
    fetched: HashSet<String>,
    is_over: bool,
}

impl Output {
    pub(super) fn new(thread: Option<String>) -> Self {
        Self {
            thread,
            ..Self::default()
        }
    }

    fn text(&mut self, text: &str) -> Vec<Step> {
        if text.is_empty() {
            return Vec::new();
        }
        self.has_words = true;
        vec![ChatEvent::Text(text.to_owned()).into()]
    }

    /// Thoughts come in parts; between two of them is a blank line.
    fn thoughts(&mut self, event: &Event, index: &str) -> Vec<Step> {
        if event.delta().is_empty() {
            return Vec::new();
        }
        let part = (event.number("output_index"), event.number(index));
        let is_next = self.summary.is_some_and(|last| last != part);
        self.summary = Some(part);
        let gap = if is_next { "\n\n" } else { "" };
        vec![ChatEvent::Reasoning(format!("{gap}{}", event.delta())).into()]
    }

    fn call_begins(&mut self, event: &Event, item: &Value) -> Vec<Step> {
        let place = event.number("output_index");
        if self.calls.contains_key(&place) {
            return Vec::new();
        }
        let index = u32::try_from(self.calls.len()).unwrap_or(u32::MAX);
        let text = |name: &str| item[name].as_str().map(ToOwned::to_owned);
        let arguments = text("arguments").unwrap_or_default();
        self.calls.insert(place, (index, !arguments.is_empty()));
        let delta = ToolCallDelta {
            index,
            id: text("call_id"),
            name: text("name"),
            arguments,
        };
        vec![ChatEvent::ToolCall(delta).into()]
    }

    fn arguments(&mut self, event: &Event, arguments: &str) -> Vec<Step> {
        let Some((index, has_arguments)) = self.calls.get_mut(&event.number("output_index")) else {
            return Vec::new();
        };
        *has_arguments = true;
        let delta = ToolCallDelta {
            index: *index,
            id: None,
            name: None,
            arguments: arguments.to_owned(),
        };
        vec![ChatEvent::ToolCall(delta).into()]
    }

    fn item_ends(&mut self, event: &Event) -> Vec<Step> {
        if let Some(item) = event.item("function_call") {
            let mut steps = self.call_begins(event, item);
            let known = self.calls.get(&event.number("output_index"));
            if known.is_some_and(|(_, has_arguments)| !has_arguments)
                && let Some(arguments) = item["arguments"].as_str().filter(|text| !text.is_empty())
            {
                steps.extend(self.arguments(event, arguments));
            }
            return steps;
        }
        let item = event.item("image_generation_call");
        let Some((format, bytes)) = item.and_then(picture) else {
            return Vec::new();
        };
        self.pictures += 1;
        let file = GeneratedFile {
            name: format!("image-{}.{format}", self.pictures),
            media_type: format!("image/{format}"),
            bytes,
        };
        vec![ChatEvent::File(file).into()]
    }

    /// A mark in the text at a file that the model made.
    fn annotation(&mut self, annotation: &Value) -> Vec<Step> {
        let text = |name: &str| annotation[name].as_str().filter(|text| is_id(text));
        let Some(id) = text("file_id") else {
            return Vec::new();
        };
        let path = match (annotation["type"].as_str(), text("container_id")) {
            (Some("container_file_citation"), Some(container)) => {
                format!("/containers/{container}/files/{id}/content")
            }
            (Some("file_path"), _) => format!("/files/{id}/content"),
            _ => return Vec::new(),
        };
        if !self.fetched.insert(id.to_owned()) {
            return Vec::new();
        }
        let name = annotation["filename"].as_str().unwrap_or(id).to_owned();
        vec![Step::Fetch { path, name }]
    }

    fn finish(&mut self, response: &Value, reason: Option<FinishReason>) -> Vec<Step> {
        self.is_over = true;
        let mut steps = Vec::new();
        if !self.has_words {
            let (words, is_refusal) = words(response);
            self.is_refusal |= is_refusal;
            steps.extend(self.text(&words));
        }
        let reason = reason.unwrap_or(if self.is_refusal {
            FinishReason::Refusal
        } else if self.calls.is_empty() {
            FinishReason::Stop
        } else {
            FinishReason::ToolCalls
        });
        let usage = usage(response);
        steps.push(ChatEvent::Finished { reason, usage }.into());
        steps
    }
}

/// Whether it can stand in an address as it is.
fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

impl Answer for Output {
    type Event = Value;

    fn take(&mut self, event: Value) -> Result<Vec<Step>, ProviderError> {
        let event = Event(event);
        let mut steps = Vec::new();
        let kind = event.kind();
        if matches!(kind, "error" | "response.failed") || event.0["error"].is_object() {
            let (code, message) = event.error();
            return Err(in_stream(code, &shorten(message)));
        }
        if !self.has_started {
            self.has_started = true;
            steps.push(ChatEvent::Started.into());
            let thread = self.thread.take();
            steps.extend(thread.map(|id| ChatEvent::Thread { id }.into()));
        }
        steps.extend(match kind {
            "response.output_text.delta" => self.text(event.delta()),
            "response.refusal.delta" => {
                self.is_refusal = true;
                self.text(event.delta())
            }
            "response.reasoning_summary_text.delta" => self.thoughts(&event, "summary_index"),
            "response.reasoning_text.delta" => self.thoughts(&event, "content_index"),
            "response.output_item.added" => match event.item("function_call") {
                Some(item) => self.call_begins(&event, item),
                None => Vec::new(),
            },
            "response.function_call_arguments.delta" => self.arguments(&event, event.delta()),
            "response.output_item.done" => self.item_ends(&event),
            "response.output_text.annotation.added" => self.annotation(&event.0["annotation"]),
            "response.completed" => self.finish(event.response(), None),
            "response.incomplete" => {
                let reason = incomplete_reason(event.response());
                self.finish(event.response(), Some(reason))
            }
            _ => Vec::new(),
        });
        Ok(steps)
    }

    fn end(&mut self) -> Result<Vec<Step>, ProviderError> {
        Err(disconnected())
    }

    fn is_over(&self) -> bool {
        self.is_over
    }
}
