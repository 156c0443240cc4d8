//! Stopping: whenever it is pressed, from wherever, and that the service behind hears of it.

use crate::support::{
    person::Person,
    reader::fold,
    test_app::TestApp,
    upstream::{Ending, counted},
};
use inspireai::model::{chat::RunState, event::RunEvent};

#[tokio::test]
async fn stop_before_the_first_word_ends_the_answer_and_the_connection_to_the_service() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("slow-start", "ms=60000 hello").await;
    app.upstream.wait_until(|all| !all.is_empty()).await;
    assert_eq!(ada.stop(sent.run_id).await.status, 200);

    let transcript = ada.read(sent.run_id).await;
    assert_eq!(
        (transcript.text.as_str(), transcript.state),
        ("", RunState::Stopped)
    );
    let exchanges = app.upstream.wait_until(|all| all[0].ending.is_some()).await;
    assert_eq!(exchanges[0].ending, Some(Ending::Cancelled));
    let answer = ada.last_message(sent.conversation_id).await;
    assert_eq!((answer.text.as_str(), answer.is_open()), ("", false));
}

#[tokio::test]
async fn stop_in_the_middle_keeps_exactly_what_was_seen() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("count", "tokens=100000 rate=200").await;
    let mut reader = ada.follow(sent.run_id, Some(0)).await;
    let mut events = Vec::new();
    while fold(&events).text.len() < 200 {
        events.push(reader.next().await.expect("more"));
    }
    assert_eq!(ada.stop(sent.run_id).await.status, 200);
    events.extend(reader.rest().await);

    let seen = fold(&events);
    assert_eq!(seen.state, RunState::Stopped);
    let answer = ada.last_message(sent.conversation_id).await;
    assert_eq!(answer.text, seen.text);
    assert!(counted(2000).starts_with(&seen.text));
    assert_eq!(answer.run.expect("a run").seq, seen.seq);

    let exchanges = app.upstream.wait_until(|all| all[0].ending.is_some()).await;
    assert_eq!(exchanges[0].ending, Some(Ending::Cancelled));
    assert!(
        exchanges[0].tokens_sent < 2000,
        "{}",
        exchanges[0].tokens_sent
    );
}

#[tokio::test]
async fn stop_works_from_another_tab_and_every_tab_sees_it() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let other = app.visitor();
    other.set_cookie("session", &ada.cookie("session").expect("a session"));
    let other = Person::new(other);
    let sent = ada.send_new("silence", "after=5").await;
    let mut reader = ada.follow(sent.run_id, Some(0)).await;
    reader
        .until(|event| matches!(event, RunEvent::Text(_)))
        .await;
    other.stop(sent.run_id).await;
    reader.until(|event| *event == RunEvent::Stopped).await;
    assert_eq!(other.read(sent.run_id).await.state, RunState::Stopped);
}

#[tokio::test]
async fn stop_again_and_stop_after_the_end_change_nothing() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("silence", "after=2").await;
    for _ in 0..3 {
        assert_eq!(ada.stop(sent.run_id).await.status, 200);
    }
    let stopped = ada.read(sent.run_id).await;
    assert_eq!(ada.stop(sent.run_id).await.status, 200);
    assert_eq!(ada.read(sent.run_id).await, stopped);

    let (done, before) = ada.ask("count", "tokens=3").await;
    assert_eq!(ada.stop(done.run_id).await.status, 200);
    assert_eq!(ada.read(done.run_id).await, before);
}

#[tokio::test]
async fn deleting_a_conversation_stops_what_is_answered_in_it() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("silence", "after=1").await;
    let mut reader = ada.follow(sent.run_id, Some(0)).await;
    reader
        .until(|event| matches!(event, RunEvent::Text(_)))
        .await;
    let id = sent.conversation_id.to_string();
    assert_eq!(
        ada.call("delete_conversation", &[("id", &id)]).await.status,
        200
    );

    let end = reader.rest().await.pop().expect("an end");
    assert!(end.event.is_end(), "{end:?}");
    let exchanges = app.upstream.wait_until(|all| all[0].ending.is_some()).await;
    assert_eq!(exchanges[0].ending, Some(Ending::Cancelled));
    assert!(ada.conversations().await.is_empty());
}

#[tokio::test]
async fn stop_while_waiting_for_another_try_ends_the_waiting() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("rate-limited", "s=15 times=9").await;
    let mut reader = ada.follow(sent.run_id, Some(0)).await;
    reader
        .until(|event| matches!(event, RunEvent::Retrying { .. }))
        .await;
    ada.stop(sent.run_id).await;
    reader.until(|event| *event == RunEvent::Stopped).await;
    assert_eq!(app.upstream.exchanges().len(), 1);
}
