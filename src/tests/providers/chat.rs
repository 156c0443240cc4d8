//! Questions by chat completions and by Responses, and the streams that answer them.

use super::{
    broken, events, question, reason, remote_image, start, text, thinker, user, user_with,
};
use axum::{Router, response::Redirect};
use inspireai::{
    model::{
        catalog::{InstructionsRole, ModelFeatures, StructuredOutput},
        chat::{FinishReason, Usage},
        params::{Parameters, ReasoningEffort},
        settings::OutputFormat,
    },
    server::{
        config::Environment,
        providers::{ChatEvent, ChatMessage, ProviderErrorKind, Role, ToolCall, ToolUse},
    },
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Both interfaces; what holds for one is to hold for the other.
fn both() -> [ModelFeatures; 2] {
    [ModelFeatures::default(), thinker()]
}

#[tokio::test]
async fn an_answer_comes_word_by_word_with_its_reason_and_what_it_took() {
    let (_upstream, providers) = start().await;
    for features in both() {
        let request = question("echo", features, vec![user("one two three")]);
        let events = events(&providers, request).await.expect("an answer");
        assert_eq!(events[0], ChatEvent::Started);
        assert_eq!(text(&events), "one two three");
        let usage = Some(Usage {
            input_tokens: 3,
            output_tokens: 3,
            reasoning_tokens: 0,
        });
        let end = ChatEvent::Finished {
            reason: FinishReason::Stop,
            usage,
        };
        assert_eq!(events.last(), Some(&end));
    }
}

#[tokio::test]
async fn characters_that_are_cut_across_packets_arrive_whole() {
    let (_upstream, providers) = start().await;
    for features in both() {
        let request = question("split", features, vec![user("x")]);
        let events = events(&providers, request).await.expect("an answer");
        assert_eq!(text(&events), "Grüße, 世界! 👩🏽‍🚀 naïve façade ✓");
    }
}

#[tokio::test]
async fn thoughts_are_apart_from_the_words_and_their_parts_apart_from_each_other() {
    let (_upstream, providers) = start().await;
    let request = question("thinking", thinker(), vec![user("Why?")]);
    let events = events(&providers, request).await.expect("an answer");
    let thoughts: String = events
        .iter()
        .filter_map(|event| match event {
            ChatEvent::Reasoning(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(
        thoughts,
        "**Reading**\n\nThe question is short.\n\n**Answering**\n\nSo is the answer."
    );
    assert_eq!(text(&events), "Why?");
}

#[tokio::test]
async fn a_refusal_a_filter_and_a_limit_are_three_different_ends() {
    let (_upstream, providers) = start().await;
    for features in both() {
        for (model, expected) in [
            ("refuse", FinishReason::Refusal),
            ("filtered", FinishReason::ContentFilter),
            ("length", FinishReason::Length),
            ("calls", FinishReason::ToolCalls),
        ] {
            let request = question(model, features.clone(), vec![user("x")]);
            let events = events(&providers, request).await.expect("an answer");
            assert_eq!(reason(&events), Some(expected), "{model}");
            if expected == FinishReason::Refusal {
                assert_eq!(text(&events), "I'm sorry, I can't help with that.");
            }
        }
    }
}

#[tokio::test]
async fn calls_arrive_whole_and_their_results_go_back() {
    let (upstream, providers) = start().await;
    for features in both() {
        let mut request = question("calls", features, vec![user("The weather?")]);
        request.tools = Some(ToolUse {
            definitions: json!([{ "type": "function", "function": {
                "name": "weather", "description": "Tells the weather.",
                "parameters": { "type": "object", "properties": { "city": { "type": "string" } } } } }]),
            choice: Some(json!({ "type": "function", "function": { "name": "weather" } })),
            parallel: Some(false),
        });
        let answered = events(&providers, request.clone())
            .await
            .expect("an answer");
        let mut call = ToolCall {
            id: String::new(),
            name: String::new(),
            arguments: String::new(),
        };
        for event in &answered {
            if let ChatEvent::ToolCall(delta) = event {
                assert_eq!(delta.index, 0);
                call.id.push_str(delta.id.as_deref().unwrap_or_default());
                call.name
                    .push_str(delta.name.as_deref().unwrap_or_default());
                call.arguments.push_str(&delta.arguments);
            }
        }
        assert_eq!(
            (call.id.as_str(), call.name.as_str()),
            ("call_1", "weather")
        );
        assert_eq!(call.arguments, r#"{"city":"Köln"}"#);

        let mut asked = ChatMessage::text(Role::Assistant, "");
        asked.parts.clear();
        asked.tool_calls.push(call);
        let mut result = ChatMessage::text(Role::Tool, "Rain.");
        result.tool_call_id = Some("call_1".to_owned());
        request.model = "echo".to_owned();
        request.messages.extend([asked, result]);
        events(&providers, request).await.expect("an answer");
    }
    let bodies: Vec<Value> = upstream
        .requests()
        .into_iter()
        .filter_map(|each| each.json)
        .collect();
    assert_eq!(
        bodies[1]["messages"][1],
        json!({ "role": "assistant", "tool_calls": [{ "id": "call_1", "type": "function",
            "function": { "name": "weather", "arguments": "{\"city\":\"Köln\"}" } }] })
    );
    assert_eq!(
        bodies[1]["messages"][2],
        json!({ "role": "tool", "content": "Rain.", "tool_call_id": "call_1" })
    );
    assert_eq!(bodies[2]["tools"][0]["name"], "weather");
    assert_eq!(bodies[2]["tools"][0]["strict"], false);
    assert_eq!(
        bodies[2]["tool_choice"],
        json!({ "type": "function", "name": "weather" })
    );
    assert_eq!(
        bodies[3]["input"][1],
        json!({ "type": "function_call", "call_id": "call_1", "name": "weather", "arguments": "{\"city\":\"Köln\"}" })
    );
    assert_eq!(
        bodies[3]["input"][2],
        json!({ "type": "function_call_output", "call_id": "call_1", "output": "Rain." })
    );
}

#[tokio::test]
async fn files_that_a_model_made_come_with_its_answer_each_once() {
    let (_upstream, providers) = start().await;
    let request = question("picture", thinker(), vec![user("Draw.")]);
    let events = events(&providers, request).await.expect("an answer");
    let files: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            ChatEvent::File(file) => Some((
                file.name.as_str(),
                file.media_type.as_str(),
                file.bytes.len(),
            )),
            _ => None,
        })
        .collect();
    assert_eq!(
        files,
        [
            ("table.csv", "text/csv", 8),
            ("image-1.png", "image/png", 69)
        ]
    );
}

#[tokio::test]
async fn instructions_go_where_the_model_looks_for_them() {
    let (upstream, providers) = start().await;
    let messages = || vec![ChatMessage::text(Role::System, "Be brief."), user("Hello")];
    for role in [
        InstructionsRole::System,
        InstructionsRole::Developer,
        InstructionsRole::User,
    ] {
        for features in both() {
            let features = ModelFeatures {
                instructions: role,
                ..features
            };
            let request = question("echo", features, messages());
            events(&providers, request).await.expect("an answer");
        }
    }
    let bodies: Vec<Value> = upstream
        .requests()
        .into_iter()
        .filter_map(|each| each.json)
        .collect();
    for (index, role) in [(0, "system"), (2, "developer")] {
        assert_eq!(
            bodies[index]["messages"][0],
            json!({ "role": role, "content": "Be brief." })
        );
        assert_eq!(bodies[index + 1]["instructions"], "Be brief.");
        assert_eq!(bodies[index + 1]["input"].as_array().map(Vec::len), Some(1));
    }
    assert_eq!(
        bodies[4]["messages"],
        json!([{ "role": "user", "content": "Be brief.\n\nHello" }])
    );
    assert_eq!(bodies[5]["input"][0]["content"], "Be brief.\n\nHello");
    assert_eq!(bodies[5].get("instructions"), None);
}

#[tokio::test]
async fn going_on_is_asked_for_in_words_by_both_interfaces() {
    let (upstream, providers) = start().await;
    for features in both() {
        let messages = vec![
            user("tokens=10"),
            ChatMessage::text(Role::Assistant, "0000 0001 0002 0003 0004 "),
        ];
        let mut request = question("length", features, messages);
        request.continue_last = true;
        let events = events(&providers, request).await.expect("an answer");
        assert_eq!(text(&events), "0005 0006 0007 0008 0009 ");
        assert_eq!(reason(&events), Some(FinishReason::Stop));
    }
    for exchange in upstream.exchanges() {
        let (role, last) = exchange.messages().pop().expect("a message");
        assert_eq!(role, "user");
        assert!(last.starts_with("Continue exactly where"), "{last}");
    }
}

#[tokio::test]
async fn a_shape_is_asked_for_as_the_model_can_be_held_to_it() {
    let (upstream, providers) = start().await;
    let output = OutputFormat {
        name: "A person".to_owned(),
        schema: Some(r#"{"type":"object","properties":{"b":{},"a":{}}}"#.to_owned()),
        is_strict: true,
    };
    for structured in [
        StructuredOutput::JsonSchema,
        StructuredOutput::JsonObject,
        StructuredOutput::Words,
    ] {
        for features in both() {
            let features = ModelFeatures {
                structured,
                ..features
            };
            let mut request = question("json", features, vec![user(r#"json={"a":1}"#)]);
            request.output = Some(output.clone());
            let events = events(&providers, request).await.expect("an answer");
            assert_eq!(text(&events), r#"{"a":1}"#);
        }
    }
    let bodies: Vec<Value> = upstream
        .requests()
        .into_iter()
        .filter_map(|each| each.json)
        .collect();
    let schema = &bodies[0]["response_format"]["json_schema"];
    assert_eq!(
        (&schema["name"], &schema["strict"]),
        (&json!("A_person"), &json!(true))
    );
    assert!(schema["schema"].is_object());
    assert_eq!(bodies[1]["text"]["format"]["type"], "json_schema");
    assert_eq!(bodies[1]["text"]["format"]["name"], "A_person");
    assert_eq!(
        bodies[2]["response_format"],
        json!({ "type": "json_object" })
    );
    assert!(
        bodies[2]["messages"][0]["content"]
            .as_str()
            .expect("words")
            .contains("JSON")
    );
    assert_eq!(
        bodies[3]["text"]["format"],
        json!({ "type": "json_object" })
    );
    assert!(
        bodies[3]["input"].to_string().contains("JSON schema"),
        "among the messages"
    );
    assert_eq!(bodies[4].get("response_format"), None);
    assert_eq!(bodies[5].get("text"), None);
    assert!(
        bodies[5]["instructions"]
            .as_str()
            .expect("words")
            .contains("JSON schema")
    );
}

#[tokio::test]
async fn a_model_that_thinks_is_told_how_much_and_asked_for_a_summary() {
    let (upstream, providers) = start().await;
    let mut request = question("echo", thinker(), vec![user("x")]);
    request.parameters = Parameters {
        reasoning_effort: Some(ReasoningEffort::Max),
        max_tokens: Some(5),
        ..Parameters::default()
    };
    events(&providers, request.clone())
        .await
        .expect("an answer");
    request.parameters.reasoning_effort = Some(ReasoningEffort::None);
    events(&providers, request).await.expect("an answer");
    let bodies: Vec<Value> = upstream
        .requests()
        .into_iter()
        .filter_map(|each| each.json)
        .collect();
    assert_eq!(
        bodies[0]["reasoning"],
        json!({ "effort": "max", "summary": "auto" })
    );
    assert_eq!(
        bodies[0]["max_output_tokens"], 16,
        "the least that is taken"
    );
    assert_eq!(bodies[0]["store"], false);
    assert_eq!(bodies[1]["reasoning"], json!({ "effort": "none" }));
}

#[tokio::test]
async fn an_organisation_that_gets_no_summaries_gets_answers_all_the_same() {
    let (upstream, providers) = start().await;
    for _ in 0..2 {
        let request = question("unverified", thinker(), vec![user("hello")]);
        let events = events(&providers, request).await.expect("an answer");
        assert_eq!(text(&events), "hello");
    }
    let asked: Vec<bool> = upstream
        .exchanges()
        .iter()
        .map(|exchange| !exchange.body["reasoning"]["summary"].is_null())
        .collect();
    assert_eq!(asked, [true, false, false], "it is remembered");
}

#[tokio::test]
async fn a_server_without_responses_is_asked_by_chat_completions_and_that_is_remembered() {
    let (upstream, providers) = start().await;
    upstream.lack("/responses");
    for _ in 0..2 {
        let request = question("echo", thinker(), vec![user("hello")]);
        let events = events(&providers, request).await.expect("an answer");
        assert_eq!(text(&events), "hello");
    }
    let paths: Vec<_> = upstream
        .requests()
        .into_iter()
        .map(|each| each.path)
        .collect();
    assert_eq!(paths, ["/v1/chat/completions", "/v1/chat/completions"]);
}

#[tokio::test]
async fn a_missing_model_is_no_missing_interface() {
    let (upstream, providers) = start().await;
    for _ in 0..2 {
        let request = question("status-404", thinker(), vec![user("hello")]);
        let (_, error) = broken(&providers, request).await;
        assert_eq!(error.kind, ProviderErrorKind::NotFound);
    }
    let paths: Vec<_> = upstream
        .requests()
        .into_iter()
        .map(|each| each.path)
        .collect();
    assert_eq!(paths, ["/v1/responses", "/v1/responses"]);
}

#[tokio::test]
async fn whatever_goes_wrong_keeps_the_words_that_came_and_never_tells_the_key() {
    use ProviderErrorKind as Kind;
    let (_upstream, providers) = start().await;
    for features in both() {
        for (model, kind, words) in [
            ("die-before", Kind::Disconnected, ""),
            ("die-after", Kind::Disconnected, "0000 0001 0002 "),
            ("half-json", Kind::Protocol, "0000 "),
            ("error-in-stream", Kind::Unavailable, "0000 "),
            ("html", Kind::Protocol, ""),
            ("silence", Kind::Timeout, "0000 0001 "),
            ("status-400", Kind::BadRequest, ""),
            ("status-401", Kind::Unauthorized, ""),
            ("status-500", Kind::Unavailable, ""),
            ("rate-limited", Kind::RateLimited, ""),
            ("used-up", Kind::QuotaExceeded, ""),
        ] {
            let asked = if model == "silence" {
                "after=2"
            } else {
                super::KEY
            };
            let request = question(model, features.clone(), vec![user(asked)]);
            let (text, error) = broken(&providers, request).await;
            assert_eq!(
                (error.kind, text.as_str()),
                (kind, words),
                "{model}: {error}"
            );
            assert!(!error.message.contains(super::KEY), "{error}");
            assert_eq!(error.retry_after.is_some(), model == "rate-limited");
        }
    }
}

#[tokio::test]
async fn a_picture_by_its_id_is_sent_to_responses_and_wanted_as_bytes_elsewhere() {
    let (_upstream, providers) = start().await;
    let message = || vec![user_with("What is it?", vec![remote_image("file-1")])];
    let request = question("echo", ModelFeatures::default(), message());
    let (_, error) = broken(&providers, request).await;
    assert_eq!(error.kind, ProviderErrorKind::FileGone);
    assert_eq!(error.gone.as_deref(), Some("file-1"));
}

#[tokio::test]
async fn a_server_that_sends_us_elsewhere_takes_no_key_along() {
    let (upstream, providers) = start().await;
    drop(providers);
    let elsewhere = format!("{}/chat/completions", upstream.base_url());
    let router = Router::new().fallback(move || async move { Redirect::temporary(&elsewhere) });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}/v1", listener.local_addr().expect("its address"));
    let serving = tokio::spawn(axum::serve(listener, router).into_future());
    let environment = Environment::from_pairs([
        ("OPENAI_BASE_URL", base.as_str()),
        ("OPENAI_API_KEY", super::KEY),
        ("INSPIREAI_LOCAL_MODEL", "off"),
    ]);
    let request = question("echo", ModelFeatures::default(), vec![user("hello")]);
    let (_, error) = broken(&super::of(&environment), request).await;
    assert_eq!(error.kind, ProviderErrorKind::NotFound);
    assert!(error.message.contains("OPENAI_BASE_URL"), "{error}");
    assert!(upstream.requests().is_empty());
    serving.abort();
}

#[tokio::test]
async fn dropping_an_answer_ends_it_at_the_server() {
    use crate::support::upstream::Ending;
    use futures::StreamExt;
    use inspireai::model::catalog::ApiType;
    let (upstream, providers) = start().await;
    for (index, features) in both().into_iter().enumerate() {
        let request = question("count", features, vec![user("tokens=1000 rate=50")]);
        let provider = providers.chat(ApiType::Openai).expect("configured");
        let mut stream = provider.stream(request).await.expect("a stream");
        stream.next().await.expect("an event").expect("well");
        drop(stream);
        let exchanges = upstream
            .wait_until(|exchanges| {
                exchanges
                    .get(index)
                    .is_some_and(|exchange| exchange.ending.is_some())
            })
            .await;
        assert_eq!(exchanges[index].ending, Some(Ending::Cancelled));
    }
}
