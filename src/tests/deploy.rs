//! Behind a proxy, as `.deploy` sets it up: answers stream, visitors stay who they are, and what is not theirs is refused.

use crate::support::{
    client::{Client, http_client},
    person::{Person, message},
    process::{Process, run, variables},
    proxy::{Proxy, sample},
    test_app::TestApp,
    upstream::Upstream,
    within,
};
use axum::{
    Router,
    body::{Body, Bytes},
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use futures::{StreamExt, stream};
use inspireai::model::{AppError, ErrorKind, event::RunEvent};
use reqwest::Method;
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot};

/// Writes each test twice, as `nginx::name` and as `caddy::name`. What follows the name starts the proxy.
macro_rules! behind_each_proxy {
    ($(async fn $name:ident($proxy:ident: $type:ty) $body:block)*) => {
        $(async fn $name($proxy: $type) $body)*

        mod nginx {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name($crate::support::proxy::Proxy::nginx).await;
                }
            )*
        }

        mod caddy {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name($crate::support::proxy::Proxy::caddy).await;
                }
            )*
        }
    };
}

/// Somebody new who comes through a proxy.
async fn sign_up(app: &TestApp, proxy: &Proxy, name: &str) -> Person {
    app.sign_up(name).await.moved_to(proxy.address())
}

/// A server that answers as `router` says, in place of a node.
async fn stand_in(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(axum::serve(listener, router).into_future());
    address
}

/// An address where nobody listens.
async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("its address")
}

behind_each_proxy! {
    async fn words_arrive_while_the_service_is_still_writing(start: impl AsyncFnOnce(&[SocketAddr]) -> Proxy) {
        let app = TestApp::start().await;
        let proxy = start(&[app.address()]).await;
        let ada = sign_up(&app, &proxy, "ada").await;
        let sent = ada.send_new("silence", "after=3").await;
        let mut reader = ada.follow(sent.run_id, Some(0)).await;
        let mut text = String::new();
        while text != "0000 0001 0002 " {
            let event = reader
                .until(|event| matches!(event, RunEvent::Text(_)))
                .await;
            if let RunEvent::Text(words) = event.event {
                text.push_str(&words);
            }
        }
        assert_eq!(app.upstream.exchanges()[0].ending, None);
        assert_eq!(ada.stop(sent.run_id).await.status, 200);
        reader
            .until(|event| matches!(event, RunEvent::Stopped))
            .await;
    }

    async fn a_node_hears_of_a_reader_who_leaves(start: impl AsyncFnOnce(&[SocketAddr]) -> Proxy) {
        let (leaving, left) = oneshot::channel::<()>();
        let leaving = Arc::new(Mutex::new(Some(leaving)));
        let events = move || {
            let held = leaving.lock().expect("the sender").take();
            async move {
                // What is held is dropped with the stream, and the stream with the connection.
                let endless = stream::once(async { Ok::<_, Infallible>(Bytes::from(":\n\n")) })
                    .chain(stream::once(async move {
                        let _held = held;
                        std::future::pending().await
                    }));
                let kind = [(header::CONTENT_TYPE, "text/event-stream")];
                (kind, Body::from_stream(endless))
            }
        };
        let router = Router::new()
            .route("/readyz", get(|| async {}))
            .route("/api/runs/{run}/events", get(events));
        let proxy = start(&[stand_in(router).await]).await;
        let visitor = proxy.visitor();
        let request = visitor.request(Method::GET, "/api/runs/x/events");
        let mut response = visitor.open(request).await;
        let first = within("the first bytes", response.chunk()).await;
        assert_eq!(first.expect("a chunk").expect("bytes"), ":\n\n");
        drop(response);
        within("the node to hear of it", left)
            .await
            .expect_err("the sender is dropped and says nothing");
    }

    async fn attempts_count_for_the_visitor_whatever_they_claim_to_be(start: impl AsyncFnOnce(&[SocketAddr]) -> Proxy) {
        let app = TestApp::builder()
            .env("INSPIREAI_TRUST_PROXY", "true")
            .env("INSPIREAI_LOGIN_ATTEMPTS_PER_MINUTE", "1")
            .start()
            .await;
        let proxy = start(&[app.address()]).await;
        let attempt = async |from: u8, claimed: &str| {
            let http = reqwest::Client::builder()
                .no_proxy()
                .local_address(IpAddr::V4(Ipv4Addr::new(127, 0, 0, from)))
                .build()
                .expect("an HTTP client");
            let visitor = Client::new(http, proxy.address());
            let form = [("name", claimed), ("password", "a wrong one")];
            let request = visitor
                .form("log_in", &form)
                .header(header::ACCEPT, "application/json")
                .header("x-forwarded-for", format!("10.0.0.{}", claimed.len()));
            visitor.send(request).await.status
        };
        assert_eq!(attempt(1, "ada").await, 422);
        assert_eq!(attempt(1, "grace").await, 429);
        assert_eq!(attempt(2, "barbara").await, 422);
    }

    async fn figures_about_the_server_are_refused(start: impl AsyncFnOnce(&[SocketAddr]) -> Proxy) {
        let router = Router::new()
            .route("/", get(async || "a page"))
            .route("/readyz", get(|| async {}))
            .route("/metrics", get(async || "figures"));
        let proxy = start(&[stand_in(router).await]).await;
        let visitor = proxy.visitor();
        assert_eq!(visitor.get("/").await.body, "a page");
        for path in ["/metrics", "/%6detrics", "//metrics", "/x/../metrics"] {
            let reply = visitor.get(path).await;
            assert!(!reply.body.contains("figures"), "{path}");
        }
        assert_eq!(visitor.get("/metrics").await.status, 403);
    }

    async fn a_form_of_this_site_is_taken_and_one_of_another_is_not(start: impl AsyncFnOnce(&[SocketAddr]) -> Proxy) {
        let app = TestApp::start().await;
        let proxy = start(&[app.address()]).await;
        let own = format!("http://{}", proxy.address());
        for (origin, status) in [(own.as_str(), 200), ("http://evil.example", 403)] {
            let visitor = proxy.visitor();
            let request = visitor
                .form("set_theme", &[("theme", "dark")])
                .header(header::ACCEPT, "application/json")
                .header(header::ORIGIN, origin);
            let reply = visitor.send(request).await;
            assert_eq!(reply.status, status, "{origin}: {}", reply.body);
        }
    }

    async fn a_node_that_is_gone_is_passed_over(start: impl AsyncFnOnce(&[SocketAddr]) -> Proxy) {
        let app = TestApp::start().await;
        let proxy = start(&[nobody().await, app.address()]).await;
        let ada = sign_up(&app, &proxy, "ada").await;
        for round in ["one", "two", "three"] {
            assert_eq!(ada.get("/tools").await.status, 200);
            let (_, answer) = ada.ask("echo", round).await;
            assert_eq!(answer.text, round);
        }
    }
}

