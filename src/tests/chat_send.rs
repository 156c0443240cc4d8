//! Sending: what is stored, what is refused, and that one send is one send.

use crate::support::{
    person::{message, reply},
    reader::fold,
    test_app::TestApp,
    upstream::{Ending, counted},
};
use inspireai::model::{
    ErrorKind,
    chat::{Author, FinishReason, RunState, Sent, Usage},
    event::RunEvent,
};

const DONE: RunState = RunState::Finished {
    reason: FinishReason::Stop,
};

#[tokio::test]
async fn a_message_is_answered_stored_and_streamed_with_contiguous_numbers() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("count", "tokens=100 rate=500").await;
    let events = ada.events(sent.run_id, Some(0)).await;

    let numbers: Vec<_> = events.iter().map(|event| event.seq).collect();
    assert_eq!(numbers, (1..=events.len() as u64).collect::<Vec<_>>());
    assert_eq!(events[0].event, RunEvent::Started);
    assert_eq!(fold(&events).text, counted(100));
    assert_eq!(
        events.iter().filter(|event| event.event.is_end()).count(),
        1
    );

    let page = ada.open_conversation(sent.conversation_id).await;
    let [question, answer] = page.messages.as_slice() else {
        panic!("{:?}", page.messages);
    };
    assert_eq!(
        (question.id, question.author),
        (sent.user_message_id, Author::User)
    );
    assert_eq!(question.text, "tokens=100 rate=500");
    assert_eq!(
        (answer.id, answer.author),
        (sent.message_id, Author::Assistant)
    );
    assert_eq!(answer.text, counted(100));
    let run = answer.run.as_ref().expect("a run");
    assert_eq!(
        (run.id, &run.state, run.seq),
        (sent.run_id, &DONE, events.len() as u64)
    );
}

#[tokio::test]
async fn finish_reason_and_usage_are_told_and_stored() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, transcript) = ada.ask("count", "tokens=7").await;
    let usage = Some(Usage {
        input_tokens: 1,
        output_tokens: 7,
        reasoning_tokens: 0,
    });
    assert_eq!((&transcript.state, transcript.usage), (&DONE, usage));
    let run = ada
        .last_message(sent.conversation_id)
        .await
        .run
        .expect("a run");
    assert_eq!((run.state, run.usage), (DONE, usage));

    let (_, transcript) = ada.ask("no-usage", "hello").await;
    assert_eq!((transcript.state, transcript.usage), (DONE, None));
}

#[tokio::test]
async fn the_next_question_carries_the_conversation_before_it() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (first, _) = ada.ask("echo", "one").await;
    let second = ada.send_in(first.conversation_id, "two").await;
    assert_eq!(ada.read(second.run_id).await.text, "two");

    let exchanges = app.upstream.exchanges();
    let said: Vec<_> = exchanges[1].messages();
    let expected = [("user", "one"), ("assistant", "one"), ("user", "two")];
    assert_eq!(
        said,
        expected.map(|(role, text)| (role.to_owned(), text.to_owned()))
    );
    assert_eq!(exchanges[1].headers["authorization"], "Bearer sk-secret");
}

#[tokio::test]
async fn the_same_key_again_is_the_same_send() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let request = message("echo", "once");
    let first: Sent = ada.try_send(&request).await.value();
    ada.read(first.run_id).await;
    let again: Sent = ada.try_send(&request).await.value();
    assert_eq!(first, again);
    assert_eq!(app.upstream.exchanges().len(), 1);
    assert_eq!(ada.conversations().await.len(), 1);
}

#[tokio::test]
async fn the_same_key_of_another_person_is_another_send() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
    let request = message("echo", "mine");
    let adas: Sent = ada.try_send(&request).await.value();
    let bobs: Sent = bob.try_send(&request).await.value();
    assert_ne!(adas.conversation_id, bobs.conversation_id);
}

#[tokio::test]
async fn a_message_without_words_is_refused_for_its_field() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    for text in ["", "  \n\t "] {
        let reply = ada.try_send(&message("echo", text)).await;
        assert_eq!(reply.status, 422);
        let error = reply.error();
        assert_eq!(error.field.as_deref(), Some("text"));
        assert_eq!(error.message, "Write a message first.");
    }
    assert!(ada.conversations().await.is_empty());
}

#[tokio::test]
async fn a_message_of_a_megabyte_is_refused_with_a_way_out() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let reply = ada
        .try_send(&message("echo", &"word ".repeat(200_000)))
        .await;
    assert_eq!(reply.status, 413);
    let error = reply.error();
    assert_eq!(
        (error.kind, error.field.as_deref()),
        (ErrorKind::TooLarge, Some("text"))
    );
    assert!(error.message.contains("Shorten it"), "{}", error.message);
    assert!(ada.conversations().await.is_empty());
}

#[tokio::test]
async fn a_request_beyond_all_measure_is_refused_in_words_too() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let reply = ada.try_send(&message("echo", &"x".repeat(5_000_000))).await;
    assert_eq!(reply.status, 413);
    let error = reply.error();
    assert_eq!(error.kind, ErrorKind::TooLarge);
    assert!(!error.message.is_empty());
}

#[tokio::test]
async fn the_longest_message_that_fits_is_answered() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let text = "ä".repeat(100_000);
    let (_, transcript) = ada.ask("echo", &text).await;
    assert_eq!(transcript.text, text);
}

#[tokio::test]
async fn a_tool_that_is_unknown_or_does_not_answer_here_is_refused() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let unknown = ada.try_send(&message("no-such-tool", "hello")).await;
    assert_eq!(
        (unknown.status, unknown.error().kind),
        (404, ErrorKind::NotFound)
    );
    let elsewhere = ada.try_send(&message("chatgpt", "hello")).await;
    assert_eq!(elsewhere.status, 503);
    assert_eq!(elsewhere.error().field.as_deref(), Some("tool"));
    assert!(ada.conversations().await.is_empty());
}

#[tokio::test]
async fn while_an_answer_is_open_its_conversation_takes_nothing_else() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("silence", "after=1").await;
    for refused in [
        ada.try_send(&reply(sent.conversation_id, "and?")).await,
        ada.regenerate(sent.message_id).await,
        ada.continue_answer(sent.message_id).await,
    ] {
        assert_eq!(refused.status, 409, "{}", refused.body);
        assert!(refused.error().message.contains("stop it first"));
    }
    ada.stop(sent.run_id).await;
    ada.read(sent.run_id).await;
    let next = ada.try_send(&reply(sent.conversation_id, "and?")).await;
    assert_eq!(next.status, 200, "{}", next.body);
}

#[tokio::test]
async fn an_answer_goes_on_when_whoever_asked_goes_away() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ada.send_new("count", "tokens=60 rate=200").await;
    drop(ada.follow(sent.run_id, None).await);
    let exchanges = app.upstream.wait_until(|all| all[0].ending.is_some()).await;
    assert_eq!(exchanges[0].ending, Some(Ending::Complete));
    assert_eq!(ada.read(sent.run_id).await.text, counted(60));
}
