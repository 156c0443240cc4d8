//! Pages as the server renders them, and the chat of somebody whose browser runs no scripts.

use crate::support::test_app::TestApp;
use inspireai::model::{
    chat::{FinishReason, RunState},
    ids::ConversationId,
};
use serde_json::Value;

#[tokio::test]
async fn a_page_is_html_whose_scripts_carry_its_own_nonce() {
    let app = TestApp::start().await;
    let page = app.visitor().get("/").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    let policy = page.header("content-security-policy");
    let nonce = policy
        .split_once("'nonce-")
        .and_then(|(_, rest)| rest.split_once('\''))
        .map(|(nonce, _)| nonce)
        .expect("a nonce");
    let scripts = page.body.matches("<script").count();
    assert!(scripts > 0);
    assert!(
        page.body.matches(&format!("nonce=\"{nonce}\"")).count() >= scripts,
        "{}",
        page.body
    );
    let again = app.visitor().get("/").await;
    assert_ne!(again.header("content-security-policy"), policy);
}

#[tokio::test]
async fn what_people_write_is_text_in_the_title_of_a_page() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "a</title><b>&amp;").await;
    let page = ada.get(&format!("/chat/{}", sent.conversation_id)).await;
    let title = "<title>a&lt;/title>&lt;b>&amp;amp; · InspireAI</title>";
    assert!(page.body.contains(title), "{}", page.body);
}

#[tokio::test]
async fn every_answer_tells_browsers_what_they_may_do() {
    let app = TestApp::start().await;
    for path in ["/", "/no/such/page", "/healthz", "/api/runs/x/events"] {
        let reply = app.visitor().get(path).await;
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
        assert!(!reply.header("x-request-id").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn an_address_without_a_page_is_not_found() {
    let app = TestApp::start().await;
    assert_eq!(app.visitor().get("/no/such/page").await.status, 404);
}

#[tokio::test]
async fn every_page_is_there_for_somebody_with_an_account() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "hello").await;
    let chat = format!("/chat/{}", sent.conversation_id);
    for path in [
        "/",
        "/tools",
        "/tools?q=chat&page=2",
        "/tools/echo",
        "/chat",
        "/chat?tool=echo",
        &chat,
        "/settings",
    ] {
        let page = ada.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(
            page.body.contains("<h1") && page.body.contains("ada"),
            "{path}: {}",
            page.body
        );
        assert_eq!(page.header("cache-control"), "private, no-cache", "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_ones_own_is_not_found() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.sign_up("ada").await, app.sign_up("eve").await);
    let (sent, _) = ada.ask("echo", "the secret of ada").await;
    let chat = format!("/chat/{}", sent.conversation_id);
    for path in [
        chat.as_str(),
        "/chat/0193a000-0000-7000-8000-000000000000",
        "/chat/x",
        "/tools/no-such-tool",
    ] {
        let page = eve.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(
            page.header("content-type").starts_with("text/html"),
            "{path}"
        );
        assert!(!page.body.contains("the secret of ada"), "{path}");
    }
}

#[tokio::test]
async fn somebody_without_an_account_may_look_around_and_is_led_to_log_in_for_the_chat() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for path in ["/", "/tools", "/tools/echo", "/login", "/signup"] {
        assert_eq!(visitor.get(path).await.status, 200, "{path}");
    }
    let chat = visitor.get("/chat").await;
    assert!(
        chat.header("location").starts_with("/login") || chat.body.contains("/login"),
        "{} {}",
        chat.status,
        chat.body
    );
}

#[tokio::test]
async fn health_and_readiness_answer_anybody() {
    let app = TestApp::start().await;
    assert_eq!(app.visitor().get("/healthz").await.body, "ok");
    let ready = app.visitor().get("/readyz").await;
    assert_eq!(ready.status, 200);
    let told: Value = serde_json::from_str(&ready.body).expect("JSON");
    assert_eq!(
        (&told["database"], &told["run_log"]),
        (&Value::Bool(true), &Value::Bool(true))
    );
    assert_eq!(told["draining"], Value::Bool(false));
}

#[tokio::test]
async fn without_scripts_a_posted_message_leads_to_its_conversation_with_the_answer_in_it() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let form = [
        ("conversation", ""),
        ("tool", "echo"),
        ("text", "Hello\r\nthere"),
    ];
    let reply = ada.send(ada.post("/chat", &form)).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let location = reply.header("location").to_owned();
    let id: ConversationId = location
        .strip_prefix("/chat/")
        .and_then(|id| id.parse().ok())
        .unwrap_or_else(|| panic!("{location}"));
    let page = ada.open_conversation(id).await;
    assert_eq!(page.messages[0].text, "Hello\nthere");
    assert_eq!(page.messages[1].text, "Hello\nthere");
    let state = &page.messages[1].run.as_ref().expect("a run").state;
    assert_eq!(
        *state,
        RunState::Finished {
            reason: FinishReason::Stop
        }
    );

    let shown = ada.get(&location).await.body;
    assert_eq!(shown.matches("<article").count(), 2, "{shown}");
    assert!(shown.contains("there</p>"), "{shown}");

    let id = id.to_string();
    let form = [("conversation", id.as_str()), ("text", "And again")];
    let reply = ada.send(ada.post("/chat", &form)).await;
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, location.as_str())
    );
    assert_eq!(
        ada.open_conversation(id.parse().expect("an id"))
            .await
            .messages
            .len(),
        4
    );
}

#[tokio::test]
async fn without_scripts_an_empty_message_comes_back_with_why_and_stores_nothing() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let form = [("tool", "echo"), ("text", "  ")];
    let reply = ada.send(ada.post("/chat?tool=echo", &form)).await;
    assert_eq!(reply.status, 422);
    assert!(reply.body.contains("role=\"alert\""), "{}", reply.body);
    assert!(
        reply.body.contains("Write a message first."),
        "{}",
        reply.body
    );
    let shown = reply.body.replace("<!>", "");
    assert!(shown.contains("Ask echo something"), "{shown}");
    assert!(ada.conversations().await.is_empty());
}

#[tokio::test]
async fn a_prompt_in_an_address_is_a_text_whatever_it_looks_like() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let path = "/chat?tool=echo&prompt=%3C%2Ftextarea%3E%3Cimg%20src%3Dx%3E%26amp%3B";
    let shown = ada.get(path).await.body;
    assert!(
        shown.contains(">&lt;/textarea>&lt;img src=x>&amp;amp;</textarea>"),
        "{shown}"
    );
}

#[tokio::test]
async fn without_scripts_a_conversation_can_be_deleted() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "hello").await;
    let id = sent.conversation_id.to_string();
    let request = ada
        .form("delete_conversation", &[("id", &id), ("next", "/chat")])
        .header("accept", "text/html");
    let reply = ada.send(request).await;
    assert_eq!((reply.status, reply.header("location")), (302, "/chat"));
    assert!(ada.conversations().await.is_empty());
}
