//! Who may do what: nobody without a session, and nobody to what is somebody else's.

mod ownership;

use crate::support::{
    client::{Client, Form, Reply},
    test_app::TestApp,
    uploads,
};
use inspireai::model::ErrorKind;
use leptos::server_fn;
use reqwest::{
    Method,
    header::{ACCEPT, CONTENT_TYPE},
};
use serde_json::Value;
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

/// How a server function is asked so that it can read what it is asked.
enum Call {
    Form(Form<'static>),
    Json(&'static str),
    /// A form with a file.
    File,
}

use Call::{File, Form as Fields, Json};

/// Server functions that serve people with an account.
const MEMBERS_ONLY: &[(&str, Call)] = &[
    // Conversations.
    ("list_conversations", Fields(&[])),
    ("chat_tool", Fields(&[])),
    ("open_conversation", Fields(&[("id", ID)])),
    (
        "earlier_messages",
        Fields(&[("conversation", ID), ("before", ID)]),
    ),
    (
        "send_message",
        Json(
            r#"{"request": {"idempotency_key": "0193a000-0000-7000-8000-000000000000", "text": "hello"}}"#,
        ),
    ),
    (
        "update_settings",
        Json(r#"{"id": "0193a000-0000-7000-8000-000000000000", "settings": {}}"#),
    ),
    ("regenerate_answer", Fields(&[("message", ID), ("key", ID)])),
    ("repair_answer", Fields(&[("message", ID), ("key", ID)])),
    ("continue_answer", Fields(&[("message", ID), ("key", ID)])),
    ("stop_run", Fields(&[("run", ID)])),
    ("select_branch", Fields(&[("message", ID)])),
    (
        "rename_conversation",
        Fields(&[("id", ID), ("title", "Mine")]),
    ),
    ("delete_conversation", Fields(&[("id", ID)])),
    ("import_threads", File),
    // Files.
    ("upload_file", File),
    ("upload_files", File),
    ("upload_limit", Fields(&[])),
    ("list_files", Fields(&[("query", ""), ("page", "1")])),
    ("find_files", Json(r#"{"ids": []}"#)),
    ("file_use", Fields(&[("id", ID)])),
    ("delete_file", Fields(&[("id", ID)])),
    // Speech.
    ("transcribe", File),
    (
        "transcribe_file",
        Json(r#"{"file": "0193a000-0000-7000-8000-000000000000", "tool": null, "language": null}"#),
    ),
    ("speak", Json(r#"{"request": {"text": "hello"}}"#)),
    ("speech_options", Fields(&[])),
    ("save_speech_settings", Fields(&[("settings[speed]", "1")])),
    // Presets and schemas.
    ("list_presets", Fields(&[])),
    (
        "save_preset",
        Json(r#"{"name": "x", "settings": {}, "replace": false}"#),
    ),
    ("rename_preset", Fields(&[("id", ID), ("name", "x")])),
    ("delete_preset", Fields(&[("id", ID)])),
    ("set_default_preset", Fields(&[("id", ID)])),
    ("check_output", Fields(&[("message", ID)])),
    ("list_schemas", Fields(&[])),
    ("save_schema", Fields(&[("name", "x"), ("schema", "{}")])),
    ("rename_schema", Fields(&[("id", ID), ("name", "x")])),
    ("delete_schema", Fields(&[("id", ID)])),
    // Assistants.
    (
        "list_assistants",
        Fields(&[("query[q]", ""), ("query[page]", "1")]),
    ),
    ("get_assistant", Fields(&[("id", ID)])),
    ("assistant_choices", Fields(&[])),
    (
        "save_assistant",
        Fields(&[("form[name]", "x"), ("form[tool]", "echo")]),
    ),
    ("restore_assistant", Fields(&[("id", ID), ("version", "1")])),
    ("duplicate_assistant", Fields(&[("id", ID)])),
    (
        "share_assistant",
        Fields(&[("id", ID), ("is_shared", "true")]),
    ),
    ("delete_assistant", Fields(&[("id", ID)])),
    ("begin_chat", Fields(&[("assistant", ID)])),
    // Tokens.
    ("list_tokens", Fields(&[])),
    (
        "create_token",
        Fields(&[("name", "x"), ("scopes[]", "chat"), ("days", "30")]),
    ),
    ("revoke_token", Fields(&[("token", ID)])),
];

impl Call {
    async fn made_by(&self, visitor: &Client, endpoint: &str) -> Reply {
        match self {
            Fields(form) => visitor.call(endpoint, form).await,
            Json(body) => {
                let body: Value = serde_json::from_str(body).expect("JSON");
                visitor.call_json(endpoint, &body).await
            }
            File => {
                let request = visitor
                    .request(Method::POST, &format!("/api/{endpoint}"))
                    .header(ACCEPT, "application/json")
                    .multipart(uploads::form("a.txt", "hello"));
                visitor.send(request).await
            }
        }
    }
}

/// What there is for members besides server functions.
fn addresses() -> Vec<(Method, String)> {
    vec![
        (Method::POST, "/api/chat".to_owned()),
        (Method::GET, format!("/api/runs/{ID}/events")),
        (Method::GET, format!("/api/files/{ID}")),
        (Method::GET, format!("/api/files/{ID}/preview")),
        (Method::GET, format!("/api/assistants/{ID}/1/picture")),
    ]
}

#[tokio::test]
async fn without_a_session_everything_that_is_not_public_answers_401() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for (endpoint, call) in MEMBERS_ONLY {
        let reply = call.made_by(&visitor, endpoint).await;
        assert_eq!(reply.status, 401, "{endpoint}: {}", reply.body);
        assert_eq!(reply.error().kind, ErrorKind::Unauthorized);
    }
    for (method, path) in addresses() {
        let request = visitor
            .request(method, &path)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .body(r#"{"text": "hello"}"#);
        let reply = visitor.send(request).await;
        assert_eq!(reply.status, 401, "{path}: {}", reply.body);
        assert_eq!(reply.error().kind, ErrorKind::Unauthorized);
    }
    assert!(app.upstream.exchanges().is_empty());
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
