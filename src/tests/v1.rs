//! The OpenAI-compatible interface, as programs use it.

mod chat;
mod client;
mod files;
mod media;
mod responses;
mod speech;
mod transcription;

use crate::support::{program::Program, test_app::TestApp};
use serde_json::{Value, json};

/// A server, and a program of somebody's with a token for everything.
async fn start() -> (TestApp, Program) {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let program = Program::of(&ada).await;
    (app, program)
}

/// The data of an answer's events.
fn events(body: &str) -> Vec<Value> {
    body.split("\n\n")
        .filter_map(|frame| frame.lines().find_map(|line| line.strip_prefix("data: ")))
        .filter(|data| *data != "[DONE]")
        .map(|data| serde_json::from_str(data).expect("JSON"))
        .collect()
}

#[tokio::test]
async fn the_models_are_those_that_answer_here_by_slug_and_by_their_own_id() {
    let (_app, program) = start().await;
    let list = program.get("/v1/models").await.json();
    assert_eq!(list["object"], "list");
    let models = list["data"].as_array().expect("a list");
    let ids: Vec<_> = models
        .iter()
        .filter_map(|model| model["id"].as_str())
        .collect();
    assert!(ids.contains(&"echo") && !ids.contains(&"gpt-5") && !ids.contains(&"local-assistant"));
    let echo = program.get("/v1/models/echo").await.json();
    assert_eq!(
        (&echo["id"], &echo["object"]),
        (&json!("echo"), &json!("model"))
    );

    let (status, error) = program.get("/v1/models/no/such").await.failure();
    assert_eq!((status, &error["code"]), (404, &json!("model_not_found")));
}

#[tokio::test]
async fn an_address_or_a_method_that_is_not_there_is_told_in_the_interfaces_words() {
    let (_app, program) = start().await;
    let (status, error) = program.get("/v1/embeddings").await.failure();
    assert_eq!((status, &error["code"]), (404, &json!("unknown_url")));
    let (status, error) = program.get("/v1/chat/completions").await.failure();
    assert_eq!(
        (status, &error["code"]),
        (405, &json!("method_not_supported"))
    );
}
