//! `POST /v1/chat/completions`.

use super::{events, start};
use crate::support::{program::Program, test_app::TestApp, upstream::Ending};
use reqwest::{Method, header};
use serde_json::{Value, json};

const PATH: &str = "/v1/chat/completions";
/// One white pixel.
const PIXEL: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC";

fn ask(model: &str, text: &str) -> Value {
    json!({ "model": model, "messages": [{ "role": "user", "content": text }] })
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

#[tokio::test]
async fn an_answer_comes_whole_with_what_it_took() {
    let (_app, program) = start().await;
    let answer = program
        .post(PATH, &ask("echo", "good morning"))
        .await
        .json();
    assert_eq!(answer["object"], "chat.completion");
    assert_eq!(answer["model"], "echo");
    let choice = &answer["choices"][0];
    assert_eq!(choice["message"]["content"], "good morning");
    assert_eq!(choice["message"]["role"], "assistant");
    assert_eq!(choice["finish_reason"], "stop");
    let usage = &answer["usage"];
    let sum = usage["prompt_tokens"]
        .as_u64()
        .zip(usage["completion_tokens"].as_u64());
    assert_eq!(
        sum.map(|(read, written)| read + written),
        usage["total_tokens"].as_u64()
    );
}

#[tokio::test]
async fn a_stream_begins_with_the_role_and_ends_with_the_reason_what_it_took_and_done() {
    let (_app, program) = start().await;
    let mut body = with(ask("count", "tokens=3"), "stream", json!(true));
    body["stream_options"] = json!({ "include_usage": true });
    let reply = program.post(PATH, &body).await;
    assert_eq!(
        reply.header("content-type"),
        "text/event-stream; charset=utf-8"
    );
    assert!(reply.body.ends_with("data: [DONE]\n\n"));
    let chunks = events(&reply.body);
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    let text: String = chunks
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str())
        .collect();
    assert_eq!(text, "0000 0001 0002 ");
    let [.., end, usage] = chunks.as_slice() else {
        panic!("{chunks:?}");
    };
    assert_eq!(end["choices"][0]["finish_reason"], "stop");
    assert_eq!(usage["choices"], json!([]));
    assert_eq!(usage["usage"]["completion_tokens"], 3);
}

#[tokio::test]
async fn what_is_asked_reaches_the_service_with_its_parameters_pictures_and_functions() {
    let (app, program) = start().await;
    let tool = json!({ "type": "function", "function": { "name": "weather", "parameters": { "type": "object" } } });
    let body = json!({
        "model": "calls",
        "temperature": 0.5, "max_completion_tokens": 50, "stop": "END", "seed": 7, "user": "u", "metadata": {},
        "tools": [tool], "tool_choice": "required", "parallel_tool_calls": false,
        "messages": [
            { "role": "developer", "content": "Be brief." },
            { "role": "user", "content": [
                { "type": "text", "text": "What is this?" },
                { "type": "image_url", "image_url": { "url": PIXEL, "detail": "low" } },
            ] },
        ],
    });
    let answer = program.post(PATH, &body).await.json();
    let choice = &answer["choices"][0];
    assert_eq!(choice["finish_reason"], "tool_calls");
    let call = &choice["message"]["tool_calls"][0];
    assert_eq!(
        (&call["type"], &call["function"]["name"]),
        (&json!("function"), &json!("weather"))
    );
    assert!(call["id"].as_str().is_some_and(|id| !id.is_empty()));

    let exchanges = app.upstream.exchanges();
    let sent = &exchanges[0].body;
    assert_eq!(sent["temperature"], 0.5);
    assert_eq!(sent["seed"], 7);
    assert_eq!(sent["tools"][0], tool);
    assert_eq!(sent["tool_choice"], "required");
    assert_eq!(sent["parallel_tool_calls"], false);
    let picture = &sent["messages"][1]["content"][1]["image_url"];
    assert_eq!(
        (&picture["url"], &picture["detail"]),
        (&json!(PIXEL), &json!("low"))
    );
    assert!(sent.get("user").is_none() && sent.get("metadata").is_none());
}

