//! Another answer to the same question, and going on from one that was cut short.

use crate::support::{
    reader::{fold, fold_onto},
    test_app::TestApp,
    upstream::counted,
};
use inspireai::model::{
    ErrorKind,
    chat::{FinishReason, RunState, Sent},
    event::RunEvent,
    ids::IdempotencyKey,
    transcript::Transcript,
};

const CUT: RunState = RunState::Finished {
    reason: FinishReason::Length,
};
const DONE: RunState = RunState::Finished {
    reason: FinishReason::Stop,
};

#[tokio::test]
async fn regenerate_asks_the_same_question_and_keeps_both_answers() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (first, _) = ada.ask("echo", "hello").await;
    let again: Sent = ada.regenerate(first.message_id).await.value();
    assert_eq!(again.user_message_id, first.user_message_id);
    assert_ne!(again.message_id, first.message_id);
    assert_eq!(ada.read(again.run_id).await.text, "hello");

    let exchanges = app.upstream.exchanges();
    assert_eq!(exchanges[0].messages(), exchanges[1].messages());
    let answer = ada.last_message(first.conversation_id).await;
    assert_eq!(answer.siblings, [first.message_id, again.message_id]);
}

#[tokio::test]
async fn the_same_key_regenerates_once() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "hello").await;
    let key = IdempotencyKey::new();
    let first: Sent = ada
        .with_key("regenerate_answer", sent.message_id, key)
        .await
        .value();
    ada.read(first.run_id).await;
    let second: Sent = ada
        .with_key("regenerate_answer", sent.message_id, key)
        .await
        .value();
    assert_eq!(first, second);
    assert_eq!(app.upstream.exchanges().len(), 2);
}

#[tokio::test]
async fn continue_goes_on_in_the_same_message_with_the_text_that_was_there() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, cut) = ada.ask("length", "tokens=20").await;
    assert_eq!(
        (cut.text.as_str(), &cut.state),
        (counted(10).as_str(), &CUT)
    );
    let answer = ada.last_message(sent.conversation_id).await;
    assert_eq!(answer.run.expect("a run").state, CUT);

    let more: Sent = ada.continue_answer(sent.message_id).await.value();
    assert_eq!(more.message_id, sent.message_id);
    assert_ne!(more.run_id, sent.run_id);
    let from_the_text = Transcript::new(cut.text.clone(), 0);
    let events = ada.events(more.run_id, Some(0)).await;
    assert_eq!(fold_onto(from_the_text, &events).text, counted(20));
    let page = ada.open_conversation(sent.conversation_id).await;
    assert_eq!(page.messages.len(), 2);
    assert_eq!(page.messages[1].text, counted(20));
    assert_eq!(page.messages[1].run.as_ref().expect("a run").state, DONE);

    let asked = app.upstream.exchanges()[1].messages();
    assert_eq!(asked[1], ("assistant".to_owned(), cut.text));
    assert_eq!(asked[2].0, "user");
}

#[tokio::test]
async fn a_reader_of_a_continuation_starts_from_the_text_that_was_there() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, _) = ada.ask("length", "tokens=40 rate=200").await;
    let more: Sent = ada.continue_answer(sent.message_id).await.value();
    let events = ada.events(more.run_id, None).await;
    assert!(
        matches!(&events[0].event, RunEvent::Snapshot { text, .. } if text.starts_with(&counted(20)))
    );
    assert_eq!(fold(&events).text, counted(40));
}

#[tokio::test]
async fn an_answer_that_was_stopped_or_broke_can_be_gone_on_from() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let stopped = ada.send_new("silence", "after=3").await;
    let mut reader = ada.follow(stopped.run_id, Some(0)).await;
    reader
        .until(|event| matches!(event, RunEvent::Text(_)))
        .await;
    ada.stop(stopped.run_id).await;
    reader.rest().await;
    let more: Sent = ada.continue_answer(stopped.message_id).await.value();
    assert_eq!(more.message_id, stopped.message_id);
    ada.stop(more.run_id).await;

    let (broken, before) = ada.ask("die-after", "after=4").await;
    let more: Sent = ada.continue_answer(broken.message_id).await.value();
    let after = ada.read(more.run_id).await;
    assert_eq!(after.text, before.text.repeat(2));
}

#[tokio::test]
async fn an_answer_that_never_got_a_word_is_asked_for_again() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, failed) = ada.ask("status-400", "hello").await;
    assert!(failed.text.is_empty() && failed.state.is_cut_short());
    let more: Sent = ada.continue_answer(sent.message_id).await.value();
    ada.read(more.run_id).await;
    let exchanges = app.upstream.exchanges();
    assert_eq!(exchanges[0].messages(), exchanges[1].messages());
}

#[tokio::test]
async fn a_complete_answer_has_nothing_to_go_on_from() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "hello").await;
    let reply = ada.continue_answer(sent.message_id).await;
    assert_eq!(
        (reply.status, reply.error().kind),
        (422, ErrorKind::Invalid)
    );
    assert!(reply.error().message.contains("complete"));
}

#[tokio::test]
async fn a_question_is_no_answer_to_regenerate_or_go_on_from() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "hello").await;
    assert_eq!(ada.regenerate(sent.user_message_id).await.status, 404);
    assert_eq!(ada.continue_answer(sent.user_message_id).await.status, 404);
}

#[tokio::test]
async fn the_next_question_follows_the_branch_that_is_open() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (first, _) = ada.ask("count", "tokens=2").await;
    let again: Sent = ada.regenerate(first.message_id).await.value();
    ada.read(again.run_id).await;
    let form = [("message", first.message_id.to_string())];
    let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
    ada.call("select_branch", &form).await;
    let next = ada.send_in(first.conversation_id, "tokens=1").await;
    ada.read(next.run_id).await;
    let page = ada.open_conversation(first.conversation_id).await;
    let shown: Vec<_> = page.messages.iter().map(|message| message.id).collect();
    assert_eq!(
        shown,
        [
            first.user_message_id,
            first.message_id,
            next.user_message_id,
            next.message_id
        ]
    );
}
