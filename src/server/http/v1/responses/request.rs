//! A request for a response. What is documented and has no meaning here (`user`, `include`, `service_tier`, `max_tool_calls`,
//! caching and moderation hints) is taken and not looked at.

use super::{input, tools};
use crate::{
    model::params::Parameters,
    server::{
        auth::tokens::Caller,
        db::tools::ToolRecord,
        http::v1::{
            ask::Wanted,
            chat::{VERBOSITIES, effort},
            error::ApiResult,
            fields::Fields,
            format,
            parts::{Parts, check_tools},
        },
        providers::{ChatMessage, Role},
        state::AppState,
    },
};
use serde_json::{Map, Value, json};

/// What a request asks for.
pub(super) struct Request {
    pub(super) wanted: Wanted,
    pub(super) is_streamed: bool,
    /// What the response repeats of it.
    pub(super) echo: Map<String, Value>,
}

/// Reads a request.
pub(super) async fn read(
    state: &AppState,
    caller: &Caller,
    tool: &ToolRecord,
    fields: &Fields<'_>,
) -> ApiResult<Request> {
    refuse_what_is_not_here(fields)?;
    let parts = Parts {
        state,
        user: caller.user.id,
        tool,
    };
    let mut messages = Vec::new();
    if let Some(instructions) = fields.text("instructions")? {
        messages.push(ChatMessage::text(Role::System, instructions));
    }
    messages.extend(input::read(&parts, fields).await?);
    let text = fields.object("text")?;
    let format = match &text {
        Some(text) => text.object("format")?,
        None => None,
    };
    let output = format.map(|format| format::read(&format, None));
    let verbosity = text.map(|text| text.choice("verbosity", &VERBOSITIES));
    let tool_use = tools::read(fields)?;
    if tool_use.is_some() {
        check_tools(tool)?;
    }
    let reasoning = fields.object("reasoning")?;
    if let Some(reasoning) = &reasoning {
        for name in ["summary", "generate_summary"] {
            reasoning.check_choice(name, &["auto", "concise", "detailed"])?;
        }
    }
    let effort = reasoning.map(|reasoning| effort(&reasoning, "effort", tool));
    Ok(Request {
        wanted: Wanted {
            messages,
            parameters: Parameters {
                temperature: fields.number("temperature", 0.0..=2.0)?,
                top_p: fields.number("top_p", 0.0..=1.0)?,
                max_tokens: fields.tokens("max_output_tokens")?,
                reasoning_effort: effort.transpose()?.flatten(),
                verbosity: verbosity.transpose()?.flatten(),
                ..Parameters::default()
            },
            output: output.transpose()?.flatten(),
            tools: tool_use,
        },
        is_streamed: fields.flag("stream")?.unwrap_or(false),
        echo: echo(fields),
    })
}

fn refuse_what_is_not_here(fields: &Fields<'_>) -> ApiResult<()> {
    const SEND_ALL: &str =
        "is not known here: responses are not stored, so send what was said before in `input`";
    fields.refuse("previous_response_id", SEND_ALL)?;
    fields.refuse("conversation", SEND_ALL)?;
    for name in ["store", "background"] {
        if fields.flag(name)?.unwrap_or(false) {
            let problem = "must be false or missing: responses are not stored here";
            return Err(fields.wrong(name, problem));
        }
    }
    fields.refuse(
        "prompt",
        "is not known here: send the words in `instructions` and `input`",
    )?;
    if fields.whole("top_logprobs", 0..=20)?.is_some_and(|n| n > 0) {
        return Err(fields.wrong("top_logprobs", "must be 0: odds of words are not told here"));
    }
    fields.check_choice("truncation", &["auto", "disabled"])
}

/// What a response repeats of its request, with what holds where the request says nothing.
fn echo(fields: &Fields<'_>) -> Map<String, Value> {
    let repeated = [
        ("instructions", Value::Null),
        ("max_output_tokens", Value::Null),
        ("metadata", json!({})),
        ("parallel_tool_calls", json!(true)),
        ("reasoning", json!({ "effort": null, "summary": null })),
        ("temperature", Value::Null),
        ("text", json!({ "format": { "type": "text" } })),
        ("tool_choice", json!("auto")),
        ("tools", json!([])),
        ("top_p", Value::Null),
        ("truncation", json!("disabled")),
        ("user", Value::Null),
    ];
    let fixed = [
        ("store", json!(false)),
        ("background", json!(false)),
        ("previous_response_id", Value::Null),
    ];
    let said = repeated.map(|(name, otherwise)| {
        let said = fields.value(name).cloned();
        (name, said.unwrap_or(otherwise))
    });
    let all = said.into_iter().chain(fixed);
    all.map(|(name, value)| (name.to_owned(), value)).collect()
}