#[tokio::test]
async fn a_schema_reaches_the_service() {
    let (app, program) = start().await;
    let schema = json!({ "type": "object", "properties": { "a": { "type": "number" } }, "required": ["a"], "additionalProperties": false });
    let format = json!({ "type": "json_schema", "json_schema": { "name": "point", "strict": true, "schema": schema } });
    let body = with(ask("json", "json={\"a\":1}"), "response_format", format);
    let answer = program.post(PATH, &body).await.json();
    assert_eq!(answer["choices"][0]["message"]["content"], "{\"a\":1}");
    let sent = &app.upstream.exchanges()[0].body["response_format"];
    assert_eq!(sent["type"], "json_schema");
    assert_eq!(sent["json_schema"]["name"], "point");
    assert_eq!(sent["json_schema"]["schema"], schema);
}

/// Requests with one thing wrong, and its place.
fn wrong_requests() -> Vec<(Value, &'static str)> {
    let hello = || ask("echo", "hello");
    let messages = |message: Value| with(hello(), "messages", json!([message]));
    vec![
        (json!({ "messages": [] }), "model"),
        (with(hello(), "messages", json!([])), "messages"),
        (
            messages(json!({ "role": "robot", "content": "x" })),
            "messages[0].role",
        ),
        (
            messages(json!({ "role": "function", "name": "f", "content": "x" })),
            "messages[0].role",
        ),
        (
            messages(json!({ "role": "tool", "content": "x" })),
            "messages[0].tool_call_id",
        ),
        (
            messages(json!({ "role": "user", "content": [{ "type": "smell" }] })),
            "messages[0].content[0].type",
        ),
        (
            messages(json!({ "role": "user", "content": [{ "type": "input_audio" }] })),
            "messages[0].content[0].type",
        ),
        (
            messages(
                json!({ "role": "user", "content": [{ "type": "image_url", "image_url": { "url": "ftp://x" } }] }),
            ),
            "messages[0].content[0].image_url.url",
        ),
        (
            messages(
                json!({ "role": "user", "content": [{ "type": "file", "file": { "file_id": "file-x" } }] }),
            ),
            "messages[0].content[0].file.file_id",
        ),
        (with(hello(), "temperature", json!(3)), "temperature"),
        (with(hello(), "n", json!(2)), "n"),
        (with(hello(), "logprobs", json!(true)), "logprobs"),
        (with(hello(), "functions", json!([])), "functions"),
        (with(hello(), "stream_options", json!({})), "stream_options"),
        (
            with(hello(), "stop", json!(["1", "2", "3", "4", "5"])),
            "stop",
        ),
        (
            with(hello(), "reasoning_effort", json!("enormous")),
            "reasoning_effort",
        ),
        (
            with(hello(), "response_format", json!({ "type": "yaml" })),
            "response_format.type",
        ),
        (
            with(hello(), "tools", json!([{ "type": "web_search" }])),
            "tools[0].type",
        ),
        (
            with(hello(), "tool_choice", json!("required")),
            "tool_choice",
        ),
    ]
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told_with_its_place() {
    let (app, program) = start().await;
    for (body, place) in wrong_requests() {
        let (status, error) = program.post(PATH, &body).await.failure();
        assert_eq!(
            (status, &error["param"]),
            (400, &json!(place)),
            "{body}: {error}"
        );
        assert_eq!(error["type"], "invalid_request_error");
    }
    assert!(app.upstream.exchanges().is_empty());
}

#[tokio::test]
async fn a_body_that_is_no_json_an_unknown_model_and_too_much_are_told_apart() {
    let (_app, program) = start().await;
    let broken = program.request(Method::POST, PATH).body("{\"model\": ");
    let (status, error) = program.send(broken).await.failure();
    assert_eq!(status, 400);
    assert!(
        error["message"]
            .as_str()
            .expect("a sentence")
            .contains("not JSON")
    );

    let (status, error) = program.post(PATH, &ask("no-such", "x")).await.failure();
    assert_eq!((status, &error["code"]), (404, &json!("model_not_found")));
    let (status, error) = program.post(PATH, &ask("gpt-5", "x")).await.failure();
    assert_eq!(
        status, 404,
        "it is in the catalogue, and not on this server: {error}"
    );

    let large = ask("echo", &"x".repeat(20_100_000));
    let (status, error) = program.post(PATH, &large).await.failure();
    assert_eq!((status, &error["code"]), (413, &json!("request_too_large")));
}

#[tokio::test]
async fn a_picture_of_several_megabytes_fits() {
    let (_app, program) = start().await;
    let url = format!("data:image/png;base64,{}", "A".repeat(8_000_000));
    let part = json!({ "type": "image_url", "image_url": { "url": url } });
    let text = json!({ "type": "text", "text": "large" });
    let body =
        json!({ "model": "echo", "messages": [{ "role": "user", "content": [text, part] }] });
    let answer = program.post(PATH, &body).await.json();
    assert_eq!(answer["choices"][0]["message"]["content"], "large");
}

#[tokio::test]
async fn what_the_service_says_has_its_status_and_never_its_insides() {
    let (_app, program) = start().await;
    for (model, status) in [
        ("status-400", 400),
        ("status-401", 502),
        ("status-404", 404),
        ("used-up", 429),
    ] {
        let reply = program.post(PATH, &ask(model, "x")).await;
        assert_eq!(reply.failure().0, status, "{model}: {}", reply.body);
        assert!(!reply.body.contains("sk-sec"), "{}", reply.body);
    }
    let body = with(ask("error-in-stream", "after=2"), "stream", json!(true));
    let reply = program.post(PATH, &body).await;
    assert_eq!(reply.status, 200);
    let last = events(&reply.body).pop().expect("an event");
    assert_eq!(last["error"]["type"], "server_error", "{last}");
    assert!(!reply.body.contains("[DONE]"));
}

#[tokio::test]
async fn reasons_of_an_end_are_told_and_a_refusal_is_one() {
    let (_app, program) = start().await;
    let answer = program.post(PATH, &ask("length", "tokens=4")).await.json();
    assert_eq!(answer["choices"][0]["finish_reason"], "length");
    let answer = program.post(PATH, &ask("filtered", "x")).await.json();
    assert_eq!(answer["choices"][0]["finish_reason"], "content_filter");
    let message =
        program.post(PATH, &ask("refuse", "x")).await.json()["choices"][0]["message"].clone();
    assert_eq!(message["content"], Value::Null);
    assert!(
        message["refusal"]
            .as_str()
            .expect("words")
            .contains("can't help")
    );
}

#[tokio::test]
async fn a_program_that_hangs_up_ends_the_answer_at_the_service() {
    let (app, program) = start().await;
    let body = with(ask("silence", "after=1"), "stream", json!(true));
    let mut response = program
        .json(PATH, &body)
        .header(header::ACCEPT, "text/event-stream")
        .send()
        .await
        .expect("an answer");
    response.chunk().await.expect("a piece");
    drop(response);
    let exchanges = app
        .upstream
        .wait_until(|exchanges| exchanges.iter().all(|exchange| exchange.ending.is_some()))
        .await;
    assert_eq!(exchanges[0].ending, Some(Ending::Cancelled));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_lets_an_answer_come_to_its_end_and_cuts_off_one_that_does_not() {
    for (question, last) in [
        ("tokens=20 rate=40", "data: [DONE]\n\n"),
        ("tokens=9 rate=1", "restarting"),
    ] {
        let (mut app, program) = start().await;
        let body = with(ask("count", question), "stream", json!(true));
        let mut response = program.json(PATH, &body).send().await.expect("an answer");
        let mut text = String::new();
        let first = response.chunk().await.expect("a piece").expect("a piece");
        text.push_str(&String::from_utf8_lossy(&first));
        let reading = async {
            while let Ok(Some(piece)) = response.chunk().await {
                text.push_str(&String::from_utf8_lossy(&piece));
            }
        };
        tokio::join!(app.stop(), reading);
        assert!(text.contains(last), "{text}");
    }
}

#[tokio::test]
async fn a_recording_reaches_a_model_that_hears() {
    let app = TestApp::builder().offering("gpt-audio-mini").start().await;
    let ada = app.sign_up("ada").await;
    let program = Program::of(&ada).await;
    let ask = |audio: Value| {
        json!({ "model": "gpt-audio-mini", "messages": [{ "role": "user", "content": [
            { "type": "text", "text": "what is said?" }, { "type": "input_audio", "input_audio": audio }] }] })
    };
    let audio = json!({ "data": "c291bmQ=", "format": "wav" });
    assert_eq!(program.post(PATH, &ask(audio.clone())).await.status, 200);
    let asked = app.upstream.exchanges().pop().expect("a question").body;
    assert_eq!(asked["messages"][0]["content"][1]["input_audio"], audio);
    for (audio, param) in [
        (json!({ "data": "c291bmQ=", "format": "ogg" }), "format"),
        (json!({ "data": "?", "format": "mp3" }), "data"),
        (json!({ "data": "c291bmQ=" }), "format"),
    ] {
        let (_, refused) = program.post(PATH, &ask(audio)).await.failure();
        assert_eq!(
            refused["param"],
            format!("messages[0].content[1].input_audio.{param}")
        );
    }
}
