//! What an answer brings besides its text while it is written: thoughts travel like words, and whoever comes late, from
//! another node or after a restart has all of it.

use crate::support::{
    database::on_both_databases,
    person::Person,
    reader::{fold, fold_onto},
    redis::RedisServer,
    test_app::TestApp,
};
use inspireai::model::{chat::Sent, event::RunEvent, transcript::Transcript};
use serde_json::json;

/// A server with a model that thinks aloud, asked through Responses.
async fn thinker(app: &TestApp) -> Person {
    app.change_features(
        "thinking",
        &json!({ "api": "responses", "parameters": ["reasoning_effort"] }),
    )
    .await;
    app.sign_up("ada").await
}

on_both_databases! {
    async fn thoughts_are_shown_stored_and_opened_again(app: TestApp) {
        let ada = thinker(&app).await;
        let sent = ada.send_new("thinking", "why is the sky blue?").await;
        let events = ada.events(sent.run_id, Some(0)).await;
        let seen = fold(&events);
        assert!(!seen.extras.reasoning.is_empty());
        assert_eq!(seen.text, "why is the sky blue?");
        let numbers: Vec<_> = events.iter().map(|event| event.seq).collect();
        assert_eq!(numbers, (1..=events.len() as u64).collect::<Vec<_>>());
        let deltas = events.iter().filter(|event| matches!(event.event, RunEvent::Reasoning(_)));
        assert!(deltas.count() <= 4, "thoughts that come together travel together");

        let stored = ada.last_message(sent.conversation_id).await;
        assert_eq!(stored.extras, seen.extras);
        let late = fold(&ada.events(sent.run_id, None).await);
        assert_eq!((late.text, late.extras), (seen.text, seen.extras));
    }
}

/// Whoever resumes anywhere, and whoever begins with a snapshot, ends with the same thoughts and words.
async fn resume_everywhere(app: &TestApp) {
    let ada = thinker(app).await;
    let sent = ada.send_new("thinking", "one two three rate=100").await;
    let mut late = ada.follow(sent.run_id, None).await;
    let first = late.next().await.expect("a snapshot");
    assert!(matches!(first.event, RunEvent::Snapshot { .. }));
    let mut from_snapshot = fold(std::slice::from_ref(&first));
    for event in late.rest().await {
        from_snapshot.apply(&event);
    }
    let events = ada.events(sent.run_id, Some(0)).await;
    let whole = fold(&events);
    assert!(!whole.extras.reasoning.is_empty());
    assert_eq!(
        (&from_snapshot.text, &from_snapshot.extras),
        (&whole.text, &whole.extras)
    );
    for at in 0..events.len() {
        let (seen, _) = events.split_at(at);
        let before = fold_onto(Transcript::default(), seen);
        let rest = ada.events(sent.run_id, Some(before.seq)).await;
        let resumed = fold_onto(before, &rest);
        assert_eq!(
            (&resumed.text, &resumed.extras),
            (&whole.text, &whole.extras)
        );
    }
}

#[tokio::test]
async fn a_reader_who_comes_back_has_all_thoughts_once() {
    let app = TestApp::start().await;
    resume_everywhere(&app).await;
}

#[tokio::test]
async fn a_reader_who_comes_back_has_all_thoughts_once_where_runs_are_shared() {
    let redis = RedisServer::start().await;
    let app = TestApp::builder()
        .env("REDIS_URL", &redis.url())
        .start()
        .await;
    resume_everywhere(&app).await;
}

#[tokio::test]
async fn an_answer_that_goes_on_keeps_its_thoughts_and_one_that_begins_anew_does_not() {
    let app = TestApp::builder().offering("many").start().await;
    app.change_features("many", &json!({ "api": "responses", "parameters": [] }))
        .await;
    let ada = app.sign_up("ada").await;
    let sent = ada
        .send_new("many", "scenario=thinking a b c d e f rate=2")
        .await;
    let mut reader = ada.follow(sent.run_id, Some(0)).await;
    reader
        .until(|event| matches!(event, RunEvent::Text(_)))
        .await;
    ada.stop(sent.run_id).await;
    reader.rest().await;
    let before = ada.last_message(sent.conversation_id).await;
    assert!(!before.extras.reasoning.is_empty() && !before.text.is_empty());

    let more: Sent = ada.continue_answer(sent.message_id).await.value();
    let mut reader = ada.follow(more.run_id, None).await;
    let first = reader.next().await.expect("a snapshot");
    let RunEvent::Snapshot { extras, text, .. } = &first.event else {
        panic!("{first:?}");
    };
    assert!(extras.reasoning.starts_with(&before.extras.reasoning));
    assert!(text.starts_with(&before.text));
    ada.stop(more.run_id).await;
    reader.rest().await;
    let after = ada.last_message(sent.conversation_id).await;
    assert!(after.extras.reasoning.starts_with(&before.extras.reasoning));
}
