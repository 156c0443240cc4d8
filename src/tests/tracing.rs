//! Traces: one of each message, from the proxy in front to the service behind, and none of its words.

use crate::support::{
    collector::{CLIENT, Collector, ERROR, SERVER},
    numbers::Numbers,
    person::{Person, message},
    process::{Process, Variables, variables},
    test_app::PASSWORD,
    upstream::Upstream,
    within,
};
use inspireai::model::chat::Sent;
use reqwest::{
    Method,
    header::{ACCEPT, CONTENT_TYPE},
};
use serde_json::json;
use std::time::Duration;
use tempfile::TempDir;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PROXY: &str = "00f067aa0ba902b7";

struct Setting {
    collector: Collector,
    upstream: Upstream,
    variables: Variables,
    _data_dir: TempDir,
}

impl Setting {
    async fn serve(&self) -> Process {
        let server = Process::serve(&self.variables).await;
        server.discovered().await;
        server
    }
}

/// What a server is configured with that sends its spans at once.
async fn setting(changes: &[(&str, &str)]) -> Setting {
    let data_dir = TempDir::new().expect("a directory");
    let (collector, upstream) = (Collector::start().await, Upstream::start().await);
    let mut variables = variables(data_dir.path(), &upstream);
    let endpoint = collector.endpoint();
    let own = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_BSP_SCHEDULE_DELAY", "50"),
    ];
    let changes = own.iter().chain(changes);
    variables.extend(changes.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Setting {
        collector,
        upstream,
        variables,
        _data_dir: data_dir,
    }
}

/// Sends as a proxy passes it on.
async fn send(person: &Person, tool: &str, words: &str) -> Sent {
    let request = person
        .request(Method::POST, "/api/send_message")
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/json")
        .header("traceparent", format!("00-{TRACE}-{PROXY}-01"))
        .body(json!({ "request": message(tool, words) }).to_string());
    person.send(request).await.value()
}

