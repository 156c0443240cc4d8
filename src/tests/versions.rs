//! Several programs on one database, and programs of different versions: who comes first makes the schema, and an older
//! program leaves a newer one alone.

use crate::support::{
    client::{Client, http_client},
    database::{Database, execute},
    process::{Process, Variables, run, told, variables},
    upstream::Upstream,
};
use futures::future::join_all;
use tempfile::TempDir;

async fn on_postgres(database: &Database, data_dir: &TempDir, upstream: &Upstream) -> Variables {
    let mut variables = variables(data_dir.path(), upstream);
    let url = database.url(data_dir.path());
    variables.insert("DATABASE_URL".to_owned(), url);
    variables
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_programs_that_start_at_once_on_a_new_database_all_become_ready() {
    let (database, upstream) = (Database::postgres().await, Upstream::start().await);
    let directories: Vec<_> = (0..4)
        .map(|_| TempDir::new().expect("a directory"))
        .collect();
    let starting = directories
        .iter()
        .enumerate()
        .map(async |(number, directory)| {
            let mut variables = on_postgres(&database, directory, &upstream).await;
            let node = format!("node-{number}");
            variables.insert("INSPIREAI_NODE_ID".to_owned(), node);
            Process::serve(&variables).await
        });
    let servers = join_all(starting).await;
    for server in &servers {
        let visitor = Client::new(http_client(), server.address());
        let ready = visitor.get("/readyz").await;
        assert_eq!(ready.status, 200, "{}", ready.body);
    }
    let ada = servers[0].sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "hello").await;
    for server in &servers {
        let ada = ada.moved_to(server.address());
        assert_eq!(ada.last_message(sent.conversation_id).await.text, "hello");
    }
}

#[tokio::test]
async fn a_postgres_database_of_a_newer_version_is_left_alone_with_a_sentence() {
    let (database, upstream) = (Database::postgres().await, Upstream::start().await);
    let data_dir = TempDir::new().expect("a directory");
    let variables = on_postgres(&database, &data_dir, &upstream).await;
    run("migrate", &variables).await;
    let future = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
                  values (29990101000000, 'from the future', true, '\\x00', 0)";
    execute(&database.url(data_dir.path()), future.to_owned()).await;
    for command in ["serve", "check", "migrate"] {
        let output = run(command, &variables).await;
        assert_eq!(output.status.code(), Some(1), "{command}");
        let told = told(&output);
        assert!(
            told.contains("newer version of InspireAI"),
            "{command}: {told}"
        );
    }
}
