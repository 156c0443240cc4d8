//! A service that is down: people hear of it at once, it is left alone for a while, and where a tool names another, that one
//! answers.

use crate::support::{
    database::{Database, on_both_databases},
    numbers::Numbers,
    person::Person,
    reader::fold,
    test_app::{Builder, TestApp},
};
use inspireai::model::{
    AppError, ErrorKind,
    chat::{RunState, Sent},
    event::RunEvent,
};
use serde_json::json;
use std::time::Duration;

const REST: Duration = Duration::from_millis(1500);

/// A server that leaves its upstream alone after `failures` in a row.
fn with_breaker(failures: &str) -> Builder {
    TestApp::builder()
        .env("INSPIREAI_BREAKER_FAILURES", failures)
        .env("INSPIREAI_BREAKER_SECONDS", "1.5")
}

async fn failure(person: &Person, sent: &Sent) -> AppError {
    match person.read(sent.run_id).await.state {
        RunState::Failed { error } => error,
        state => panic!("it did not fail: {state:?}"),
    }
}

#[tokio::test]
async fn a_service_that_fails_in_a_row_is_left_alone_tried_by_one_and_asked_again_when_it_answers()
{
    let app = with_breaker("2").start().await;
    let ada = app.sign_up("ada").await;
    let first = ada.send_new("status-500", "hello").await;
    let told = failure(&ada, &first).await;
    assert!(
        told.message.contains("having trouble"),
        "the last failure is told: {}",
        told.message
    );
    assert_eq!(app.upstream.exchanges().len(), 2, "it opened after two");

    let refused = ada.send_new("echo", "hello").await;
    let error = failure(&ada, &refused).await;
    assert_eq!(error.kind, ErrorKind::Upstream);
    assert!(
        error.message.contains("left alone") && error.message.contains("having trouble"),
        "{}",
        error.message
    );
    assert_eq!(app.upstream.exchanges().len(), 2, "it was not asked");
    let numbers = Numbers::of(&ada).await;
    let provider = [("provider", "openai")];
    assert!(numbers.get("inspireai_upstream_breaker_opened_total", &provider) >= 1.0);
    assert!(numbers.get("inspireai_upstream_breaker_refused_total", &provider) >= 1.0);

    tokio::time::sleep(REST).await;
    let trial = ada.send_new("status-500", "still?").await;
    failure(&ada, &trial).await;
    assert_eq!(app.upstream.exchanges().len(), 3, "one try, and open again");
    let refused = ada.send_new("echo", "hello").await;
    assert!(failure(&ada, &refused).await.message.contains("left alone"));

    tokio::time::sleep(REST).await;
    for text in ["are you there?", "so you are"] {
        let (_, answer) = ada.ask("echo", text).await;
        assert_eq!(answer.text, text);
    }
    let again = ada.try_again(&refused).await;
    assert_eq!(ada.read(again.run_id).await.text, "hello");
}

#[tokio::test]
async fn a_service_that_refuses_a_question_is_not_down() {
    let app = with_breaker("2").start().await;
    let ada = app.sign_up("ada").await;
    for _ in 0..3 {
        let refused = ada.send_new("status-400", "hello").await;
        failure(&ada, &refused).await;
    }
    let (_, answer) = ada.ask("echo", "hello").await;
    assert_eq!(answer.text, "hello");
}

#[tokio::test]
async fn while_a_service_is_left_alone_another_tool_answers_at_once() {
    let app = with_breaker("1").start().await;
    let ada = app.sign_up("ada").await;
    app.change_features("status-500", &json!({ "fallback": "echo" }))
        .await;
    // Where a tool has an address of its own, it is another service.
    app.execute("update tool set endpoint = 'elsewhere' where slug = 'echo'")
        .await;
    for text in ["first", "second"] {
        let (_, answer) = ada.ask("status-500", text).await;
        assert_eq!(answer.text, text);
        assert_eq!(answer.extras.answered_by.as_deref(), Some("echo"));
    }
    let models: Vec<_> = app
        .upstream
        .exchanges()
        .into_iter()
        .map(|exchange| exchange.model)
        .collect();
    assert_eq!(models, ["status-500", "echo", "echo"]);
}

