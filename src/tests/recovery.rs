//! What can happen to a process: sudden death, a signal, a full disk. What people saw is kept.

use crate::support::{
    person::{message, reply},
    process::{Process, variables},
    reader::fold,
    upstream::{Upstream, counted},
    within,
};
use inspireai::model::{
    ErrorKind,
    chat::{FinishReason, RunState, Sent},
    event::RunEvent,
};
use tempfile::TempDir;

#[tokio::test]
async fn a_run_of_a_server_that_was_killed_is_interrupted_and_its_text_is_kept() {
    let (data_dir, upstream) = (
        TempDir::new().expect("a directory"),
        Upstream::start().await,
    );
    let variables = variables(data_dir.path(), &upstream);
    let server = Process::serve(&variables).await;
    let ada = server.sign_up("ada").await;
    let sent = ada.send_new("count", "tokens=100000 rate=200").await;
    let mut reader = ada.follow(sent.run_id, Some(0)).await;
    // Three seconds of text: what is older than one was stored by then.
    reader
        .until(|event| matches!(event, RunEvent::Text(text) if text.contains("0600")))
        .await;
    server.kill().await;
    upstream.wait_until(|all| all[0].ending.is_some()).await;

    let server = Process::serve(&variables).await;
    let ada = ada.moved_to(server.address());
    let events = ada.events(sent.run_id, None).await;
    assert_eq!(events.len(), 1);
    let transcript = fold(&events);
    assert_eq!(transcript.state, RunState::Interrupted);
    assert!(
        transcript.text.len() >= 5 * 200,
        "{} bytes",
        transcript.text.len()
    );
    assert!(counted(10_000).starts_with(&transcript.text));

    let answer = ada.last_message(sent.conversation_id).await;
    assert_eq!(answer.text, transcript.text);
    assert_eq!(answer.run.expect("a run").state, RunState::Interrupted);
    let next = ada.send_in(sent.conversation_id, "tokens=2").await;
    assert_eq!(ada.read(next.run_id).await.text, counted(2));
}

#[tokio::test]
async fn a_server_that_is_asked_to_stop_lets_an_answer_end_and_takes_no_other() {
    let (data_dir, upstream) = (
        TempDir::new().expect("a directory"),
        Upstream::start().await,
    );
    let mut variables = variables(data_dir.path(), &upstream);
    variables.insert("INSPIREAI_DRAIN_SECONDS".to_owned(), "20".to_owned());
    let server = Process::serve(&variables).await;
    let ada = server.sign_up("ada").await;
    let sent = ada.send_new("count", "tokens=200 rate=100").await;
    let mut reader = ada.follow(sent.run_id, Some(0)).await;
    let mut events = vec![reader.next().await.expect("an event")];
    server.terminate().await;

    // The signal is taken at some time; from then on nothing new is.
    let refused = loop {
        let reply = ada.try_send(&message("echo", "one more")).await;
        if reply.status != 200 {
            break reply;
        }
    };
    assert_eq!(
        (refused.status, refused.error().kind),
        (503, ErrorKind::Unavailable)
    );
    assert!(
        refused.error().message.contains("restarting"),
        "{}",
        refused.body
    );
    let ready = ada.get("/readyz").await;
    assert_eq!(ready.status, 503);
    assert!(ready.body.contains("\"draining\":true"), "{}", ready.body);

    events.extend(reader.rest().await);
    let transcript = fold(&events);
    assert_eq!(transcript.text, counted(200));
    assert_eq!(
        transcript.state,
        RunState::Finished {
            reason: FinishReason::Stop
        }
    );
    assert!(server.ended().await.success());
}

