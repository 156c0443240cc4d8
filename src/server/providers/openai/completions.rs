//! Chat completions: what every compatible server has.

mod chunk;
mod request;

use super::{
    OpenaiClient,
    answer::{Answer, Step, follow},
    failure::{Failure, disconnected, in_stream},
    gone::told_apart,
    transport::EVENT_STREAM,
};
use crate::{
    model::chat::{FinishReason, Usage},
    server::providers::{ChatEvent, ChatRequest, ChatStream, ProviderError},
};
use async_openai::traits::RequestOptionsBuilder;
use chunk::{Chunk, finish_reason};
use request::CompletionRequest;
use reqwest::header::ACCEPT;

impl OpenaiClient {
    /// Asks by chat completions.
    pub(super) async fn complete(&self, request: &ChatRequest) -> Result<ChatStream, Failure> {
        let body = CompletionRequest::of(request)?;
        let api = self.transport.api(&request.model);
        let chunks = api
            .chat()
            .header(ACCEPT, EVENT_STREAM)
            .map_err(|error| self.failure(error))?
            .create_stream_byot::<_, Chunk>(body)
            .await
            .map_err(|error| told_apart(self.failure(error), request, None))?;
        Ok(follow(
            self.transport.clone(),
            chunks,
            Completion::default(),
        ))
    }
}

/// What is known of an answer while its chunks come.
#[derive(Default)]
struct Completion {
    has_started: bool,
    is_refusal: bool,
    has_calls: bool,
    reason: Option<FinishReason>,
    usage: Option<Usage>,
    is_over: bool,
}

impl Completion {
    /// Why it ended. Servers say `stop` of calls and of refusals too.
    fn reason(&self) -> Option<FinishReason> {
        match self.reason {
            Some(FinishReason::Stop) if self.is_refusal => Some(FinishReason::Refusal),
            Some(FinishReason::Stop) if self.has_calls => Some(FinishReason::ToolCalls),
            reason => reason,
        }
    }
}

impl Answer for Completion {
    type Event = Chunk;

    fn take(&mut self, chunk: Chunk) -> Result<Vec<Step>, ProviderError> {
        if let Some(error) = chunk.error {
            return Err(in_stream(error.code().as_deref(), &error.sentence()));
        }
        let mut events = Vec::new();
        if !self.has_started {
            self.has_started = true;
            events.push(ChatEvent::Started);
        }
        if let Some(usage) = chunk.usage {
            self.usage = Some(usage.into());
        }
        if let Some(choice) = chunk.choices.into_iter().next() {
            let delta = choice.delta;
            self.is_refusal |= delta.is_refusal();
            self.has_calls |= !delta.tool_calls.is_empty();
            events.extend(delta.events());
            if let Some(reason) = choice.finish_reason {
                self.reason = Some(finish_reason(&reason));
            }
        }
        Ok(events.into_iter().map(Step::from).collect())
    }

    fn end(&mut self) -> Result<Vec<Step>, ProviderError> {
        self.is_over = true;
        let Some(reason) = self.reason() else {
            return Err(disconnected());
        };
        let end = ChatEvent::Finished {
            reason,
            usage: self.usage,
        };
        Ok(vec![end.into()])
    }

    fn is_over(&self) -> bool {
        self.is_over
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// All events of an answer of these chunks.
    fn events(chunks: &[serde_json::Value]) -> Vec<ChatEvent> {
        let mut answer = Completion::default();
        let mut steps = Vec::new();
        for chunk in chunks {
            let chunk = serde_json::from_value(chunk.clone()).expect("lenient");
            steps.extend(answer.take(chunk).expect("no error"));
        }
        steps.extend(answer.end().expect("whole"));
        let event = |step| match step {
            Step::Event(event) => event,
            Step::Fetch { path, .. } => panic!("nothing is fetched, but {path}"),
        };
        steps.into_iter().map(event).collect()
    }

    #[test]
    fn thoughts_under_either_name_are_no_part_of_the_text() {
        let events = events(&[
            json!({"choices":[{"delta":{"reasoning_content":"Hm. "}}]}),
            json!({"choices":[{"delta":{"reasoning":"Yes."}}]}),
            json!({"choices":[{"delta":{"content":"42","reasoning":[1]},"finish_reason":"stop"}]}),
            json!({"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":9,
                   "completion_tokens_details":{"reasoning_tokens":7}}}),
        ]);
        let expected = [
            ChatEvent::Started,
            ChatEvent::Reasoning("Hm. ".to_owned()),
            ChatEvent::Reasoning("Yes.".to_owned()),
            ChatEvent::Text("42".to_owned()),
            ChatEvent::Finished {
                reason: FinishReason::Stop,
                usage: Some(Usage {
                    input_tokens: 1,
                    output_tokens: 9,
                    reasoning_tokens: 7,
                }),
            },
        ];
        assert_eq!(events, expected);
    }

    #[test]
    fn a_refusal_is_text_and_the_reason_of_the_end() {
        let events = events(&[
            json!({"choices":[{"delta":{"refusal":"I can't "}}]}),
            json!({"choices":[{"delta":{"refusal":"do that."},"finish_reason":"stop"}]}),
        ]);
        assert_eq!(events[1], ChatEvent::Text("I can't ".to_owned()));
        assert_eq!(
            events.last(),
            Some(&ChatEvent::Finished {
                reason: FinishReason::Refusal,
                usage: None
            })
        );
    }

    #[test]
    fn calls_come_in_pieces_that_know_which_call_they_belong_to() {
        let events = events(&[
            json!({"choices":[{"delta":{"tool_calls":[
                {"index":0,"id":"call_1","type":"function","function":{"name":"weather","arguments":""}}]}}]}),
            json!({"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"c"}}]}}]}),
            json!({"choices":[{"delta":{"tool_calls":[
                {"index":1,"id":"call_2","function":{"name":"time","arguments":"{}"}}]},"finish_reason":"stop"}]}),
        ]);
        let calls: Vec<_> = events
            .iter()
            .filter_map(|event| match event {
                ChatEvent::ToolCall(delta) => {
                    Some((delta.index, delta.name.as_deref(), delta.arguments.as_str()))
                }
                _ => None,
            })
            .collect();
        assert_eq!(
            calls,
            [
                (0, Some("weather"), ""),
                (0, None, "{\"c"),
                (1, Some("time"), "{}")
            ]
        );
        assert!(matches!(
            events.last(),
            Some(ChatEvent::Finished {
                reason: FinishReason::ToolCalls,
                ..
            })
        ));
    }
}
