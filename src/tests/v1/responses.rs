//! `POST /v1/responses`.

use super::{events, start};
use serde_json::{Value, json};

const PATH: &str = "/v1/responses";

fn text(response: &Value) -> &Value {
    &response["output"][0]["content"][0]["text"]
}

#[tokio::test]
async fn a_text_is_answered_with_what_was_asked_and_what_it_took() {
    let (app, program) = start().await;
    let body = json!({ "model": "echo", "input": "good morning", "instructions": "Be kind.", "max_output_tokens": 50 });
    let response = program.post(PATH, &body).await.json();
    assert_eq!(
        (&response["object"], &response["status"]),
        (&json!("response"), &json!("completed"))
    );
    assert_eq!(text(&response), "good morning");
    assert_eq!(response["instructions"], "Be kind.");
    assert_eq!(response["store"], false);
    assert!(
        response["usage"]["total_tokens"]
            .as_u64()
            .is_some_and(|total| total > 0)
    );
    assert_eq!(app.upstream.exchanges()[0].messages()[0].1, "Be kind.");
}

#[tokio::test]
async fn a_stream_tells_each_item_from_its_beginning_to_its_end_with_running_numbers() {
    let (_app, program) = start().await;
    let body = json!({ "model": "thinking", "input": "a b", "stream": true });
    let reply = program.post(PATH, &body).await;
    let told = events(&reply.body);
    let numbers: Vec<_> = told
        .iter()
        .filter_map(|event| event["sequence_number"].as_u64())
        .collect();
    assert_eq!(numbers, (0..told.len() as u64).collect::<Vec<_>>());
    let mut kinds: Vec<_> = told
        .iter()
        .filter_map(|event| event["type"].as_str())
        .collect();
    kinds.dedup();
    let expected = [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.reasoning_summary_part.added",
        "response.reasoning_summary_text.delta",
        "response.reasoning_summary_text.done",
        "response.reasoning_summary_part.done",
        "response.output_item.done",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ];
    assert_eq!(kinds, expected);
    let whole = &told.last().expect("an end")["response"];
    assert_eq!(whole["output"][1]["content"][0]["text"], "a b");
    assert!(reply.body.starts_with("event: response.created\ndata: "));
}

#[tokio::test]
async fn calls_and_their_results_go_to_the_service_in_its_words() {
    let (app, program) = start().await;
    let tool = json!({ "type": "function", "name": "weather", "parameters": { "type": "object" }, "strict": true });
    let body = json!({ "model": "calls", "input": "Rain?", "tools": [tool], "tool_choice": { "type": "function", "name": "weather" } });
    let response = program.post(PATH, &body).await.json();
    let call = &response["output"][0];
    assert_eq!(
        (&call["type"], &call["name"]),
        (&json!("function_call"), &json!("weather"))
    );
    let arguments: Value =
        serde_json::from_str(call["arguments"].as_str().expect("text")).expect("JSON");
    assert!(arguments.is_object());

    let result =
        json!({ "type": "function_call_output", "call_id": call["call_id"], "output": "dry" });
    let question =
        json!({ "role": "user", "content": [{ "type": "input_text", "text": "Rain?" }] });
    let body = json!({ "model": "echo", "input": [question, call, result], "tools": [tool] });
    assert_eq!(
        program.post(PATH, &body).await.json()["status"],
        "completed"
    );
    let exchanges = app.upstream.exchanges();
    assert_eq!(
        exchanges[0].body["tool_choice"]["function"]["name"],
        "weather"
    );
    let messages = &exchanges[1].body["messages"];
    assert_eq!(messages[1]["tool_calls"][0]["id"], call["call_id"]);
    assert_eq!(
        (&messages[2]["role"], &messages[2]["content"]),
        (&json!("tool"), &json!("dry"))
    );
}

#[tokio::test]
async fn an_end_before_the_end_is_incomplete_and_a_failure_failed() {
    let (_app, program) = start().await;
    let response = program
        .post(PATH, &json!({ "model": "length", "input": "tokens=4" }))
        .await
        .json();
    assert_eq!(response["status"], "incomplete");
    assert_eq!(
        response["incomplete_details"]["reason"],
        "max_output_tokens"
    );
    let response = program
        .post(PATH, &json!({ "model": "refuse", "input": "x" }))
        .await
        .json();
    assert_eq!(response["output"][0]["content"][0]["type"], "refusal");

    let body = json!({ "model": "error-in-stream", "input": "after=2", "stream": true });
    let told = events(&program.post(PATH, &body).await.body);
    let last = told.last().expect("an end");
    assert_eq!(last["type"], "response.failed");
    assert_eq!(last["response"]["error"]["code"], "server_error");
}

#[tokio::test]
async fn what_is_not_kept_or_not_known_here_is_refused_in_words() {
    let (app, program) = start().await;
    let with = |name: &str, value: Value| {
        let mut body = json!({ "model": "echo", "input": "x" });
        body[name] = value;
        body
    };
    for (body, place) in [
        (
            with("previous_response_id", json!("resp_1")),
            "previous_response_id",
        ),
        (with("conversation", json!("conv_1")), "conversation"),
        (with("store", json!(true)), "store"),
        (with("background", json!(true)), "background"),
        (with("input", json!([])), "input"),
        (
            with("input", json!([{ "type": "item_reference", "id": "x" }])),
            "input[0].type",
        ),
        (
            with("input", json!([{ "role": "robot", "content": "x" }])),
            "input[0].role",
        ),
        (
            with("tools", json!([{ "type": "web_search" }])),
            "tools[0].type",
        ),
        (
            with(
                "text",
                json!({ "format": { "type": "json_schema", "name": "a b", "schema": {} } }),
            ),
            "text.format.name",
        ),
        (
            with("reasoning", json!({ "effort": "enormous" })),
            "reasoning.effort",
        ),
    ] {
        let (status, error) = program.post(PATH, &body).await.failure();
        assert_eq!((status, &error["param"]), (400, &json!(place)), "{error}");
    }
    assert!(app.upstream.exchanges().is_empty());
}
