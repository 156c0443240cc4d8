//! A request for a completion. What is documented and has no meaning here (`user`, `metadata`, `store`, `service_tier`,
//! `prediction`, `logit_bias`, caching and moderation hints) is taken and not looked at.

use super::{messages, tools};
use crate::{
    model::params::{Parameters, ReasoningEffort, Verbosity},
    server::{
        auth::tokens::Caller,
        db::tools::ToolRecord,
        http::v1::{
            ask::Wanted,
            error::ApiResult,
            fields::Fields,
            format,
            parts::{Parts, check_tools},
        },
        state::AppState,
    },
};
use serde_json::Value;

/// Most texts that end an answer, as the interface has it.
const MAX_STOPS: usize = 4;

/// How much to think, by name.
const EFFORTS: [(&str, ReasoningEffort); 7] = [
    ("none", ReasoningEffort::None),
    ("minimal", ReasoningEffort::Minimal),
    ("low", ReasoningEffort::Low),
    ("medium", ReasoningEffort::Medium),
    ("high", ReasoningEffort::High),
    ("xhigh", ReasoningEffort::Xhigh),
    ("max", ReasoningEffort::Max),
];
/// How long-winded to be, by name.
pub(in crate::server::http::v1) const VERBOSITIES: [(&str, Verbosity); 3] = [
    ("low", Verbosity::Low),
    ("medium", Verbosity::Medium),
    ("high", Verbosity::High),
];

/// What a request asks for.
pub(super) struct Request {
    pub(super) wanted: Wanted,
    pub(super) is_streamed: bool,
    /// Whether a stream ends with what it took.
    pub(super) includes_usage: bool,
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
    let is_streamed = fields.flag("stream")?.unwrap_or(false);
    let options = fields.object("stream_options")?;
    if options.is_some() && !is_streamed {
        return Err(fields.wrong("stream_options", "is only for answers with `stream`"));
    }
    let includes_usage = options.map(|options| options.flag("include_usage"));
    let format = fields.object("response_format")?;
    let output = format.map(|format| format::read(&format, Some("json_schema")));
    let tool_use = tools::read(fields)?;
    if tool_use.is_some() {
        check_tools(tool)?;
    }
    Ok(Request {
        wanted: Wanted {
            messages: messages::read(&parts, fields).await?,
            parameters: parameters(fields, tool)?,
            output: output.transpose()?.flatten(),
            tools: tool_use,
        },
        is_streamed,
        includes_usage: includes_usage.transpose()?.flatten().unwrap_or(false),
    })
}

fn refuse_what_is_not_here(fields: &Fields<'_>) -> ApiResult<()> {
    if fields.whole("n", 1..=128)?.is_some_and(|n| n > 1) {
        return Err(fields.wrong("n", "must be 1: one answer is given for each request"));
    }
    if fields.flag("logprobs")?.unwrap_or(false) {
        return Err(fields.wrong("logprobs", "must be false: odds of words are not told here"));
    }
    fields.refuse("top_logprobs", "is not told here")?;
    for legacy in ["functions", "function_call"] {
        fields.refuse(legacy, "is no longer part of the interface: use `tools`")?;
    }
    fields.refuse(
        "audio",
        "is not made here: send the answer to `/v1/audio/speech`",
    )?;
    fields.refuse("web_search_options", "is not offered here")?;
    for modality in fields.list("modalities")?.unwrap_or_default() {
        if modality != "text" {
            return Err(fields.wrong("modalities", "must be `[\"text\"]`"));
        }
    }
    Ok(())
}

fn parameters(fields: &Fields<'_>, tool: &ToolRecord) -> ApiResult<Parameters> {
    let max_tokens = match fields.tokens("max_completion_tokens")? {
        Some(tokens) => Some(tokens),
        None => fields.tokens("max_tokens")?,
    };
    Ok(Parameters {
        temperature: fields.number("temperature", 0.0..=2.0)?,
        top_p: fields.number("top_p", 0.0..=1.0)?,
        max_tokens,
        seed: fields.whole("seed", 0..=u64::MAX)?,
        repeat_penalty: None,
        presence_penalty: fields.number("presence_penalty", -2.0..=2.0)?,
        frequency_penalty: fields.number("frequency_penalty", -2.0..=2.0)?,
        stop: stops(fields)?,
        reasoning_effort: effort(fields, "reasoning_effort", tool)?,
        verbosity: fields.choice("verbosity", &VERBOSITIES)?,
    })
}

/// How much to think, if the model knows that much. A model that does not think at all does without being told.
pub(in crate::server::http::v1) fn effort(
    fields: &Fields<'_>,
    name: &str,
    tool: &ToolRecord,
) -> ApiResult<Option<ReasoningEffort>> {
    let effort = fields.choice(name, &EFFORTS)?;
    let known = &tool.features.reasoning_efforts;
    match effort {
        Some(effort) if !known.is_empty() && !known.contains(&effort) => {
            let words: Vec<_> = EFFORTS
                .iter()
                .filter(|(_, effort)| known.contains(effort))
                .map(|(word, _)| format!("`{word}`"))
                .collect();
            let problem = format!("must be one of {} for this model", words.join(", "));
            Err(fields.wrong(name, &problem))
        }
        effort => Ok(effort),
    }
}

fn stops(fields: &Fields<'_>) -> ApiResult<Vec<String>> {
    let wrong = || fields.wrong("stop", "must be a text or a list of at most 4 texts");
    match fields.value("stop") {
        None => Ok(Vec::new()),
        Some(Value::String(stop)) => Ok(vec![stop.clone()]),
        Some(Value::Array(stops)) if stops.len() <= MAX_STOPS => stops
            .iter()
            .map(|stop| stop.as_str().map(ToOwned::to_owned).ok_or_else(wrong))
            .collect(),
        Some(_) => Err(wrong()),
    }
}
