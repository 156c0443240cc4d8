//! The line in front of the model: places, cancelling, and being full.

use std::time::Instant;

use super::{
    answer, ask, config, local_chat, long_request, message, next, request, wait_for_start,
};
use crate::server::config::LocalConfig;
use crate::server::providers::local::LocalChat;
use crate::server::providers::{ChatEvent, ChatProvider, ProviderErrorKind, Role};

#[tokio::test]
async fn those_who_wait_are_told_their_place_and_move_up() {
    let chat = local_chat();
    let mut first = chat.stream(long_request()).await.unwrap();
    wait_for_start(&mut first).await;
    let mut second = chat.stream(ask("Hello")).await.unwrap();
    let mut third = chat.stream(ask("Hello")).await.unwrap();
    assert_eq!(
        next(&mut second).await.unwrap(),
        ChatEvent::Queued { ahead: 1 }
    );
    assert_eq!(
        next(&mut third).await.unwrap(),
        ChatEvent::Queued { ahead: 2 }
    );
    drop(second);
    assert_eq!(
        next(&mut third).await.unwrap(),
        ChatEvent::Queued { ahead: 1 }
    );
    drop(first);
    assert_eq!(
        next(&mut third).await.unwrap(),
        ChatEvent::Queued { ahead: 0 }
    );
    assert_eq!(next(&mut third).await.unwrap(), ChatEvent::Started);
}

#[tokio::test]
async fn two_workers_answer_two_at_once() {
    let chat = LocalChat::new(LocalConfig {
        concurrency: 2,
        ..config()
    });
    let mut first = chat.stream(long_request()).await.unwrap();
    let mut second = chat.stream(long_request()).await.unwrap();
    wait_for_start(&mut first).await;
    wait_for_start(&mut second).await;
    let mut third = chat.stream(ask("Hello")).await.unwrap();
    assert_eq!(
        next(&mut third).await.unwrap(),
        ChatEvent::Queued { ahead: 1 }
    );
}

#[tokio::test]
async fn dropping_an_answer_frees_the_worker_for_the_next() {
    let chat = local_chat();
    let mut long = chat.stream(long_request()).await.unwrap();
    wait_for_start(&mut long).await;
    for _ in 0..3 {
        assert!(matches!(next(&mut long).await.unwrap(), ChatEvent::Text(_)));
    }
    let mut waiting = chat.stream(ask("Hello")).await.unwrap();
    let dropped = Instant::now();
    drop(long);
    wait_for_start(&mut waiting).await;
    let delay = dropped.elapsed();
    assert!(delay.as_secs() < 5, "the worker went on for {delay:?}");
}

#[tokio::test]
async fn dropping_while_the_prompt_is_read_frees_the_worker() {
    let chat = local_chat();
    answer(&chat, ask("Hello")).await.unwrap();
    let long_prompt = message(Role::User, &"All work and no play. ".repeat(250));

    let mut read_whole = chat
        .stream(request(vec![long_prompt.clone()]))
        .await
        .unwrap();
    wait_for_start(&mut read_whole).await;
    let started = Instant::now();
    assert!(matches!(
        next(&mut read_whole).await.unwrap(),
        ChatEvent::Text(_)
    ));
    let whole = started.elapsed();
    drop(read_whole);
    // Another conversation in between, so that the prompt has to be read again.
    answer(&chat, ask("Hello")).await.unwrap();

    let mut dropped = chat.stream(request(vec![long_prompt])).await.unwrap();
    wait_for_start(&mut dropped).await;
    let started = Instant::now();
    drop(dropped);
    wait_for_start(&mut chat.stream(ask("Hello")).await.unwrap()).await;
    let delay = started.elapsed();
    assert!(delay < whole / 2, "freed after {delay:?} of {whole:?}");
}

#[tokio::test]
async fn a_full_line_turns_the_next_away_with_a_sentence() {
    let chat = LocalChat::new(LocalConfig {
        queue: 1,
        ..config()
    });
    let mut running = chat.stream(long_request()).await.unwrap();
    wait_for_start(&mut running).await;
    let waiting = chat.stream(ask("Hello")).await.unwrap();
    let error = chat.stream(ask("Hello")).await.err().unwrap();
    assert_eq!(error.kind, ProviderErrorKind::Busy);
    assert!(error.message.contains("busy"), "{}", error.message);
    assert!(error.retry_after.is_some());
    drop(waiting);
    assert!(chat.stream(ask("Hello")).await.is_ok());
}

#[tokio::test]
async fn shutting_down_ends_every_answer_and_takes_no_more() {
    let chat = local_chat();
    let mut running = chat.stream(long_request()).await.unwrap();
    wait_for_start(&mut running).await;
    let mut waiting = chat.stream(ask("Hello")).await.unwrap();
    chat.shut_down();
    for stream in [&mut waiting, &mut running] {
        let error = loop {
            if let Err(error) = next(stream).await {
                break error;
            }
        };
        assert_eq!(error.kind, ProviderErrorKind::Disconnected);
    }
    let error = chat.stream(ask("Hello")).await.err().unwrap();
    assert_eq!(error.kind, ProviderErrorKind::Unavailable);
}