on_both_databases! {
    async fn another_tool_answers_in_its_own_way_says_so_and_is_remembered(app: TestApp) {
        let ada = app.sign_up("ada").await;
        app.change_features("rate-limited", &json!({ "fallback": "echo" })).await;
        app.change_features("echo", &json!({ "parameters": ["max_tokens"], "max_output_tokens": 50 })).await;
        let mut request = crate::support::person::message("rate-limited", "s=3600 times=9 hello");
        request.settings = Some(serde_json::from_value(json!({
            "system_prompt": "Be brief.",
            "parameters": { "temperature": 0.5, "max_tokens": 900 },
        })).expect("settings"));
        let sent: Sent = ada.try_send(&request).await.value();
        let events = ada.events(sent.run_id, Some(0)).await;
        let told = events.iter().filter(|event| event.event == RunEvent::AnsweredBy { name: "echo".to_owned() });
        assert_eq!(told.count(), 1);
        let answer = fold(&events);
        assert_eq!(answer.text, "s=3600 times=9 hello");

        let exchanges = app.upstream.exchanges();
        let bodies: Vec<_> = exchanges.iter().map(|exchange| &exchange.body).collect();
        assert_eq!((&bodies[0]["model"], &bodies[1]["model"]), (&json!("rate-limited"), &json!("echo")));
        assert_eq!(bodies[0]["temperature"], json!(0.5));
        assert_eq!((bodies[1].get("temperature"), &bodies[1]["max_completion_tokens"]), (None, &json!(50)));
        assert_eq!(exchanges[1].messages()[0], ("system".to_owned(), "Be brief.".to_owned()));

        let stored = ada.last_message(sent.conversation_id).await;
        assert_eq!(stored.extras.answered_by.as_deref(), Some("echo"));
        let snapshot = fold(&ada.events(sent.run_id, None).await);
        assert_eq!(snapshot.extras, stored.extras);
    }

    async fn two_tools_that_name_each_other_end_in_a_sentence(app: TestApp) {
        let ada = app.sign_up("ada").await;
        app.change_features("rate-limited", &json!({ "fallback": "used-up" })).await;
        app.change_features("used-up", &json!({ "fallback": "rate-limited" })).await;
        let sent = ada.send_new("rate-limited", "s=3600 times=9").await;
        failure(&ada, &sent).await;
        assert_eq!(app.upstream.exchanges().len(), 2);
    }
}

#[tokio::test]
async fn a_fallback_that_does_not_answer_here_is_none() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    for fallback in ["chatgpt", "no-such-tool", "rate-limited"] {
        app.change_features("rate-limited", &json!({ "fallback": fallback }))
            .await;
        let sent = ada.send_new("rate-limited", "s=3600 times=9").await;
        let error = failure(&ada, &sent).await;
        assert_eq!(error.kind, ErrorKind::RateLimited, "{fallback}");
    }
}

#[tokio::test]
async fn after_words_nobody_else_answers() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    app.change_features("die-after", &json!({ "fallback": "echo" }))
        .await;
    let (sent, answer) = ada.ask("die-after", "after=3").await;
    assert!(matches!(answer.state, RunState::Failed { .. }));
    assert!(answer.extras.answered_by.is_none() && !answer.text.is_empty());
    assert_eq!(app.upstream.exchanges().len(), 1);
    let stored = ada.last_message(sent.conversation_id).await;
    assert_eq!(stored.text, answer.text);
}

#[tokio::test]
async fn waiting_for_another_try_is_told_with_its_length_and_ends_when_it_is_cancelled() {
    let database = Database::Sqlite;
    let app = TestApp::builder().database(database).start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("rate-limited", "s=9 times=9").await;
    let mut reader = ada.follow(sent.run_id, Some(0)).await;
    let waiting = reader
        .until(|event| matches!(event, RunEvent::Retrying { .. }))
        .await;
    let RunEvent::Retrying { after_ms, reason } = waiting.event else {
        panic!("{waiting:?}");
    };
    assert!((9_000..20_000).contains(&after_ms), "{after_ms}");
    assert!(reason.contains("asked too often"), "{reason}");
    assert_eq!(ada.stop(sent.run_id).await.status, 200);
    let end = reader.rest().await.pop().expect("an end");
    assert_eq!(end.event, RunEvent::Stopped);
    assert_eq!(app.upstream.exchanges().len(), 1);
}
