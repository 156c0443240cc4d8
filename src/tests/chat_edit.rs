//! Editing a sent message: another version of it beside the first, with an answer of its own. Nothing is ever lost.

use crate::support::{
    database::on_both_databases,
    person::{Person, reply},
    test_app::TestApp,
};
use futures::future::join;
use inspireai::model::{
    ErrorKind,
    chat::{SendRequest, Sent},
    ids::{ConversationId, MessageId},
};

fn edit(of: &Sent, text: &str) -> SendRequest {
    SendRequest {
        replaces: Some(of.user_message_id),
        ..reply(of.conversation_id, text)
    }
}

async fn select(person: &Person, message: MessageId) {
    let form = [("message", message.to_string())];
    let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(person.call("select_branch", &form).await.status, 200);
}

async fn texts(person: &Person, id: ConversationId) -> Vec<String> {
    let page = person.open_conversation(id).await;
    page.messages
        .into_iter()
        .map(|message| message.text)
        .collect()
}

/// Sends until no other answer is in the way.
async fn sent_in_the_end(person: &Person, request: &SendRequest) -> Sent {
    loop {
        let again = person.try_send(request).await;
        if again.status == 200 {
            return again.value();
        }
        assert_eq!(again.status, 409);
        tokio::task::yield_now().await;
    }
}

on_both_databases! {
    async fn an_edited_message_stands_beside_the_first_with_an_answer_of_its_own(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (first, _) = ada.ask("echo", "one").await;
        let second = ada.send_in(first.conversation_id, "two").await;
        ada.read(second.run_id).await;
        let third = ada.send_in(first.conversation_id, "three").await;
        ada.read(third.run_id).await;

        let edited: Sent = ada.try_send(&edit(&second, "zwei")).await.value();
        assert_eq!(ada.read(edited.run_id).await.text, "zwei");
        assert_eq!(texts(&ada, first.conversation_id).await, ["one", "one", "zwei", "zwei"]);
        let asked = app.upstream.exchanges().pop().expect("a question").messages();
        let asked: Vec<_> = asked.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(asked, ["one", "one", "zwei"], "what came after the first version is not asked with");
        let page = ada.open_conversation(first.conversation_id).await;
        assert_eq!(page.messages[2].siblings, [second.user_message_id, edited.user_message_id]);

        // The first version leads back to all that came after it.
        select(&ada, second.user_message_id).await;
        assert_eq!(texts(&ada, first.conversation_id).await, ["one", "one", "two", "two", "three", "three"]);
        select(&ada, edited.user_message_id).await;
        assert_eq!(texts(&ada, first.conversation_id).await, ["one", "one", "zwei", "zwei"]);
    }

    async fn the_first_message_of_a_conversation_can_be_edited(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (first, _) = ada.ask("echo", "one").await;
        let edited: Sent = ada.try_send(&edit(&first, "eins")).await.value();
        ada.read(edited.run_id).await;
        assert_eq!(texts(&ada, first.conversation_id).await, ["eins", "eins"]);
        let page = ada.open_conversation(first.conversation_id).await;
        assert_eq!(page.messages[0].siblings, [first.user_message_id, edited.user_message_id]);
        assert_eq!(page.title, "one");
        assert!(!page.has_earlier);
    }

    async fn a_branch_is_opened_at_its_newest_end(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (first, _) = ada.ask("echo", "one").await;
        let again: Sent = ada.regenerate(first.message_id).await.value();
        ada.read(again.run_id).await;
        let edited: Sent = ada.try_send(&edit(&first, "eins")).await.value();
        ada.read(edited.run_id).await;
        select(&ada, first.user_message_id).await;
        let page = ada.open_conversation(first.conversation_id).await;
        assert_eq!(page.messages[1].id, again.message_id);
    }

    async fn two_tabs_that_edit_the_same_message_both_get_their_version_or_are_told(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (first, _) = ada.ask("count", "tokens=2").await;
        let (here, there) = (edit(&first, "tokens=3"), edit(&first, "tokens=4"));
        let replies = join(ada.try_send(&here), ada.try_send(&there)).await;
        for (reply, request) in [(replies.0, here), (replies.1, there)] {
            let sent: Sent = if reply.status == 200 {
                reply.value()
            } else {
                let error = reply.error();
                assert_eq!(error.kind, ErrorKind::Conflict);
                assert!(error.message.contains("still being written"), "{}", error.message);
                // What was written is still in its tab; sent again, it is the version that it would have been.
                sent_in_the_end(&ada, &request).await
            };
            ada.read(sent.run_id).await;
            select(&ada, sent.user_message_id).await;
            let page = ada.open_conversation(first.conversation_id).await;
            assert_eq!((page.messages[0].text.as_str(), page.messages[1].id), (request.text.as_str(), sent.message_id));
        }
        let page = ada.open_conversation(first.conversation_id).await;
        assert_eq!(page.messages[0].siblings.len(), 3);
    }

    async fn a_tab_that_was_left_behind_can_still_edit(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (first, _) = ada.ask("echo", "one").await;
        let second = ada.send_in(first.conversation_id, "two").await;
        ada.read(second.run_id).await;
        let edited: Sent = ada.try_send(&edit(&second, "zwei")).await.value();
        ada.read(edited.run_id).await;
        // The other tab still shows the first version.
        let late: Sent = ada.try_send(&edit(&second, "deux")).await.value();
        ada.read(late.run_id).await;
        let page = ada.open_conversation(first.conversation_id).await;
        assert_eq!(page.messages[2].siblings, [second.user_message_id, edited.user_message_id, late.user_message_id]);
    }
}

#[tokio::test]
async fn only_a_sent_message_of_ones_own_can_be_edited() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
    let (sent, _) = ada.ask("echo", "mine").await;
    let (other, _) = ada.ask("echo", "elsewhere").await;
    let answer = SendRequest {
        replaces: Some(sent.message_id),
        ..reply(sent.conversation_id, "not an answer")
    };
    let elsewhere = SendRequest {
        replaces: Some(other.user_message_id),
        ..reply(sent.conversation_id, "not here")
    };
    for request in [answer, elsewhere] {
        assert_eq!(ada.try_send(&request).await.status, 404);
    }
    assert_eq!(bob.try_send(&edit(&sent, "not yours")).await.status, 404);
    let mut unknown = edit(&sent, "nobody's");
    unknown.replaces = Some(MessageId::new());
    assert_eq!(ada.try_send(&unknown).await.status, 404);
    assert_eq!(app.upstream.exchanges().len(), 2);
}

#[tokio::test]
async fn an_edit_without_words_is_refused_and_the_first_version_stays() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "one").await;
    let reply = ada.try_send(&edit(&sent, "  ")).await;
    assert_eq!(reply.error().field.as_deref(), Some("text"));
    assert_eq!(texts(&ada, sent.conversation_id).await, ["one", "one"]);
}
