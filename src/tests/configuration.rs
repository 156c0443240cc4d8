//! The command line and the configuration: every mistake at once, in sentences, and commands that may be repeated.

use crate::support::{
    database::{Database, execute},
    process::{Variables, run, told, variables},
    upstream::Upstream,
};
use std::{collections::BTreeMap, path::Path};
use tempfile::TempDir;

async fn setting() -> (TempDir, Upstream, Variables) {
    let data_dir = TempDir::new().expect("a directory");
    let upstream = Upstream::start().await;
    let variables = variables(data_dir.path(), &upstream);
    (data_dir, upstream, variables)
}

fn with(variables: &Variables, changes: &[(&str, &str)]) -> Variables {
    let mut variables = variables.clone();
    for (name, value) in changes {
        variables.insert((*name).to_owned(), (*value).to_owned());
    }
    variables
}

#[tokio::test]
async fn check_tells_every_mistake_at_once_with_an_example_and_fails() {
    let (_data_dir, _upstream, variables) = setting().await;
    let mistakes = [
        ("LEPTOS_SITE_ADDR", "nonsense"),
        ("DATABASE_URL", "mysql://root:hunter2@db/x"),
        ("STORAGE_URL", "ftp://files.example"),
        ("OPENAI_BASE_URL", "ftp://models.example"),
        ("INSPIREAI_PUBLIC_URL", "ai.example.org"),
        ("INSPIREAI_LOGIN_ATTEMPTS_PER_MINUTE", "0"),
        ("INSPIREAI_DRAIN_SECONDS", "soon"),
        ("INSPIREAI_TRUST_PROXY", "perhaps"),
        ("INSPIREAI_UPSTREAM_IDLE_SECONDS", "long"),
    ];
    let output = run("check", &with(&variables, &mistakes)).await;
    assert_eq!(output.status.code(), Some(1));
    let told = told(&output);
    assert!(told.contains("The configuration has 9 mistakes"), "{told}");
    for (variable, _) in mistakes {
        let line = told
            .lines()
            .find(|line| line.trim_start().starts_with(variable));
        let line = line.unwrap_or_else(|| panic!("{variable} is missing in {told}"));
        assert!(line.contains(&format!("for example {variable}=")), "{line}");
    }
    assert!(!told.contains("hunter2"), "a password is printed: {told}");
}

#[tokio::test]
async fn check_tells_what_azure_still_needs_and_when_it_is_whole() {
    let (_data_dir, _upstream, variables) = setting().await;
    let half = [
        (
            "AZURE_OPENAI_ENDPOINT",
            "https://r.openai.azure.com/openai/v1",
        ),
        ("AZURE_OPENAI_API_VERSION", "next"),
    ];
    let output = run("check", &with(&variables, &half)).await;
    assert_eq!(output.status.code(), Some(1));
    let said = told(&output);
    assert!(said.contains("The configuration has 4 mistakes"), "{said}");
    for sentence in [
        "which has something behind the host",
        "AZURE_OPENAI_API_KEY is missing",
        "AZURE_OPENAI_DEPLOYMENTS is missing",
        "neither a day",
    ] {
        assert!(said.contains(sentence), "{sentence} is missing in {said}");
    }
    let whole = [
        ("AZURE_OPENAI_ENDPOINT", "https://r.openai.azure.com"),
        ("AZURE_OPENAI_API_KEY", "azure-hunter2"),
        ("AZURE_OPENAI_DEPLOYMENTS", "gpt-6-luna=office"),
    ];
    let variables = with(&variables, &whole);
    run("migrate", &variables).await;
    let output = run("check", &variables).await;
    let said = told(&output);
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("azure: https://r.openai.azure.com, interface v1, deployments office"),
        "{said}"
    );
    assert!(!said.contains("hunter2"), "the key is printed: {said}");
}

