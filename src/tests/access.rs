//! Who may do what: nobody without a session, and nobody to what is somebody else's.

use crate::support::{client::Form, person::reply, test_app::TestApp};
use inspireai::model::{
    ErrorKind,
    ids::{ConversationId, IdempotencyKey, MessageId, RunId},
};
use leptos::server_fn;
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeSet;

const ID: &str = "0193a000-0000-7000-8000-000000000000";

/// Server functions that serve anybody.
const PUBLIC: [&str; 9] = [
    "current_theme",
    "current_user",
    "sign_up",
    "log_in",
    "log_out",
    "set_theme",
    "featured_tools",
    "search_tools",
    "get_tool",
];

/// Server functions that serve people with an account, each with a form that it can read.
const MEMBERS_ONLY: &[(&str, Form<'_>)] = &[
    ("list_conversations", &[]),
    ("chat_tool", &[]),
    ("open_conversation", &[("id", ID)]),
    ("regenerate_answer", &[("message", ID), ("key", ID)]),
    ("continue_answer", &[("message", ID), ("key", ID)]),
    ("stop_run", &[("run", ID)]),
    ("select_branch", &[("message", ID)]),
    ("rename_conversation", &[("id", ID), ("title", "Mine")]),
    ("delete_conversation", &[("id", ID)]),
    ("list_tokens", &[]),
    (
        "create_token",
        &[("name", "x"), ("scopes[]", "chat"), ("days", "30")],
    ),
    ("revoke_token", &[("token", ID)]),
    ("check_output", &[("message", ID)]),
    ("repair_answer", &[("message", ID), ("key", ID)]),
    ("list_schemas", &[]),
    ("save_schema", &[("name", "Mine"), ("schema", "{}")]),
    ("rename_schema", &[("id", ID), ("name", "Mine")]),
    ("delete_schema", &[("id", ID)]),
];

#[tokio::test]
async fn without_a_session_every_server_function_that_is_not_public_answers_401() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for (endpoint, form) in MEMBERS_ONLY {
        let reply = visitor.call(endpoint, form).await;
        assert_eq!(reply.status, 401, "{endpoint}: {}", reply.body);
        assert_eq!(reply.error().kind, ErrorKind::Unauthorized);
    }
    let request = json!({ "request": { "idempotency_key": ID, "text": "hello" } });
    assert_eq!(
        visitor.call_json("send_message", &request).await.status,
        401
    );
    let events = visitor.get(&format!("/api/runs/{ID}/events")).await;
    assert_eq!(events.error().kind, ErrorKind::Unauthorized);
}

#[tokio::test]
async fn every_server_function_stands_in_one_of_the_two_tables() {
    let _app = TestApp::start().await;
    let registered: BTreeSet<_> = server_fn::axum::server_fn_paths()
        .map(|(path, _)| path.trim_start_matches("/api/"))
        .collect();
    let known: BTreeSet<_> = MEMBERS_ONLY
        .iter()
        .map(|(endpoint, _)| *endpoint)
        .chain(PUBLIC)
        .chain(["send_message"])
        .collect();
    assert_eq!(registered, known);
}

#[tokio::test]
async fn a_form_post_without_a_session_goes_to_log_in_and_stores_nothing() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let form = [("tool", "echo"), ("text", "hello")];
    let reply = visitor.send(visitor.post("/chat", &form)).await;
    assert_eq!(reply.status, 303);
    assert_eq!(reply.header("location"), "/login?next=/chat");
    assert!(app.upstream.exchanges().is_empty());
}

#[tokio::test]
async fn what_is_somebody_elses_is_told_like_what_does_not_exist() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.sign_up("ada").await, app.sign_up("eve").await);
    let (sent, _) = ada.ask("count", "tokens=3").await;
    let theirs = [
        sent.conversation_id.to_string(),
        sent.message_id.to_string(),
        sent.run_id.to_string(),
    ];
    let missing = [
        ConversationId::new().to_string(),
        MessageId::new().to_string(),
        RunId::new().to_string(),
    ];
    let mut answers = Vec::new();
    for [conversation, message, run] in [&theirs, &missing] {
        let key = IdempotencyKey::new().to_string();
        let of_message = [("message", message.as_str()), ("key", key.as_str())];
        let of_conversation = [("id", conversation.as_str()), ("title", "Mine now")];
        let mut replies = Vec::new();
        for (endpoint, form) in [
            ("open_conversation", &of_conversation[..1]),
            ("rename_conversation", &of_conversation[..]),
            ("delete_conversation", &of_conversation[..1]),
            ("regenerate_answer", &of_message[..]),
            ("continue_answer", &of_message[..]),
            ("select_branch", &of_message[..1]),
            ("stop_run", &[("run", run.as_str())]),
        ] {
            replies.push(eve.call(endpoint, form).await);
        }
        let id = conversation.parse().expect("an id");
        replies.push(eve.try_send(&reply(id, "hello")).await);
        replies.push(eve.get(&format!("/api/runs/{run}/events")).await);
        replies.push(eve.get(&format!("/api/runs/{run}/events?after=1")).await);
        answers.push(
            replies
                .iter()
                .map(|reply| reply.anonymous_error())
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(answers[0], answers[1]);
    assert!(
        answers[0]
            .iter()
            .all(|(status, error)| *status == 404 && error.kind == ErrorKind::NotFound)
    );

    let page = ada.open_conversation(sent.conversation_id).await;
    assert_eq!((page.title.as_str(), page.messages.len()), ("tokens=3", 2));
}

#[tokio::test]
async fn ids_that_are_none_are_refused_with_a_sentence() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let reply = ada.call("open_conversation", &[("id", "no-id")]).await;
    assert_eq!(reply.status, 422);
    assert!(reply.error().message.contains("could not be read"));
    let request = ada.request(Method::GET, "/api/runs/no-id/events");
    assert_eq!(ada.send(request).await.status, 404);
}

#[tokio::test]
async fn an_error_carries_the_id_of_its_request() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let reply = visitor.call("get_tool", &[("slug", "nothing")]).await;
    let id = reply.error().request_id.expect("an id");
    assert!(!id.is_empty());
    assert_eq!(reply.header("x-request-id"), id);
}
