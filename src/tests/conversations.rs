//! The list of conversations: titles, renaming, deleting.

use crate::support::test_app::TestApp;
use inspireai::model::chat::{DayGroup, MAX_TITLE_CHARS};

#[tokio::test]
async fn a_conversation_is_named_after_its_first_message() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "\n## Plan a trip\nto Rome").await;
    let next = ada.send_in(sent.conversation_id, "and back").await;
    ada.read(next.run_id).await;
    let listed = ada.conversations().await;
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (listed[0].id, listed[0].title.as_str()),
        (sent.conversation_id, "Plan a trip")
    );
    assert_eq!(listed[0].day, DayGroup::Today);
    let page = ada.open_conversation(sent.conversation_id).await;
    assert_eq!(
        (page.title.as_str(), page.tool.slug.as_str()),
        ("Plan a trip", "echo")
    );
}

#[tokio::test]
async fn everybody_lists_their_own() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
    ada.ask("echo", "mine").await;
    assert!(bob.conversations().await.is_empty());
}

#[tokio::test]
async fn a_title_can_be_changed_within_its_limits() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "hello").await;
    let id = sent.conversation_id.to_string();
    let renamed = ada
        .call(
            "rename_conversation",
            &[("id", &id), ("title", "  Rome,\n <b>2027</b> ")],
        )
        .await;
    assert_eq!(renamed.status, 200);
    assert_eq!(ada.conversations().await[0].title, "Rome, <b>2027</b>");

    let long = "x".repeat(MAX_TITLE_CHARS + 1);
    for title in ["  ", long.as_str()] {
        let reply = ada
            .call("rename_conversation", &[("id", &id), ("title", title)])
            .await;
        assert_eq!(reply.status, 422);
        assert_eq!(reply.error().field.as_deref(), Some("title"));
    }
    assert_eq!(ada.conversations().await[0].title, "Rome, <b>2027</b>");
}
