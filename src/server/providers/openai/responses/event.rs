//! One event of a response, read leniently: whatever is not as expected is not there.

use crate::model::chat::{FinishReason, Usage};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use tokio_util::bytes::Bytes;

/// An event, and what we look for in it.
pub(super) struct Event(pub(super) Value);

impl Event {
    pub(super) fn kind(&self) -> &str {
        self.0["type"].as_str().unwrap_or_default()
    }

    pub(super) fn delta(&self) -> &str {
        self.0["delta"].as_str().unwrap_or_default()
    }

    pub(super) fn number(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap_or_default()
    }

    pub(super) fn response(&self) -> &Value {
        &self.0["response"]
    }

    /// The item that it is about, where it is of that type.
    pub(super) fn item(&self, kind: &str) -> Option<&Value> {
        let item = &self.0["item"];
        (item["type"] == kind).then_some(item)
    }

    /// What went wrong, of an event that says so: the server's name for it and its words. An `error` event has them beside
    /// its type or in an object, a failed response in its error.
    pub(super) fn error(&self) -> (Option<&str>, &str) {
        let places = [&self.response()["error"], &self.0["error"], &self.0];
        let place = places
            .into_iter()
            .find(|place| place["message"].is_string());
        let place = place.unwrap_or(&Value::Null);
        (
            place["code"].as_str(),
            place["message"].as_str().unwrap_or("it gave no reason"),
        )
    }
}

/// What a response took.
pub(super) fn usage(response: &Value) -> Option<Usage> {
    let usage = response["usage"].as_object()?;
    let count = |value: Option<&Value>| {
        let count = value.and_then(Value::as_u64).unwrap_or_default();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    let details = usage.get("output_tokens_details");
    Some(Usage {
        input_tokens: count(usage.get("input_tokens")),
        output_tokens: count(usage.get("output_tokens")),
        reasoning_tokens: count(details.and_then(|details| details.get("reasoning_tokens"))),
    })
}

/// Why a response ended before it was done.
pub(super) fn incomplete_reason(response: &Value) -> FinishReason {
    match response["incomplete_details"]["reason"].as_str() {
        Some("max_output_tokens") => FinishReason::Length,
        Some("content_filter") => FinishReason::ContentFilter,
        _ => FinishReason::Other,
    }
}

/// All words of a response, an answer's or a refusal's, for servers that do not stream them; and whether it declines.
pub(super) fn words(response: &Value) -> (String, bool) {
    let mut words = String::new();
    let mut is_refusal = false;
    let items = response["output"].as_array().into_iter().flatten();
    let messages = items.filter(|item| item["type"] == "message");
    for part in messages.flat_map(|item| item["content"].as_array().into_iter().flatten()) {
        match part["type"].as_str() {
            Some("output_text") => words.push_str(part["text"].as_str().unwrap_or_default()),
            Some("refusal") => {
                is_refusal = true;
                words.push_str(part["refusal"].as_str().unwrap_or_default());
            }
            _ => {}
        }
    }
    (words, is_refusal)
}

/// The picture of a finished call of image generation, and the ending of its name.
pub(super) fn picture(item: &Value) -> Option<(&str, Bytes)> {
    let bytes = STANDARD.decode(item["result"].as_str()?).ok()?;
    Some((
        item["output_format"].as_str().unwrap_or("png"),
        bytes.into(),
    ))
}
