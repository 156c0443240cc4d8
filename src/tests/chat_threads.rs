//! The provider's own copy of a conversation: made once, gone on in where it holds a part of the very branch, and made again
//! without anybody noticing where it does not, or is lost.

use crate::support::{
    database::on_both_databases,
    person::{Person, reply},
    test_app::TestApp,
};
use inspireai::model::{
    chat::{RunState, SendRequest, Sent},
    event::RunEvent,
};
use serde_json::json;

/// Somebody who talks to models by Responses.
async fn responder(app: &TestApp, tools: &[&str]) -> Person {
    for tool in tools {
        app.change_features(tool, &json!({ "api": "responses", "parameters": [] }))
            .await;
    }
    app.sign_up("ada").await
}

/// The conversations that were asked in, by the provider's id, one for each question.
fn threads(app: &TestApp) -> Vec<String> {
    app.upstream
        .exchanges()
        .iter()
        .map(|exchange| {
            exchange.body["conversation"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

/// What the last question brought along, by role and words.
fn last_asked(app: &TestApp) -> Vec<(String, String)> {
    app.upstream
        .exchanges()
        .pop()
        .expect("a question")
        .messages()
}

fn said(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(role, text): &(&str, &str)| ((*role).to_owned(), (*text).to_owned());
    pairs.iter().map(owned).collect()
}

async fn answered(ada: &Person, sent: &Sent) {
    let events = ada.events(sent.run_id, Some(0)).await;
    assert!(
        matches!(
            events.last().expect("an end").event,
            RunEvent::Finished { .. }
        ),
        "{events:?}"
    );
    let is_noticed = events
        .iter()
        .any(|event| matches!(event.event, RunEvent::Retrying { .. }));
    assert!(!is_noticed, "the person notices nothing");
}

on_both_databases! {
    async fn a_conversation_is_kept_with_the_provider_once_and_only_what_is_new_is_sent(app: TestApp) {
        let ada = responder(&app, &["echo"]).await;
        let (first, _) = ada.ask("echo", "one").await;
        for text in ["two", "three"] {
            let sent = ada.send_in(first.conversation_id, text).await;
            answered(&ada, &sent).await;
            assert_eq!(last_asked(&app), said(&[("user", text)]));
        }
        let threads = threads(&app);
        assert!(threads[0].starts_with("conv_"));
        assert!(threads.iter().all(|id| *id == threads[0]), "{threads:?}");
        assert_eq!(app.upstream.conversations().len(), 1);
    }

    async fn a_conversation_that_the_provider_lost_is_told_to_it_again_and_nobody_notices(app: TestApp) {
        let ada = responder(&app, &["echo"]).await;
        let (first, _) = ada.ask("echo", "one").await;
        app.upstream.forget_conversations();
        let second = ada.send_in(first.conversation_id, "two").await;
        answered(&ada, &second).await;
        let third = ada.send_in(first.conversation_id, "three").await;
        answered(&ada, &third).await;
        let threads = threads(&app);
        let (last, before) = (threads[threads.len() - 1].clone(), threads[threads.len() - 2].clone());
        assert!(last == before && last != threads[0], "{threads:?}");
        let held = &app.upstream.conversations()[&last];
        assert_eq!(held[0]["content"], "one");
        assert_eq!(held.len(), 2 + 2 + 2);
    }

    async fn another_branch_is_another_conversation(app: TestApp) {
        let ada = responder(&app, &["echo"]).await;
        let (first, _) = ada.ask("echo", "one").await;
        let again: Sent = ada.regenerate(first.message_id).await.value();
        answered(&ada, &again).await;
        let edited = SendRequest { replaces: Some(first.user_message_id), ..reply(first.conversation_id, "other") };
        let edited: Sent = ada.try_send(&edited).await.value();
        answered(&ada, &edited).await;
        let on = ada.send_in(first.conversation_id, "on").await;
        answered(&ada, &on).await;
        let threads = threads(&app);
        assert!(threads[0] != threads[1] && threads[1] != threads[2], "{threads:?}");
        assert_eq!(threads[2], threads[3], "the edited branch goes on in its own");

        // Back to the first branch: what the provider holds is another, so it is told all of this one.
        let form = [("message", first.message_id.to_string())];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        ada.call("select_branch", &form).await;
        let back = ada.send_in(first.conversation_id, "back").await;
        answered(&ada, &back).await;
        let last = app.upstream.exchanges().pop().expect("a question");
        let id = last.body["conversation"].as_str().expect("a conversation").to_owned();
        let held = &app.upstream.conversations()[&id];
        assert_eq!((held[0]["content"].as_str(), held[1]["content"].as_str()), (Some("one"), Some("one")));
    }

    async fn after_an_answer_that_was_stopped_everything_is_told_again(app: TestApp) {
        let ada = responder(&app, &["silence"]).await;
        let sent = ada.send_new("silence", "after=2").await;
        let mut reader = ada.follow(sent.run_id, Some(0)).await;
        reader.until(|event| matches!(event, RunEvent::Text(_))).await;
        ada.stop(sent.run_id).await;
        reader.rest().await;
        let next = ada.send_in(sent.conversation_id, "and now? after=1").await;
        let mut reader = ada.follow(next.run_id, Some(0)).await;
        reader.until(|event| matches!(event, RunEvent::Text(_))).await;
        ada.stop(next.run_id).await;
        let threads = threads(&app);
        assert_ne!(threads[0], threads[1]);
        let held = &app.upstream.conversations()[&threads[1]];
        assert_eq!(held[1]["content"], "0000 0001 ");
    }

    async fn trying_again_works_after_the_making_of_a_conversation_broke(app: TestApp) {
        let ada = responder(&app, &["echo"]).await;
        let (first, _) = ada.ask("echo", "fail-conversation").await;
        let second = ada.send_in(first.conversation_id, "two").await;
        answered(&ada, &second).await;
        app.upstream.forget_conversations();
        // Telling it all of the conversation again breaks, time after time.
        let third = ada.send_in(first.conversation_id, "three").await;
        let failed = ada.read(third.run_id).await;
        assert!(matches!(failed.state, RunState::Failed { .. }) && failed.text.is_empty(), "{failed:?}");
        app.upstream.lack("/conversations");
        let again = ada.try_again(&third).await;
        let answer = ada.read(again.run_id).await;
        assert_eq!(answer.text, "three");
        assert_eq!(last_asked(&app).len(), 5, "all of it was sent");
        let page = ada.open_conversation(first.conversation_id).await;
        assert_eq!(page.messages.len(), 6);
    }

    async fn an_answer_that_was_cut_goes_on_in_the_same_conversation(app: TestApp) {
        let ada = responder(&app, &["length"]).await;
        let (sent, cut) = ada.ask("length", "tokens=20").await;
        assert!(cut.state.is_cut_short());
        let more: Sent = ada.continue_answer(sent.message_id).await.value();
        answered(&ada, &more).await;
        let threads = threads(&app);
        assert_eq!(threads[0], threads[1]);
        assert!(last_asked(&app).iter().all(|(role, _)| role == "user"));
    }
}

#[tokio::test]
async fn a_provider_without_conversations_is_asked_with_all_messages() {
    let app = TestApp::start().await;
    let ada = responder(&app, &["echo"]).await;
    app.upstream.lack("/conversations");
    let (first, _) = ada.ask("echo", "one").await;
    let second = ada.send_in(first.conversation_id, "two").await;
    answered(&ada, &second).await;
    assert_eq!(
        last_asked(&app),
        said(&[("user", "one"), ("assistant", "one"), ("user", "two")])
    );
}

#[tokio::test]
async fn who_talks_by_chat_completions_has_no_conversation_at_the_provider() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    ada.ask("echo", "one").await;
    assert!(app.upstream.conversations().is_empty());
}
