//! The body of `POST /responses`: what the reference names and the model takes, nothing else.

use super::{
    super::{
        content::{CONTINUE, Prompt, Schema, Shape, effort, verbosity},
        conversations::Held,
    },
    item::{Item, system_role},
};
use crate::{
    model::{
        catalog::InstructionsRole,
        params::{Parameter, ReasoningEffort},
    },
    server::providers::{ChatRequest, ProviderError, ToolUse},
};
use serde::Serialize;
use serde_json::{Value, json};

/// The shortest longest answer that is taken there, in tokens.
const MIN_OUTPUT_TOKENS: u32 = 16;

#[derive(Serialize)]
pub(super) struct ResponseRequest<'a> {
    model: &'a str,
    input: Vec<Item<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation: Option<&'a str>,
    /// Our own copy is the one that counts: without a conversation there, nothing is to be kept there.
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Reasoning>,
    #[serde(skip_serializing_if = "Text::is_empty")]
    text: Text,
    #[serde(flatten)]
    tools: Option<Tools>,
}

#[derive(Serialize)]
struct Reasoning {
    #[serde(skip_serializing_if = "Option::is_none")]
    effort: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'static str>,
}

#[derive(Serialize)]
struct Text {
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Format>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verbosity: Option<&'static str>,
}

impl Text {
    fn is_empty(&self) -> bool {
        self.format.is_none() && self.verbosity.is_none()
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Format {
    JsonObject,
    JsonSchema(Schema),
}

#[derive(Serialize)]
struct Tools {
    tools: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel_tool_calls: Option<bool>,
}

impl<'a> ResponseRequest<'a> {
    pub(super) fn of(
        request: &'a ChatRequest,
        held: Option<&'a Held>,
        has_summaries: bool,
    ) -> Result<Self, ProviderError> {
        let features = &request.features;
        let parameters = &request.parameters;
        let (shape, words) = Shape::of(request.output.as_ref(), features);
        // JSON mode wants its words among the messages; instructions do not count.
        let (among, in_instructions) = match shape {
            Shape::Object => (words, None),
            _ => (None, words),
        };
        let mut prompt = Prompt::of(request, in_instructions.as_deref());
        let input = input(request, &mut prompt, held, among)?;
        Ok(Self {
            model: &request.model,
            input,
            stream: true,
            instructions: prompt.instructions,
            conversation: held.map(|held| held.id.as_str()),
            store: held.is_none().then_some(false),
            temperature: parameters.temperature,
            top_p: parameters.top_p,
            max_output_tokens: parameters.max_tokens.map(|max| max.max(MIN_OUTPUT_TOKENS)),
            reasoning: reasoning(request, has_summaries),
            text: Text {
                format: match shape {
                    Shape::Free => None,
                    Shape::Object => Some(Format::JsonObject),
                    Shape::Schema(schema) => Some(Format::JsonSchema(schema)),
                },
                verbosity: parameters.verbosity.map(verbosity),
            },
            tools: request.tools.as_ref().map(Tools::from),
        })
    }
}

fn input<'a>(
    request: &'a ChatRequest,
    prompt: &mut Prompt<'a>,
    held: Option<&Held>,
    among: Option<String>,
) -> Result<Vec<Item<'a>>, ProviderError> {
    let features = &request.features;
    let holds = held.map_or(0, |held| held.holds).min(prompt.messages.len());
    let mut items = Vec::new();
    for message in &prompt.messages[holds..] {
        items.extend(Item::of(message, features)?);
    }
    if request.continue_last {
        items.push(Item::words("user", CONTINUE));
    }
    if features.instructions == InstructionsRole::User
        && let Some(text) = prompt.instructions.take()
    {
        match items.iter_mut().find(|item| item.is_persons()) {
            Some(item) => item.begin_with(text),
            None => items.insert(0, Item::words("user", text)),
        }
    }
    if let Some(words) = among {
        items.insert(0, Item::words(system_role(features), words));
    }
    Ok(items)
}

/// Only for models that think.
fn reasoning(request: &ChatRequest, has_summaries: bool) -> Option<Reasoning> {
    if !request
        .features
        .parameters
        .contains(&Parameter::ReasoningEffort)
    {
        return None;
    }
    let wanted = request.parameters.reasoning_effort;
    let reasoning = Reasoning {
        effort: wanted.map(effort),
        summary: (has_summaries && wanted != Some(ReasoningEffort::None)).then_some("auto"),
    };
    (reasoning.effort.is_some() || reasoning.summary.is_some()).then_some(reasoning)
}

impl From<&ToolUse> for Tools {
    fn from(tools: &ToolUse) -> Self {
        let definitions = tools.definitions.as_array();
        Self {
            tools: definitions.into_iter().flatten().map(definition).collect(),
            tool_choice: tools.choice.as_ref().map(choice),
            parallel_tool_calls: tools.parallel,
        }
    }
}

/// A function in the form of Responses, which has no level of its own for it. Where chat completions are lenient by default
/// it is strict, so that is said.
fn definition(tool: &Value) -> Value {
    let Some(function) = tool.get("function") else {
        return tool.clone();
    };
    let mut definition = json!({
        "type": "function",
        "name": function["name"],
        "parameters": function.get("parameters").cloned().unwrap_or_else(|| json!({"type": "object", "properties": {}})),
        "strict": function["strict"].as_bool().unwrap_or(false),
    });
    if let Some(description) = function.get("description").filter(|text| text.is_string()) {
        definition["description"] = description.clone();
    }
    definition
}

fn choice(choice: &Value) -> Value {
    match choice["type"].as_str() {
        Some("function") if choice.get("function").is_some() => {
            json!({ "type": "function", "name": choice["function"]["name"] })
        }
        Some("allowed_tools") if choice.get("allowed_tools").is_some() => {
            let allowed = &choice["allowed_tools"];
            let tools = allowed["tools"].as_array();
            let named: Vec<Value> = tools.into_iter().flatten().map(self::choice).collect();
            json!({ "type": "allowed_tools", "mode": allowed["mode"], "tools": named })
        }
        _ => choice.clone(),
    }
}
