//! A question as one tool takes it: the tool's defaults under what was set, and nothing that its model does not know.

use crate::{
    model::{catalog::ModelFeatures, params::Parameters},
    server::{
        db::tools::ToolRecord,
        providers::{ChatMessage, ChatPart, ChatRequest, Role},
    },
};

/// The request for a tool.
pub(super) fn request_for(tool: &ToolRecord, asked: &ChatRequest) -> ChatRequest {
    let parameters = asked.parameters.clone().over(&tool.parameters);
    let mut request = ChatRequest {
        model: tool.model.clone().unwrap_or_default(),
        features: tool.features.clone(),
        parameters: parameters_for(&tool.features, parameters),
        ..asked.clone()
    };
    let has_instructions = asked
        .messages
        .iter()
        .any(|message| message.role == Role::System);
    if let (false, Some(instructions)) = (has_instructions, &tool.system_prompt) {
        let instructions = ChatMessage::text(Role::System, instructions);
        request.messages.insert(0, instructions);
    }
    leave_out_held(&mut request);
    request
}

/// Files on messages that the provider's own conversation holds are not sent again, so nothing is made of them.
fn leave_out_held(request: &mut ChatRequest) {
    let held = request.thread.as_ref().map_or(0, |thread| thread.holds);
    let said = request
        .messages
        .iter_mut()
        .filter(|message| message.role != Role::System);
    for message in said.take(held) {
        message
            .parts
            .retain(|part| !matches!(part, ChatPart::Attachment(_)));
    }
}

fn parameters_for(features: &ModelFeatures, parameters: Parameters) -> Parameters {
    let mut parameters = parameters.only(&features.parameters);
    let known = &features.reasoning_efforts;
    parameters.reasoning_effort = parameters
        .reasoning_effort
        .filter(|effort| known.is_empty() || known.contains(effort));
    if let Some(longest) = features.max_output_tokens {
        parameters.max_tokens = parameters.max_tokens.map(|tokens| tokens.min(longest));
    }
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::params::{Parameter, ReasoningEffort};

    #[test]
    fn an_effort_or_a_length_that_a_model_does_not_know_is_not_asked_for() {
        let features = ModelFeatures {
            parameters: vec![Parameter::ReasoningEffort, Parameter::MaxTokens],
            reasoning_efforts: vec![ReasoningEffort::Low, ReasoningEffort::High],
            max_output_tokens: Some(1_000),
            ..ModelFeatures::default()
        };
        let asked = |effort| Parameters {
            reasoning_effort: Some(effort),
            max_tokens: Some(5_000),
            temperature: Some(1.0),
            ..Parameters::default()
        };
        let known = parameters_for(&features, asked(ReasoningEffort::High));
        assert_eq!(known.reasoning_effort, Some(ReasoningEffort::High));
        assert_eq!((known.max_tokens, known.temperature), (Some(1_000), None));
        let unknown = parameters_for(&features, asked(ReasoningEffort::Xhigh));
        assert_eq!(unknown.reasoning_effort, None);
    }
}
