//! Conversations that the provider keeps: made once, asked in, lost, or not to be had.

use super::{
    broken, events, question, remote_file, start, text, thinker, thread_id, user, user_with,
};
use inspireai::server::providers::{ChatMessage, ChatRequest, ProviderErrorKind, Role, Thread};

/// Turns of a conversation before its next question.
fn turns(count: usize) -> Vec<ChatMessage> {
    (0..count)
        .flat_map(|turn| {
            [
                user(&format!("question {turn}")),
                ChatMessage::text(Role::Assistant, format!("answer {turn}")),
            ]
        })
        .collect()
}

fn in_thread(messages: Vec<ChatMessage>, id: Option<&str>, holds: usize) -> ChatRequest {
    ChatRequest {
        thread: Some(Thread {
            id: id.map(ToOwned::to_owned),
            holds,
        }),
        ..question("echo", thinker(), messages)
    }
}

#[tokio::test]
async fn a_conversation_is_made_with_what_was_said_before_and_then_only_the_new_is_sent() {
    let (upstream, providers) = start().await;
    let mut messages = vec![ChatMessage::text(Role::System, "Be brief.")];
    messages.extend(turns(2));
    messages.push(user("and now?"));
    let answered = events(&providers, in_thread(messages.clone(), None, 0))
        .await
        .expect("an answer");
    let id = thread_id(&answered).expect("it tells the id");
    assert_eq!(upstream.conversations()[&id].len(), 4 + 1 + 1);
    assert_eq!(text(&answered), "and now?");

    messages.push(ChatMessage::text(Role::Assistant, "and now?"));
    messages.push(user("and then?"));
    let answered = events(&providers, in_thread(messages, Some(&id), 6))
        .await
        .expect("an answer");
    assert_eq!(thread_id(&answered), Some(id.clone()));
    let last = upstream.exchanges().pop().expect("asked");
    assert_eq!(
        last.messages(),
        [("user".to_owned(), "and then?".to_owned())]
    );
    assert_eq!(last.body["conversation"], id.as_str());
    assert_eq!(
        last.body["instructions"], "Be brief.",
        "instructions go along with every question"
    );
    assert_eq!(last.body.get("store"), None);
    let made = upstream
        .requests()
        .iter()
        .filter(|each| each.path == "/v1/conversations")
        .count();
    assert_eq!(made, 1);
}

#[tokio::test]
async fn a_long_past_is_handed_over_in_pieces_of_twenty() {
    let (upstream, providers) = start().await;
    let mut messages = turns(25);
    messages.push(user("and now?"));
    let answered = events(&providers, in_thread(messages, None, 0))
        .await
        .expect("an answer");
    let id = thread_id(&answered).expect("it tells the id");
    let sizes: Vec<_> = upstream
        .requests()
        .iter()
        .filter_map(|each| Some(each.json.as_ref()?["items"].as_array()?.len()))
        .collect();
    assert_eq!(sizes, [20, 20, 10]);
    let items = &upstream.conversations()[&id];
    assert_eq!(items[0]["content"], "question 0");
    assert_eq!(items[49]["content"], "answer 24");
}

#[tokio::test]
async fn a_new_conversation_without_a_past_is_made_empty() {
    let (upstream, providers) = start().await;
    let answered = events(&providers, in_thread(vec![user("hello")], None, 0))
        .await
        .expect("an answer");
    let id = thread_id(&answered).expect("it tells the id");
    assert_eq!(
        upstream.conversations()[&id].len(),
        2,
        "the question and its answer"
    );
}

#[tokio::test]
async fn a_lost_conversation_is_told_apart_and_a_replay_makes_another() {
    let (upstream, providers) = start().await;
    let mut messages = turns(1);
    messages.push(user("and now?"));
    let answered = events(&providers, in_thread(messages.clone(), None, 0))
        .await
        .expect("an answer");
    let id = thread_id(&answered).expect("it tells the id");
    upstream.forget_conversations();
    let (_, error) = broken(&providers, in_thread(messages.clone(), Some(&id), 2)).await;
    assert_eq!(error.kind, ProviderErrorKind::ThreadGone);
    assert_eq!(error.gone, Some(id.clone()));
    let answered = events(&providers, in_thread(messages, None, 0))
        .await
        .expect("an answer");
    assert!(thread_id(&answered).is_some_and(|new| new != id));
}