#[tokio::test]
async fn an_answer_that_outlasts_the_patience_of_a_stopping_server_is_interrupted_with_all_that_was_seen()
 {
    let (data_dir, upstream) = (
        TempDir::new().expect("a directory"),
        Upstream::start().await,
    );
    let variables = variables(data_dir.path(), &upstream);
    let server = Process::serve(&variables).await;
    let ada = server.sign_up("ada").await;
    let sent = ada.send_new("count", "tokens=100000 rate=100").await;
    let mut reader = ada.follow(sent.run_id, Some(0)).await;
    let mut events = vec![reader.next().await.expect("an event")];
    server.terminate().await;
    events.extend(reader.rest().await);
    assert!(server.ended().await.success());
    let seen = fold(&events);
    assert_eq!(seen.state, RunState::Interrupted);

    let server = Process::serve(&variables).await;
    let ada = ada.moved_to(server.address());
    let answer = ada.last_message(sent.conversation_id).await;
    assert_eq!(answer.text, seen.text);
    assert_eq!(answer.run.expect("a run").state, RunState::Interrupted);
}

#[tokio::test]
async fn on_a_full_disk_readers_get_the_text_everybody_a_sentence_and_with_room_it_goes_on() {
    let (data_dir, upstream) = (
        TempDir::new().expect("a directory"),
        Upstream::start().await,
    );
    let variables = variables(data_dir.path(), &upstream);
    let server = Process::serve_with_file_limit(&variables, 2_048).await;
    let ada = server.sign_up("ada").await;

    let sent = ada.send_new("huge-delta", "bytes=3000000").await;
    let mut events = ada.events(sent.run_id, Some(0)).await;
    let end = events.pop().expect("an end");
    assert_eq!(fold(&events).text, "ä".repeat(1_500_000));
    let RunEvent::Failed { error } = end.event else {
        panic!("{end:?}");
    };
    assert_eq!(error.kind, ErrorKind::Unavailable);
    assert!(
        error.message.contains("could not be stored"),
        "{}",
        error.message
    );

    let words = "x".repeat(190_000);
    let mut refused = None;
    for _ in 0..20 {
        let reply = ada.try_send(&message("status-400", &words)).await;
        if reply.status != 200 {
            refused = Some(reply);
            break;
        }
    }
    let refused = refused.expect("the disk is full at last");
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(
        refused.error().message.contains("disk is full"),
        "{}",
        refused.body
    );
    assert_eq!(ada.get("/healthz").await.status, 200);
    assert!(
        !ada.conversations().await.is_empty(),
        "what was stored can still be read"
    );

    server.lift_file_limit().await;
    let (_, transcript) = ada.ask("echo", "and now?").await;
    assert_eq!(transcript.text, "and now?");
    // What could not be stored is stored now, and the conversation goes on.
    let stored = async {
        loop {
            let answer = ada.last_message(sent.conversation_id).await;
            if answer.run.expect("a run").state.is_end() {
                return answer.text;
            }
        }
    };
    let stored = within("the answer to be stored after all", stored).await;
    assert!(stored == "ä".repeat(1_500_000), "{} bytes", stored.len());
    let next = ada.send_in(sent.conversation_id, "bytes=4").await;
    assert!(ada.read(next.run_id).await.state.is_end());
}

#[tokio::test]
async fn a_conversation_goes_on_after_a_clean_restart() {
    let (data_dir, upstream) = (
        TempDir::new().expect("a directory"),
        Upstream::start().await,
    );
    let variables = variables(data_dir.path(), &upstream);
    let server = Process::serve(&variables).await;
    let ada = server.sign_up("ada").await;
    let (first, _) = ada.ask("echo", "before").await;
    server.terminate().await;
    assert!(server.ended().await.success());

    let server = Process::serve(&variables).await;
    let ada = ada.moved_to(server.address());
    let second: Sent = ada
        .try_send(&reply(first.conversation_id, "after"))
        .await
        .value();
    assert_eq!(ada.read(second.run_id).await.text, "after");
    assert_eq!(
        ada.open_conversation(first.conversation_id)
            .await
            .messages
            .len(),
        4
    );
}
