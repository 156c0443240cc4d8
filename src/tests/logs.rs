//! Log lines: whose work they belong to, and what they never hold; and lines for what was slow.

use crate::support::{
    database::{Database, hold_table},
    numbers::Numbers,
    person::{Person, message},
    process::{Log, Process, Variables, variables},
    test_app::PASSWORD,
    upstream::Upstream,
};
use futures::future::join;
use inspireai::model::chat::{SendRequest, Sent};
use reqwest::{
    Method,
    header::{ACCEPT, CONTENT_TYPE},
};
use serde_json::{Value, json};
use std::time::Duration;
use tempfile::TempDir;

struct Setting {
    server: Process,
    log: Log,
    variables: Variables,
    _upstream: Upstream,
    _data_dir: TempDir,
}

/// A server that logs JSON, as it does unless told otherwise.
async fn serve(changes: &[(&str, &str)]) -> Setting {
    let data_dir = TempDir::new().expect("a directory");
    let upstream = Upstream::start().await;
    let mut variables = variables(data_dir.path(), &upstream);
    variables.remove("RUST_LOG");
    variables.insert("INSPIREAI_LOG".to_owned(), "json".to_owned());
    let changes = changes
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    variables.extend(changes);
    let (server, log) = Process::serve_logged(&variables).await;
    server.discovered().await;
    Setting {
        server,
        log,
        variables,
        _upstream: upstream,
        _data_dir: data_dir,
    }
}

/// Every line, each an object.
fn lines(log: &Log) -> Vec<Value> {
    let lines = log.lines();
    let parsed = lines.iter().map(|line| {
        let value: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(value.is_object(), "{line}");
        value
    });
    parsed.collect()
}

/// What a span of a line carries.
fn carried<'a>(line: &'a Value, span: &str, field: &str) -> Option<&'a str> {
    let spans = line["spans"].as_array()?;
    let span = spans.iter().find(|known| known["name"] == span)?;
    span[field].as_str()
}

async fn send_as(person: &Person, request_id: &str, request: &SendRequest) -> Sent {
    let body = json!({ "request": request }).to_string();
    let request = person
        .request(Method::POST, "/api/send_message")
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/json")
        .header("x-request-id", request_id)
        .body(body);
    person.send(request).await.value()
}

/// Nothing that somebody wrote, and nothing that opens a door.
fn assert_no_secret(setting: &Setting, person: &Person, words: &str) {
    let session = person.cookie("session").expect("a session");
    for line in setting.log.lines() {
        for secret in ["sk-secret", PASSWORD, session.as_str(), words] {
            assert!(!line.contains(secret), "{secret} is in {line}");
        }
    }
}

#[tokio::test]
async fn each_line_of_an_answer_that_fails_names_the_run_and_the_request_and_no_secret() {
    for filter in ["info", "warn"] {
        let setting = serve(&[("RUST_LOG", filter)]).await;
        let ada = setting.server.sign_up("ada").await;
        let words = "a very private question";
        let sent = send_as(&ada, "request-7", &message("status-401", words)).await;
        ada.read(sent.run_id).await;
        let is_failure = |line: &str| line.contains("\"answer failed\"");
        setting.log.until("the failure", is_failure).await;

        let run = sent.run_id.to_string();
        let lines = lines(&setting.log);
        let of_run: Vec<_> = lines
            .iter()
            .filter(|line| carried(line, "run", "run.id") == Some(&run))
            .collect();
        let failure = of_run
            .iter()
            .find(|line| line["message"] == "answer failed")
            .expect("the failure is the run's");
        assert_eq!(failure["level"], "WARN");
        assert_eq!(failure["kind"], "unauthorized");
        for line in of_run {
            assert_eq!(carried(line, "run", "request.id"), Some("request-7"));
        }
        assert_no_secret(&setting, &ada, words);
    }
}

#[tokio::test]
async fn a_line_of_a_request_that_breaks_names_the_request_and_its_answer_the_same() {
    let setting = serve(&[]).await;
    let ada = setting.server.sign_up("ada").await;
    let url = &setting.variables["DATABASE_URL"];
    crate::support::database::execute(url, "alter table run rename to gone".to_owned()).await;
    let reply = ada.try_send(&message("echo", "private words")).await;
    assert_eq!(reply.status, 500);
    let id = reply.error().request_id.expect("an id");
    setting
        .log
        .until("the request's line", |line| line.contains("\"answered\""))
        .await;

    let lines = lines(&setting.log);
    let of_request: Vec<_> = lines
        .iter()
        .filter(|line| carried(line, "request", "request.id") == Some(&id))
        .collect();
    let cause = of_request
        .iter()
        .find(|line| line["message"] == "the database failed");
    assert_eq!(cause.expect("the cause is logged")["level"], "ERROR");
    let answered = of_request
        .iter()
        .find(|line| line["message"] == "answered")
        .expect("an error's request is logged");
    assert_eq!(
        (&answered["route"], &answered["status"]),
        (&json!("/api/send_message"), &json!(500))
    );
    assert_no_secret(&setting, &ada, "private words");
}

