//! How an answer looks on the wire of either chat interface.

use serde_json::{Value, json};

/// Which interface was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    /// Chat completions.
    Completions,
    /// Responses.
    Responses,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Done,
    Length,
    Filtered,
    Refused,
    Called,
}

/// A picture of one white pixel.
pub(super) const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC";

impl Wire {
    /// What comes before the first word.
    pub(super) fn hello(self, model: &str) -> String {
        match self {
            Self::Completions => chunk(model, &json!({ "role": "assistant", "content": "" }), None),
            Self::Responses => [
                json!({ "type": "response.created", "response": response(model, "in_progress") }),
                json!({ "type": "response.in_progress", "response": response(model, "in_progress") }),
                json!({ "type": "response.output_item.added", "output_index": 9,
                    "item": { "type": "message", "id": "msg_scripted", "role": "assistant", "status": "in_progress", "content": [] } }),
            ]
            .iter()
            .map(event)
            .collect(),
        }
    }

    pub(super) fn text(self, model: &str, text: &str) -> String {
        match self {
            Self::Completions => chunk(model, &json!({ "content": text }), None),
            Self::Responses => event(
                &json!({ "type": "response.output_text.delta", "item_id": "msg_scripted",
                "output_index": 9, "content_index": 0, "sequence_number": 4, "delta": text }),
            ),
        }
    }

    pub(super) fn thought(self, model: &str, part: usize, text: &str) -> String {
        match self {
            Self::Completions => chunk(model, &json!({ "reasoning_content": text }), None),
            Self::Responses => event(
                &json!({ "type": "response.reasoning_summary_text.delta", "item_id": "rs_scripted",
                "output_index": 0, "summary_index": part, "delta": text }),
            ),
        }
    }

    pub(super) fn refusal(self, model: &str, text: &str) -> String {
        match self {
            Self::Completions => chunk(model, &json!({ "refusal": text }), None),
            Self::Responses => event(
                &json!({ "type": "response.refusal.delta", "item_id": "msg_scripted",
                "output_index": 9, "content_index": 0, "delta": text }),
            ),
        }
    }

    /// A call with its arguments in two pieces.
    pub(super) fn call(
        self,
        model: &str,
        index: usize,
        name: &str,
        arguments: &str,
    ) -> Vec<String> {
        let half = arguments.find(':').unwrap_or_default();
        let (first, second) = arguments.split_at(half);
        let id = format!("call_{}", index + 1);
        let place = index + 1;
        match self {
            Self::Completions => {
                let piece = |call: Value| chunk(model, &json!({ "tool_calls": [call] }), None);
                vec![
                    piece(
                        json!({ "index": index, "id": id, "type": "function", "function": { "name": name, "arguments": "" } }),
                    ),
                    piece(json!({ "index": index, "function": { "arguments": first } })),
                    piece(json!({ "index": index, "function": { "arguments": second } })),
                ]
            }
            Self::Responses => {
                let item = |arguments: &str| json!({ "type": "function_call", "id": format!("fc_{place}"), "call_id": id, "name": name, "arguments": arguments });
                let delta = |text: &str| {
                    event(
                        &json!({ "type": "response.function_call_arguments.delta", "output_index": place, "delta": text }),
                    )
                };
                vec![
                    event(
                        &json!({ "type": "response.output_item.added", "output_index": place, "item": item("") }),
                    ),
                    delta(first),
                    delta(second),
                    event(
                        &json!({ "type": "response.output_item.done", "output_index": place, "item": item(arguments) }),
                    ),
                ]
            }
        }
    }

    /// What comes after the last word; `usage` is tokens read and written.
    pub(super) fn end(
        self,
        model: &str,
        ended: Ended,
        usage: Option<(usize, usize)>,
        text: &str,
    ) -> Vec<String> {
        match self {
            Self::Completions => {
                let reason = match ended {
                    Ended::Length => "length",
                    Ended::Filtered => "content_filter",
                    Ended::Called => "tool_calls",
                    Ended::Done | Ended::Refused => "stop",
                };
                let mut frames = vec![chunk(model, &json!({}), Some(reason))];
                frames.extend(usage.map(|(read, written)| {
                    event(&json!({ "choices": [], "usage": completion_usage(read, written) }))
                }));
                frames.push("data: [DONE]\n\n".to_owned());
                frames
            }
            Self::Responses => {
                let (kind, status) = match ended {
                    Ended::Length | Ended::Filtered => ("response.incomplete", "incomplete"),
                    _ => ("response.completed", "completed"),
                };
                let mut response = response(model, status);
                response["output"] = json!([message(text)]);
                response["incomplete_details"] = match ended {
                    Ended::Length => json!({ "reason": "max_output_tokens" }),
                    Ended::Filtered => json!({ "reason": "content_filter" }),
                    _ => Value::Null,
                };
                response["usage"] =
                    usage.map_or(Value::Null, |(read, written)| response_usage(read, written));
                vec![event(&json!({ "type": kind, "response": response }))]
            }
        }
    }

    /// An answer in one piece.
    pub(super) fn whole(self, model: &str, text: &str, tokens: usize) -> Value {
        match self {
            Self::Completions => json!({
                "id": "chatcmpl-scripted",
                "object": "chat.completion",
                "created": 1,
                "model": model,
                "choices": [{
                    "index": 0,
                    "message": { "role": "assistant", "content": text },
                    "finish_reason": "stop",
                }],
                "usage": completion_usage(0, tokens),
            }),
            Self::Responses => {
                let mut response = response(model, "completed");
                response["output"] = json!([message(text)]);
                response["usage"] = response_usage(0, tokens);
                response
            }
        }
    }
}

/// A picture that a built-in tool of Responses made, twice told of a file that another made.
pub(super) fn made_files() -> [String; 3] {
    let citation = event(
        &json!({ "type": "response.output_text.annotation.added", "annotation": {
        "type": "container_file_citation", "container_id": "cntr_1", "file_id": "cfile_1", "filename": "table.csv" } }),
    );
    let picture = event(
        &json!({ "type": "response.output_item.done", "output_index": 10, "item": {
        "type": "image_generation_call", "id": "ig_1", "status": "completed", "output_format": "png", "result": PIXEL } }),
    );
    [citation.clone(), citation, picture]
}

fn event(event: &Value) -> String {
    match event["type"].as_str() {
        Some(kind) => format!("event: {kind}\ndata: {event}\n\n"),
        None => format!("data: {event}\n\n"),
    }
}

fn chunk(model: &str, delta: &Value, reason: Option<&str>) -> String {
    event(&json!({
        "id": "chatcmpl-scripted",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": model,
        "choices": [{ "index": 0, "delta": delta, "finish_reason": reason }],
    }))
}

fn response(model: &str, status: &str) -> Value {
    json!({
        "id": "resp_scripted",
        "object": "response",
        "created_at": 1,
        "model": model,
        "status": status,
        "output": [],
        "error": null,
        "incomplete_details": null,
        "parallel_tool_calls": true,
        "tool_choice": "auto",
        "tools": [],
    })
}

fn message(text: &str) -> Value {
    json!({ "type": "message", "id": "msg_scripted", "role": "assistant", "status": "completed",
        "content": [{ "type": "output_text", "text": text, "annotations": [] }] })
}

fn completion_usage(read: usize, written: usize) -> Value {
    json!({
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
    })
}

fn response_usage(read: usize, written: usize) -> Value {
    json!({
        "input_tokens": read,
        "input_tokens_details": { "cached_tokens": 0 },
        "output_tokens": written,
        "output_tokens_details": { "reasoning_tokens": 0 },
        "total_tokens": read + written,
    })
}