#[tokio::test]
async fn nginx_takes_a_message_that_a_stopping_node_refuses_to_another() {
    let app = TestApp::start().await;
    let stopping = Router::new().fallback(async || {
        let told = AppError::new(ErrorKind::Unavailable, "restarting");
        (StatusCode::SERVICE_UNAVAILABLE, axum::Json(told)).into_response()
    });
    let proxy = Proxy::nginx(&[stand_in(stopping).await, app.address()]).await;
    let ada = sign_up(&app, &proxy, "ada").await;
    for round in 0..4 {
        let text = format!("message {round}");
        let reply = ada.try_send(&message("echo", &text)).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
    let asked = app.upstream.wait_until(|all| all.len() == 4).await;
    assert_eq!(asked.len(), 4);
}

#[tokio::test]
async fn a_program_can_be_asked_whether_its_server_is_ready() {
    let (data_dir, upstream) = (
        TempDir::new().expect("a directory"),
        Upstream::start().await,
    );
    let variables = variables(data_dir.path(), &upstream);
    let server = Process::serve(&variables).await;
    let mut asking = variables.clone();
    asking.insert("LEPTOS_SITE_ADDR".to_owned(), server.address().to_string());
    assert_eq!(run("healthy", &asking).await.status.code(), Some(0));

    let ready = Client::new(http_client(), server.address())
        .get("/readyz")
        .await;
    assert_eq!(ready.status, 200);
    server.kill().await;
    let output = run("healthy", &asking).await;
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("Is the server running?"), "{told}");
}

/// The number that stands behind a text.
fn number_after(text: &str, marker: &str) -> u64 {
    let (_, rest) = text
        .split_once(marker)
        .unwrap_or_else(|| panic!("no {marker}"));
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits
        .parse()
        .unwrap_or_else(|_| panic!("no number behind {marker}"))
}

#[test]
fn every_sample_gives_a_server_the_time_that_it_takes_to_stop() {
    /// What storing cut-off answers may take, and Kubernetes' pause before the stop.
    const BESIDES: u64 = 10;
    for (name, drain, limit) in [
        (
            "inspireai.service",
            "INSPIREAI_DRAIN_SECONDS=",
            "TimeoutStopSec=",
        ),
        (
            "compose.yaml",
            "INSPIREAI_DRAIN_SECONDS: \"",
            "stop_grace_period: ",
        ),
        (
            "kubernetes.yaml",
            "INSPIREAI_DRAIN_SECONDS: \"",
            "terminationGracePeriodSeconds: ",
        ),
    ] {
        let text = sample(name);
        let (drain, limit) = (number_after(&text, drain), number_after(&text, limit));
        assert!(
            limit >= 2 * drain + BESIDES,
            "{name}: {limit} s for {drain} s of draining"
        );
    }
}
