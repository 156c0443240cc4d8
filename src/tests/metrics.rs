//! Numbers: each moves by what was done and by nothing else, none names a person's things, and not everybody may read them.

use crate::support::{
    client::Client,
    numbers::Numbers,
    person::Person,
    process::{Process, Variables, variables},
    test_app::{TestApp, log_in},
    upstream::Upstream,
    within,
};
use reqwest::Method;
use std::time::Duration;
use tempfile::TempDir;

/// A server of its own: the numbers are a process's, and other tests count in this one.
struct Setting {
    server: Process,
    _upstream: Upstream,
    _data_dir: TempDir,
}

async fn serve(changes: &[(&str, &str)]) -> Setting {
    let data_dir = TempDir::new().expect("a directory");
    let upstream = Upstream::start().await;
    let mut variables: Variables = variables(data_dir.path(), &upstream);
    let changes = changes
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    variables.extend(changes);
    let server = Process::serve(&variables).await;
    server.discovered().await;
    Setting {
        server,
        _upstream: upstream,
        _data_dir: data_dir,
    }
}

/// Waits until nothing is under way.
async fn at_rest(client: &Client) -> Numbers {
    within("everything to come to rest", async {
        loop {
            let numbers = Numbers::of(client).await;
            let open = ["inspireai_open_runs", "inspireai_open_event_streams"];
            if open.iter().all(|name| numbers.find(name, &[]) == Some(0.0)) {
                return numbers;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
}

/// By how much a number moved.
fn moved(before: &Numbers, after: &Numbers, name: &str, labels: &[(&str, &str)]) -> f64 {
    after.get(name, labels) - before.get(name, labels)
}

#[tokio::test]
async fn one_message_moves_each_number_by_what_was_done() {
    let setting = serve(&[]).await;
    let ada = setting.server.sign_up("ada").await;
    let before = at_rest(&ada).await;
    ada.ask("echo", "hello there").await;
    let after = at_rest(&ada).await;

    let ended = "inspireai_runs_ended_total";
    assert_eq!(moved(&before, &after, ended, &[("end", "finished")]), 1.0);
    assert_eq!(after.sum(ended) - before.sum(ended), 1.0);
    let openai = [("provider", "openai")];
    let first_token = "inspireai_time_to_first_token_seconds_count";
    assert_eq!(moved(&before, &after, first_token, &openai), 1.0);
    assert_eq!(after.sum("inspireai_upstream_errors_total"), 0.0);
    assert_eq!(after.sum("inspireai_upstream_retries_total"), 0.0);

    for (method, route) in [
        ("POST", "/api/send_message"),
        ("GET", "/api/runs/{run}/events"),
    ] {
        let requests = [("method", method), ("route", route), ("status", "2xx")];
        let counted = moved(&before, &after, "inspireai_http_requests_total", &requests);
        assert_eq!(counted, 1.0, "{method} {route}");
        let durations = "inspireai_http_request_duration_seconds_count";
        assert_eq!(moved(&before, &after, durations, &requests[..2]), 1.0);
    }
}

#[tokio::test]
async fn failures_and_further_tries_are_counted_by_provider_and_kind() {
    let setting = serve(&[]).await;
    let ada = setting.server.sign_up("ada").await;
    ada.ask("flaky", "hello").await;
    ada.ask("status-401", "hello").await;
    let sent = ada.send_new("silence", "after=1").await;
    ada.follow(sent.run_id, Some(0)).await.next().await;
    assert_eq!(ada.stop(sent.run_id).await.status, 200);
    let numbers = at_rest(&ada).await;

    let errors = |kind| {
        let labels = [("provider", "openai"), ("kind", kind)];
        numbers.get("inspireai_upstream_errors_total", &labels)
    };
    assert_eq!((errors("unavailable"), errors("unauthorized")), (2.0, 1.0));
    assert_eq!(numbers.sum("inspireai_upstream_errors_total"), 3.0);
    assert_eq!(numbers.sum("inspireai_upstream_retries_total"), 2.0);
    let ended = |end| numbers.get("inspireai_runs_ended_total", &[("end", end)]);
    let all = ["finished", "failed", "stopped", "interrupted"].map(ended);
    assert_eq!(all, [1.0, 1.0, 1.0, 0.0]);
}

#[tokio::test]
async fn what_is_under_way_is_told_while_it_is() {
    let setting = serve(&[("INSPIREAI_LOCAL_MODEL", "/nowhere/model.gguf")]).await;
    let ada = setting.server.sign_up("ada").await;
    let sent = ada.send_new("count", "tokens=40 rate=100").await;
    let mut reader = ada.follow(sent.run_id, Some(0)).await;
    reader.next().await.expect("it began");
    let numbers = Numbers::of(&ada).await;
    assert_eq!(numbers.get("inspireai_open_runs", &[]), 1.0);
    assert_eq!(numbers.get("inspireai_open_event_streams", &[]), 1.0);
    let waiting = numbers.find("inspireai_local_model_waiting_requests", &[]);
    assert_eq!(waiting, Some(0.0));
    reader.rest().await;

    let numbers = at_rest(&ada).await;
    let openai = [("provider", "openai")];
    let rate = |unit| {
        let name = format!("inspireai_answer_{unit}_per_second");
        let count = numbers.get(&format!("{name}_count"), &openai);
        assert_eq!(count, 1.0, "{name}");
        numbers.get(&format!("{name}_sum"), &openai)
    };
    // A hundred tokens of five bytes a second, on a machine that may be busy.
    assert!((20.0..=200.0).contains(&rate("tokens")), "{numbers:?}");
    assert!((100.0..=1000.0).contains(&rate("bytes")), "{numbers:?}");
    assert!(numbers.get("inspireai_log_lag_seconds_count", &[]) > 0.0);
    let lag = numbers.get("inspireai_log_lag_seconds_sum", &[]);
    assert!((0.0..1.0).contains(&lag), "{lag}");
}

#[tokio::test]
async fn the_process_its_database_and_its_version_are_told() {
    let setting = serve(&[]).await;
    let ada = setting.server.sign_up("ada").await;
    let numbers = Numbers::of(&ada).await;
    assert!(numbers.get("inspireai_process_resident_memory_bytes", &[]) > 1e6);
    assert!(numbers.get("inspireai_process_open_file_descriptors", &[]) > 5.0);
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    assert_eq!(numbers.find("inspireai_build_info", &version), Some(1.0));
    let write = |state| {
        let labels = [("pool", "write"), ("state", state)];
        numbers.find("inspireai_database_connections", &labels)
    };
    // There is one writer; the server's own work may be using it just now.
    let connections = write("in_use").zip(write("idle"));
    assert_eq!(connections.map(|(used, idle)| used + idle), Some(1.0));
}

#[tokio::test]
async fn no_label_holds_an_id_and_what_visitors_make_up_is_other() {
    let setting = serve(&[]).await;
    let ada = setting.server.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "hello").await;
    let conversation = sent.conversation_id.to_string();
    ada.get(&format!("/chat/{conversation}")).await;
    ada.get(&format!("/no/such/{conversation}")).await;
    let made_up = Method::from_bytes(b"BREW").expect("a method");
    ada.send(ada.request(made_up, "/tools")).await;
    let numbers = at_rest(&ada).await;

    let ids = [
        conversation,
        sent.run_id.to_string(),
        sent.message_id.to_string(),
    ];
    let labels = numbers.label_values();
    for id in &ids {
        assert!(labels.iter().all(|label| !label.contains(id)), "{labels:?}");
    }
    assert!(!labels.contains(&"BREW"), "{labels:?}");
    let count = |labels: &[(&str, &str)]| numbers.get("inspireai_http_requests_total", labels);
    let page = [
        ("method", "GET"),
        ("route", "/chat/{id}"),
        ("status", "2xx"),
    ];
    assert_eq!(count(&page), 1.0, "{labels:?}");
    let missing = [("method", "GET"), ("route", "other"), ("status", "4xx")];
    assert_eq!(count(&missing), 1.0, "{labels:?}");
    let brewed = [("method", "other"), ("route", "/tools"), ("status", "4xx")];
    assert_eq!(count(&brewed), 1.0, "{labels:?}");
}

#[tokio::test]
async fn attempts_to_log_in_that_are_refused_are_counted_by_reason() {
    let setting = serve(&[("INSPIREAI_LOGIN_ATTEMPTS_PER_MINUTE", "2")]).await;
    let ada = setting.server.sign_up("ada").await;
    assert_eq!(log_in(&ada, "ada", "not her password").await.status, 422);
    assert_eq!(log_in(&ada, "ada", "not her password").await.status, 429);
    let numbers = Numbers::of(&ada).await;
    for reason in ["credentials", "rate_limit"] {
        let labels = [("reason", reason)];
        let refused = numbers.get("inspireai_login_attempts_refused_total", &labels);
        assert_eq!(refused, 1.0, "{reason}");
    }
}

#[tokio::test]
async fn each_number_says_what_it_is() {
    let setting = serve(&[]).await;
    let ada = setting.server.sign_up("ada").await;
    ada.ask("count", "tokens=40 rate=200").await;
    let text = ada.get("/metrics").await.body;
    let types: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    assert!(types.len() >= 15, "{types:?}");
    for name in types {
        assert!(name.starts_with("inspireai_"), "{name}");
        let help = text
            .lines()
            .any(|line| line.starts_with(&format!("# HELP {name} ")));
        assert!(help, "{name} is not explained");
    }
}

async fn status(app: &TestApp, headers: &[(&str, &str)]) -> u16 {
    let visitor = app.visitor();
    let request = visitor.request(Method::GET, "/metrics");
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    visitor.send(request).await.status
}

#[tokio::test]
async fn without_a_token_a_program_on_the_machine_may_read_and_a_visitor_through_a_proxy_not() {
    let app = TestApp::start().await;
    assert_eq!(status(&app, &[]).await, 200);
    for header in ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"] {
        assert_eq!(
            status(&app, &[(header, "127.0.0.1")]).await,
            404,
            "{header}"
        );
    }
}

#[tokio::test]
async fn with_a_token_whoever_knows_it_may_read_and_nobody_else() {
    let app = TestApp::builder()
        .env("INSPIREAI_METRICS_TOKEN", "let-me-read")
        .start()
        .await;
    let from_outside = ("X-Forwarded-For", "203.0.113.7");
    let right = ("Authorization", "Bearer let-me-read");
    assert_eq!(status(&app, &[right, from_outside]).await, 200);
    assert_eq!(status(&app, &[right]).await, 200);
    for wrong in ["Bearer let-me", "Bearer ", "Basic let-me-read"] {
        let refused = status(&app, &[("Authorization", wrong)]).await;
        assert_eq!(refused, 404, "{wrong}");
    }
    assert_eq!(status(&app, &[]).await, 404);
}

/// Whoever reads the numbers is counted as anybody else.
#[tokio::test]
async fn reading_the_numbers_is_counted_too() {
    let setting = serve(&[]).await;
    let ada: Person = setting.server.sign_up("ada").await;
    let labels = [("method", "GET"), ("route", "/metrics"), ("status", "2xx")];
    let count = |numbers: &Numbers| numbers.get("inspireai_http_requests_total", &labels);
    let (first, second) = (Numbers::of(&ada).await, Numbers::of(&ada).await);
    assert_eq!(count(&second) - count(&first), 1.0);
}
