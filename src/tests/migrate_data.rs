//! `inspireai migrate-data`: an installation moves from one kind of database to the other, whole or not at all.

use crate::support::{
    database::{Database, execute},
    process::{Process, Variables, run, run_with, told, variables},
    test_app::{PASSWORD, TestApp, log_in},
    upstream::Upstream,
};
use inspireai::model::{
    catalog::ToolPage,
    chat::{RunState, Sent},
};
use std::path::Path;
use tempfile::TempDir;

async fn move_data(from: &str, to: &str, variables: &Variables) -> std::process::Output {
    run_with(&["migrate-data", "--from", from, "--to", to], variables).await
}

/// How many rows of a table a command says there are.
fn told_rows(said: &str, table: &str) -> u32 {
    let mut lines = said.lines().map(str::split_whitespace);
    let mut line = lines
        .find(|line| line.clone().next() == Some(table))
        .unwrap_or_else(|| panic!("{table} is missing in {said}"));
    let rows = line.nth(1).expect("a number");
    rows.parse().expect("a number")
}

/// Moves what people have stored in `source` to `target`, and looks at it there.
async fn moves(source: Database, target: Database) {
    let mut app = TestApp::builder().database(source).start().await;
    let ada = app.sign_up("ada").await;
    let (first, _) = ada.ask("echo", "one \"quoted\" 🦀 \\ line\nbreak").await;
    let again: Sent = ada.regenerate(first.message_id).await.value();
    ada.read(again.run_id).await;
    let (second, _) = ada.ask("count", "tokens=30").await;
    let pages = [
        ada.open_conversation(first.conversation_id).await,
        ada.open_conversation(second.conversation_id).await,
    ];
    // As after a crash: nobody drives it, and nobody will.
    app.execute("update run set is_ended = false, state = '{\"state\":\"running\"}' where tool_slug = 'count'")
        .await;
    app.stop().await;

    let (data_dir, upstream) = (
        TempDir::new().expect("a directory"),
        Upstream::start().await,
    );
    let mut variables = variables(data_dir.path(), &upstream);
    let (from, to) = (app.variable("DATABASE_URL"), target.url(data_dir.path()));
    variables.insert("DATABASE_URL".to_owned(), to.clone());
    let output = move_data(from, &to, &variables).await;
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let said = told(&output);
    for (table, rows) in [
        ("app_user", 1),
        ("conversation", 2),
        ("message", 5),
        ("run", 3),
    ] {
        assert_eq!(told_rows(&said, table), rows, "{table} in {said}");
    }
    assert!(
        said.contains("1 answers that were being written are marked as interrupted"),
        "{said}"
    );

    let check = run("check", &variables).await;
    assert_eq!(check.status.code(), Some(0), "{}", told(&check));
    let server = Process::serve(&variables).await;
    // The session came along.
    let ada = ada.moved_to(server.address());
    let there = ada.open_conversation(first.conversation_id).await;
    assert_eq!(there.messages, pages[0].messages);
    let there = ada.open_conversation(second.conversation_id).await;
    assert_eq!(there.messages[1].text, pages[1].messages[1].text);
    let run = there.messages[1].run.as_ref().expect("a run");
    assert_eq!(run.state, RunState::Interrupted);
    // So did what searches look at, before anything was written anew.
    let form = [
        ("query[q]", "chatgpt"),
        ("query[category]", ""),
        ("query[page]", "1"),
    ];
    let found: ToolPage = ada.call("search_tools", &form).await.value();
    assert_eq!(found.tools[0].slug, "chatgpt");
    assert_eq!(ada.ask("echo", "goes on").await.1.text, "goes on");
    assert_eq!(log_in(&ada, "ada", PASSWORD).await.status, 200);

    // A second time it would replace what people have.
    let again = move_data(from, &to, &variables).await;
    assert_eq!(again.status.code(), Some(1));
    assert!(
        told(&again).contains("People have accounts in the database of --to"),
        "{}",
        told(&again)
    );
    assert_eq!(ada.conversations().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installation_moves_from_sqlite_to_postgres() {
    moves(Database::Sqlite, Database::postgres().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installation_moves_from_postgres_to_sqlite() {
    moves(Database::postgres().await, Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_databases_have_the_same_tables_and_columns() {
    let sqlite = TestApp::start().await;
    let database = Database::postgres().await;
    let postgres = TestApp::builder().database(database).start().await;
    let mut tables = Vec::new();
    for app in [&sqlite, &postgres] {
        let snapshot = app
            .server()
            .state()
            .db
            .snapshot()
            .await
            .expect("a snapshot");
        let mut found = snapshot.tables().to_vec();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        for table in &mut found {
            table.columns.sort_by(|a, b| a.name.cmp(&b.name));
        }
        tables.push(found);
    }
    assert!(tables[0].len() >= 7, "{:?}", tables[0]);
    assert_eq!(tables[0], tables[1]);
}

#[tokio::test]
async fn a_source_that_is_not_there_or_empty_or_newer_and_a_wrong_address_are_told_and_make_nothing()
 {
    let (data_dir, upstream) = (
        TempDir::new().expect("a directory"),
        Upstream::start().await,
    );
    let variables = variables(data_dir.path(), &upstream);
    let file = |name: &str| format!("sqlite:{}", data_dir.path().join(name).display());
    let is_there = |name: &str| Path::new(&data_dir.path().join(name)).exists();
    let refused = async |from: &str, to: &str, words: &str| {
        let output = move_data(from, to, &variables).await;
        assert_eq!(output.status.code(), Some(1), "{from} to {to}");
        assert!(
            told(&output).contains(words),
            "{words} is missing in {}",
            told(&output)
        );
    };
    refused(
        &file("typo.db"),
        &file("new.db"),
        "there is no database file",
    )
    .await;
    assert!(!is_there("typo.db") && !is_there("new.db"));

    std::fs::write(data_dir.path().join("empty.db"), "").expect("a file");
    refused(
        &file("empty.db"),
        &file("new.db"),
        "There is nothing in the database yet",
    )
    .await;
    refused(
        "mysql://root:hunter2@db/x",
        &file("new.db"),
        "--from names neither",
    )
    .await;
    refused(&file("empty.db"), "nonsense", "--to names neither").await;

    run("migrate", &variables).await;
    let future = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
                  values (29990101000000, 'from the future', true, x'00', 0)";
    execute(&variables["DATABASE_URL"], future.to_owned()).await;
    refused(
        &variables["DATABASE_URL"],
        &file("new.db"),
        "newer version of InspireAI",
    )
    .await;
}