#[tokio::test]
async fn a_secret_file_that_is_not_there_is_told_and_one_that_is_there_is_not_printed() {
    let (data_dir, _upstream, mut variables) = setting().await;
    variables.remove("OPENAI_API_KEY");
    let missing = with(&variables, &[("OPENAI_API_KEY_FILE", "/nowhere/key")]);
    let output = run("check", &missing).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains("OPENAI_API_KEY_FILE names a file that cannot be read"));

    let file = data_dir.path().join("key");
    std::fs::write(&file, "sk-from-a-file\n").expect("a file");
    let present = with(
        &variables,
        &[("OPENAI_API_KEY_FILE", &file.to_string_lossy())],
    );
    assert_eq!(run("migrate", &present).await.status.code(), Some(0));
    let output = run("check", &present).await;
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(!told(&output).contains("sk-from-a-file"));
}

#[tokio::test]
async fn migrate_and_seed_may_be_repeated_and_check_tells_what_is_missing() {
    let (_data_dir, _upstream, variables) = setting().await;
    let before = run("check", &variables).await;
    assert_eq!(before.status.code(), Some(1));
    assert!(
        told(&before).contains("Run `inspireai migrate`"),
        "{}",
        told(&before)
    );

    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let all = std::fs::read_dir(directory).expect("migrations").count();
    let applied = format!("{all} migrations applied");
    assert!(told(&run("migrate", &variables).await).contains(&applied));
    assert!(told(&run("migrate", &variables).await).contains("0 migrations applied"));
    let first = run("seed", &variables).await;
    let second = run("seed", &variables).await;
    assert_eq!(
        (first.status.code(), second.status.code()),
        (Some(0), Some(0))
    );
    assert_eq!(first.stdout, second.stdout);

    let after = run("check", &variables).await;
    assert_eq!(after.status.code(), Some(0), "{}", told(&after));
    assert!(told(&after).contains(&format!("{applied}, 0 pending")));
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone_with_a_sentence() {
    let (data_dir, _upstream, variables) = setting().await;
    run("migrate", &variables).await;
    let future = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
                  values (29990101000000, 'from the future', true, x'00', 0)";
    execute(&Database::Sqlite.url(data_dir.path()), future.to_owned()).await;
    for command in ["serve", "check", "migrate"] {
        let output = run(command, &variables).await;
        assert_eq!(output.status.code(), Some(1), "{command}");
        assert!(
            told(&output).contains("newer version of InspireAI"),
            "{command}: {}",
            told(&output)
        );
    }
}

#[tokio::test]
async fn an_address_that_is_taken_and_a_directory_that_cannot_be_made_are_told_with_the_way_out() {
    let (data_dir, upstream, variables) = setting().await;
    let taken = with(
        &variables,
        &[("LEPTOS_SITE_ADDR", &upstream.address().to_string())],
    );
    let output = run("serve", &taken).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        told(&output).contains("set LEPTOS_SITE_ADDR to another address"),
        "{}",
        told(&output)
    );

    let file = data_dir.path().join("a-file");
    std::fs::write(&file, "").expect("a file");
    let below = file.join("data");
    let impossible = with(
        &variables,
        &[("INSPIREAI_DATA_DIR", &below.to_string_lossy())],
    );
    let output = run("serve", &impossible).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        told(&output).contains("Set INSPIREAI_DATA_DIR"),
        "{}",
        told(&output)
    );
}

#[tokio::test]
async fn a_model_file_that_is_not_there_is_told_by_check_with_how_to_get_it() {
    let (_data_dir, _upstream, variables) = setting().await;
    run("migrate", &variables).await;
    let missing = with(
        &variables,
        &[("INSPIREAI_LOCAL_MODEL", "/nowhere/model.gguf")],
    );
    let output = run("check", &missing).await;
    assert_eq!(output.status.code(), Some(1));
    let told = told(&output);
    assert!(
        told.contains("/nowhere/model.gguf") && told.contains("make models"),
        "{told}"
    );
}

/// The keys and values of a section, which hold no tables of their own.
fn section(path: &str, header: &str) -> BTreeMap<String, String> {
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a file");
    text.lines()
        .skip_while(|line| line.trim() != header)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

#[test]
fn what_the_server_reads_at_run_time_agrees_with_what_the_build_reads() {
    let header = "[package.metadata.leptos]";
    let (run_time, build) = (
        section("Leptos.toml", header),
        section("Cargo.toml", header),
    );
    assert!(run_time.len() >= 5, "{run_time:?}");
    for (key, value) in &run_time {
        assert_eq!(build.get(key), Some(value), "{key}");
    }
}
