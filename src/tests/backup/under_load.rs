//! Backups that are taken while answers are being written, restored on every kind of database from every kind.

use super::{Installation, text};
use crate::support::{
    database::Database,
    person::Person,
    process::{Process, run, told},
    reader::Reader,
    upstream::counted,
};
use inspireai::model::{
    chat::{ConversationPage, RunState, Sent},
    event::RunEvent,
};
use std::path::Path;

/// Conversations that were complete before the backup began.
async fn complete_conversations(ada: &Person) -> Vec<ConversationPage> {
    let mut pages = Vec::new();
    for number in 0..3 {
        let (sent, _) = ada.ask("count", &format!("tokens={}", 10 + number)).await;
        let next = ada
            .send_in(sent.conversation_id, "tokens=3 🦀 \"and\"\nmore")
            .await;
        ada.read(next.run_id).await;
        let again: Sent = ada.regenerate(next.message_id).await.value();
        ada.read(again.run_id).await;
        pages.push(ada.open_conversation(sent.conversation_id).await);
    }
    pages
}

/// Answers that go on while the backup is taken; each has begun.
async fn open_answers(ada: &Person) -> Vec<(Sent, Reader)> {
    let mut open = Vec::new();
    for _ in 0..3 {
        let sent = ada.send_new("count", "tokens=100000 rate=300").await;
        let reader = ada.follow(sent.run_id, Some(0)).await;
        open.push((sent, reader));
    }
    for (_, reader) in &mut open {
        reader
            .until(|event| matches!(event, RunEvent::Text(text) if text.contains("0400")))
            .await;
    }
    open
}

async fn is_restored(
    target: Installation,
    file: &Path,
    ada: &Person,
    complete: &[ConversationPage],
    open: &[Sent],
) {
    let said = target.succeeds(&["restore", text(file)]).await;
    assert!(
        said.contains("3 answers that were being written are marked as interrupted"),
        "{said}"
    );
    let check = run("check", &target.variables).await;
    assert_eq!(check.status.code(), Some(0), "{}", told(&check));
    let server = Process::serve(&target.variables).await;
    let ada = ada.moved_to(server.address());
    for page in complete {
        let there = ada.open_conversation(page.id).await;
        assert_eq!(
            (&there.title, &there.messages),
            (&page.title, &page.messages)
        );
    }
    for sent in open {
        let answer = ada.last_message(sent.conversation_id).await;
        assert_eq!(answer.run.expect("a run").state, RunState::Interrupted);
        assert!(!answer.text.is_empty() && counted(100_000).starts_with(&answer.text));
        let continued: Sent = ada.continue_answer(answer.id).await.value();
        assert_eq!(ada.stop(continued.run_id).await.status, 200);
        ada.read(continued.run_id).await;
    }
}

async fn comes_back(source: Database) {
    let source = Installation::new(source).await;
    let server = Process::serve(&source.variables).await;
    let ada = server.sign_up("ada").await;
    let complete = complete_conversations(&ada).await;
    let open = open_answers(&ada).await;
    let file = source.path("a.backup");
    source.succeeds(&["backup", text(&file)]).await;
    let mut runs = Vec::new();
    for (sent, mut reader) in open {
        // It went on all the while.
        assert!(reader.next().await.is_some());
        assert_eq!(ada.stop(sent.run_id).await.status, 200);
        reader.rest().await;
        runs.push(sent);
    }
    for target in [Database::Sqlite, Database::postgres().await] {
        let target = Installation::new(target).await;
        is_restored(target, &file, &ada, &complete, &runs).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_complete_on_sqlite_comes_back_on_both_databases() {
    comes_back(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_complete_on_postgres_comes_back_on_both_databases() {
    comes_back(Database::postgres().await).await;
}