#[tokio::test]
async fn a_message_is_one_trace_from_the_proxy_to_the_service_without_its_words() {
    let setting = setting(&[
        ("INSPIREAI_TRUST_PROXY", "true"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=collector-key"),
        ("OTEL_RESOURCE_ATTRIBUTES", "place=here"),
    ])
    .await;
    let server = setting.serve().await;
    let ada = server.sign_up("ada").await;
    let sent = send(&ada, "echo", "a very private question").await;
    ada.read(sent.run_id).await;

    let request = setting.collector.span("POST /api/send_message").await;
    assert_eq!((request.kind, request.status), (SERVER, 0));
    assert_eq!(
        (request.trace_id.as_str(), request.parent_id.as_str()),
        (TRACE, PROXY)
    );
    assert_eq!(request.attribute("http.route"), "/api/send_message");
    assert_eq!(request.attribute("http.response.status_code"), "200");
    let run = setting.collector.span("run").await;
    assert_eq!(
        (&run.trace_id, &run.parent_id),
        (&request.trace_id, &request.id)
    );
    assert_eq!(run.attribute("inspireai.run.id"), sent.run_id.to_string());
    assert_eq!(run.attribute("inspireai.run.end"), "finished");
    assert_eq!(run.attribute("gen_ai.provider.name"), "openai");
    assert_eq!(run.events, ["first_token"]);
    let call = setting.collector.span("chat echo").await;
    assert_eq!((&call.trace_id, &call.parent_id), (&run.trace_id, &run.id));
    assert_eq!((call.kind, call.status), (CLIENT, 0));
    assert_eq!(call.attribute("gen_ai.request.model"), "echo");
    assert_eq!(call.attribute("server.address"), "127.0.0.1");

    let asked = &setting.upstream.exchanges()[0];
    let told = asked
        .headers
        .get("traceparent")
        .expect("the service is told");
    assert_eq!(told, &format!("00-{TRACE}-{}-01", call.id));
    assert_eq!(run.resource["service.name"], "inspireai");
    assert_eq!(run.resource["service.version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(run.resource["place"], "here");

    let session = ada.cookie("session").expect("a session");
    for delivery in setting.collector.deliveries() {
        assert_eq!(delivery.headers["api-key"], "collector-key");
        let text = String::from_utf8_lossy(&delivery.body).into_owned();
        let secrets = ["private question", "sk-secret", PASSWORD, session.as_str()];
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}

#[tokio::test]
async fn a_failed_answer_shows_each_try_and_why_it_failed() {
    let setting = setting(&[]).await;
    let server = setting.serve().await;
    let ada = server.sign_up("ada").await;
    ada.ask("flaky", "hello").await;
    setting.collector.span("run").await;
    let all = setting.collector.spans();
    let tries: Vec<_> = all
        .iter()
        .filter(|span| span.name == "chat flaky")
        .map(|span| {
            (
                span.attribute("inspireai.attempt"),
                span.status,
                span.attribute("error.type"),
            )
        })
        .collect();
    let failed = |attempt| (attempt, ERROR, "unavailable");
    assert_eq!(tries, [failed("1"), failed("2"), ("3", 0, "")]);

    ada.ask("status-401", "hello").await;
    let call = setting.collector.span("chat status-401").await;
    assert_eq!(
        (call.status, call.attribute("error.type")),
        (ERROR, "unauthorized")
    );
}

#[tokio::test]
async fn what_a_visitor_says_of_its_trace_is_not_taken_where_no_proxy_is_trusted() {
    let setting = setting(&[]).await;
    let server = setting.serve().await;
    let ada = server.sign_up("ada").await;
    let sent = send(&ada, "echo", "hello").await;
    ada.read(sent.run_id).await;
    let request = setting.collector.span("POST /api/send_message").await;
    assert_ne!(request.trace_id, TRACE);
    assert_eq!(request.parent_id, "");
}

#[tokio::test]
async fn what_the_sampler_leaves_out_is_not_sent_and_the_service_is_told_so() {
    let setting = setting(&[("OTEL_TRACES_SAMPLER", "always_off")]).await;
    let server = setting.serve().await;
    let ada = server.sign_up("ada").await;
    ada.ask("echo", "hello").await;
    server.terminate().await;
    assert!(server.ended().await.success());
    assert_eq!(setting.collector.deliveries().len(), 0);
    let asked = &setting.upstream.exchanges()[0];
    assert!(asked.headers["traceparent"].ends_with("-00"), "{asked:?}");
}

#[tokio::test]
async fn without_a_collector_services_are_told_of_no_trace() {
    let mut setting = setting(&[("INSPIREAI_TRUST_PROXY", "true")]).await;
    setting
        .variables
        .insert("OTEL_SDK_DISABLED".to_owned(), "true".to_owned());
    let server = setting.serve().await;
    let ada = server.sign_up("ada").await;
    let sent = send(&ada, "echo", "hello").await;
    ada.read(sent.run_id).await;
    let asked = &setting.upstream.exchanges()[0];
    assert!(!asked.headers.contains_key("traceparent"), "{asked:?}");
}

#[tokio::test]
async fn the_last_spans_are_sent_when_the_server_stops() {
    // Left alone, it would send them after ten minutes.
    let setting = setting(&[("OTEL_BSP_SCHEDULE_DELAY", "600000")]).await;
    let server = setting.serve().await;
    let ada = server.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "hello").await;
    server.terminate().await;
    assert!(server.ended().await.success());
    let spans = setting.collector.spans();
    let run = spans
        .iter()
        .find(|span| span.name == "run")
        .expect("the run");
    assert_eq!(run.attribute("inspireai.run.id"), sent.run_id.to_string());
}

#[tokio::test]
async fn a_collector_that_is_not_there_costs_one_warning_and_nothing_else() {
    let setting = setting(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")]).await;
    let (server, log) = Process::serve_logged(&setting.variables).await;
    server.discovered().await;
    let ada = server.sign_up("ada").await;
    let is_warning = |line: &str| line.contains("the collector of traces did not take");
    for words in ["one", "two", "three"] {
        let (_, transcript) = ada.ask("echo", words).await;
        assert_eq!(transcript.text, words);
    }
    log.until("the warning", is_warning).await;
    let lost = async || {
        let numbers = Numbers::of(&ada).await;
        numbers.get("inspireai_traces_lost_total", &[])
    };
    let first = lost().await;
    ada.ask("echo", "four").await;
    within("a second delivery to fail", async {
        while lost().await == first {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    server.terminate().await;
    assert!(server.ended().await.success());
    let warnings = log.lines().iter().filter(|line| is_warning(line)).count();
    assert_eq!(warnings, 1);
}