#[tokio::test]
async fn a_slow_request_is_logged_by_its_route_and_a_quick_one_only_for_debugging() {
    let setting = serve(&[]).await;
    let ada = setting.server.sign_up("ada").await;
    ada.get("/tools").await;
    // Without a script the page waits for the answer.
    let fields = [("tool", "slow-start"), ("text", "ms=1200")];
    assert_eq!(ada.send(ada.post("/chat", &fields)).await.status, 303);
    setting
        .log
        .until("the slow request's line", |line| {
            line.contains("\"answered\"") && line.contains("\"/chat\"")
        })
        .await;
    let lines = lines(&setting.log);
    let answered: Vec<_> = lines
        .iter()
        .filter(|line| line["message"] == "answered")
        .collect();
    let [slow] = answered.as_slice() else {
        panic!("more than the slow one: {answered:?}");
    };
    assert_eq!(
        (&slow["route"], &slow["status"]),
        (&json!("/chat"), &json!(303))
    );
    assert!(slow["duration_ms"].as_f64() >= Some(1200.0), "{slow}");

    let setting = serve(&[("RUST_LOG", "warn,inspireai::server::http=debug")]).await;
    let ada = setting.server.sign_up("ada").await;
    ada.get("/tools?q=private-search").await;
    let line = setting
        .log
        .until("the quick request's line", |line| {
            line.contains("\"/tools\"")
        })
        .await;
    assert!(line.contains("\"DEBUG\""), "{line}");
    assert!(!line.contains("private-search"), "{line}");
}

async fn a_slow_statement_is_logged(database: Database) {
    const THRESHOLD: &str = "200";
    let held = Duration::from_millis(1500);
    let data_dir = TempDir::new().expect("a directory");
    let url = database.url(data_dir.path());
    let changes = [
        ("DATABASE_URL", url.as_str()),
        ("INSPIREAI_SLOW_QUERY_MS", THRESHOLD),
    ];
    let setting = serve(&changes).await;
    let ada = setting.server.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "hello").await;

    let table = hold_table(&url, "run").await;
    let release = async {
        tokio::time::sleep(held).await;
        table.release().await;
    };
    let (reply, ()) = join(ada.stop(sent.run_id), release).await;
    assert_eq!(reply.status, 200);
    let line = setting
        .log
        .until("the slow statement's line", |line| {
            line.contains("slow statement") && line.contains("set is_stop_requested")
        })
        .await;
    let line: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["target"], "sqlx::query");
    assert!(line["elapsed_secs"].as_f64() >= Some(0.2), "{line}");
    let id = carried(&line, "request", "request.id");
    assert!(id.is_some_and(|id| !id.is_empty()), "{line}");
    let statement = line["db.statement"].as_str().expect("the statement");
    assert!(statement.contains("where run_id = $1"), "{statement}");
    assert!(
        !line.to_string().contains(&sent.run_id.to_string()),
        "{line}"
    );
    let numbers = Numbers::of(&ada).await;
    assert!(numbers.get("inspireai_database_slow_queries_total", &[]) >= 1.0);
}

#[tokio::test]
async fn a_statement_that_waits_too_long_is_logged_with_its_text_and_never_its_values() {
    a_slow_statement_is_logged(Database::Sqlite).await;
    a_slow_statement_is_logged(Database::postgres().await).await;
}

#[tokio::test]
async fn with_a_limit_of_zero_no_statement_is_slow() {
    let setting = serve(&[("INSPIREAI_SLOW_QUERY_MS", "0")]).await;
    let ada = setting.server.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "hello").await;
    let table = hold_table(&setting.variables["DATABASE_URL"], "run").await;
    let release = async {
        tokio::time::sleep(Duration::from_millis(1100)).await;
        table.release().await;
    };
    join(ada.stop(sent.run_id), release).await;
    // The request's own line comes after those of its statements.
    setting
        .log
        .until("the slow request's line", |line| {
            line.contains("\"answered\"") && line.contains("/api/stop_run")
        })
        .await;
    let lines = setting.log.lines();
    assert!(!lines.iter().any(|line| line.contains("slow statement")));
    let numbers = Numbers::of(&ada).await;
    let slow = numbers.find("inspireai_database_slow_queries_total", &[]);
    assert_eq!(slow, Some(0.0));
}