#[tokio::test]
async fn a_server_without_conversations_is_sent_all_messages_and_not_asked_again() {
    let (upstream, providers) = start().await;
    upstream.lack("/conversations");
    let mut messages = turns(1);
    messages.push(user("and now?"));
    for _ in 0..2 {
        let answered = events(&providers, in_thread(messages.clone(), None, 0))
            .await
            .expect("an answer");
        assert_eq!(thread_id(&answered), None);
        assert_eq!(text(&answered), "and now?");
    }
    for exchange in upstream.exchanges() {
        assert_eq!(exchange.messages().len(), 3);
        assert_eq!(exchange.body.get("conversation"), None);
        assert_eq!(exchange.body["store"], false);
    }
    assert_eq!(
        upstream.requests().len(),
        2,
        "what it lacks is not asked for, once that is known"
    );
}

#[tokio::test]
async fn a_conversation_of_another_server_is_not_taken_for_one_that_this_one_has_read() {
    let (upstream, providers) = start().await;
    let mut messages = turns(1);
    messages.push(user("and now?"));
    for lacks in [false, true] {
        if lacks {
            upstream.lack("/conversations");
        }
        let held = in_thread(messages.clone(), Some("conv_of_another"), 2);
        let (_, error) = broken(&providers, held).await;
        assert_eq!(error.kind, ProviderErrorKind::ThreadGone);
    }
    assert!(
        upstream.exchanges().is_empty(),
        "nobody was asked with half of it"
    );
    let answered = events(&providers, in_thread(messages, None, 0))
        .await
        .expect("an answer");
    assert_eq!(text(&answered), "and now?");
    let all = upstream.exchanges().pop().expect("asked").messages().len();
    assert_eq!(all, 3);
}

#[tokio::test]
async fn trouble_while_a_conversation_is_made_leaves_nothing_behind() {
    let (upstream, providers) = start().await;
    let mut messages = turns(12);
    messages[22] = user("fail-conversation");
    messages.push(user("and now?"));
    let (_, error) = broken(&providers, in_thread(messages, None, 0)).await;
    assert_eq!(error.kind, ProviderErrorKind::Unavailable);
    for model in ["status-500", "status-400"] {
        let mut request = in_thread(vec![user("hello")], None, 0);
        request.model = model.to_owned();
        broken(&providers, request).await;
    }
    let deleted = async {
        while !upstream.conversations().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    crate::support::within("what is of no use to be deleted", deleted).await;
}

#[tokio::test]
async fn a_lost_file_is_told_by_its_id_and_one_of_the_conversations_own_past_by_a_replay() {
    let (upstream, providers) = start().await;
    let asked = user_with("Read it.", vec![remote_file("file-lost")]);
    let (_, error) = broken(&providers, question("echo", thinker(), vec![asked.clone()])).await;
    assert_eq!(error.kind, ProviderErrorKind::FileGone);
    assert_eq!(error.gone.as_deref(), Some("file-lost"));
    let (_, error) = broken(
        &providers,
        question("echo", super::ModelFeatures::default(), vec![asked.clone()]),
    )
    .await;
    assert_eq!(error.kind, ProviderErrorKind::FileGone);

    // A conversation that is not there at all, asked in with words alone.
    let known = ChatMessage::text(Role::Assistant, "Read.");
    let held = in_thread(
        vec![user("Read it."), known, user("And?")],
        Some("conv_gone"),
        2,
    );
    let (_, error) = broken(&providers, held).await;
    assert_eq!(error.kind, ProviderErrorKind::ThreadGone);

    // As a part of the past that a conversation is to be made with.
    let messages = vec![
        asked,
        ChatMessage::text(Role::Assistant, "Read."),
        user("And?"),
    ];
    let (_, error) = broken(&providers, in_thread(messages, None, 0)).await;
    assert_eq!(error.kind, ProviderErrorKind::FileGone);
    assert!(upstream.conversations().is_empty());
}
