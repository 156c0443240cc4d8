//! What is told of each request to whoever runs the server: its numbers, its line in the log, its part of a trace; all by
//! route pattern, so that there are as many of them as routes and no more.

use crate::server::{
    metrics,
    state::AppState,
    telemetry::{self, Trace},
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use opentelemetry::KeyValue;
use std::time::{Duration, Instant};
use tower_http::request_id::RequestId;
use tracing::Span;

/// A request whose answer takes longer than this to begin is logged with the errors.
const SLOW: Duration = Duration::from_secs(1);
/// Most of a request's id that is kept: it comes from outside, and stands in every line.
const MAX_ID_BYTES: usize = 128;
/// Asked every few seconds by machines, or files: of no interest in a trace.
const UNTRACED: [&str; 5] = [
    "/healthz",
    "/readyz",
    "/metrics",
    CLIENT_FILE,
    "/favicon.svg",
];
/// The route of the client's files, which the router does not name.
const CLIENT_FILE: &str = "/pkg/{file}";

/// What every log line of a request carries.
pub(super) fn log_span<B>(request: &axum::http::Request<B>) -> Span {
    telemetry::log_span(id(request), request.method().as_str(), request.uri().path())
}

/// Answers a request, and tells of it. To be called inside its [`log_span`].
pub(super) async fn observe(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let (method, route) = (method(request.method()), route(&request));
    let id = id(&request).to_owned();
    let trace = match UNTRACED.contains(&route.as_str()) {
        true => Trace::default(),
        false => begin_trace(&state, &request, method, &route),
    };
    if let Some(id) = trace.id() {
        Span::current().record("trace.id", id);
    }
    let work = trace.follow(next.run(request));
    let response = telemetry::with_request_id(&id, work).await;
    let (status, took) = (response.status(), began.elapsed());
    metrics::http_request(method, &route, status.as_u16(), took);
    trace.set("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        trace.fail(status.as_str().to_owned());
    }
    trace.end();
    let duration_ms = took.as_secs_f64() * 1000.0;
    if status.is_server_error() || took >= SLOW {
        tracing::info!(route, status = status.as_u16(), duration_ms, "answered");
    } else {
        tracing::debug!(route, status = status.as_u16(), duration_ms, "answered");
    }
    response
}

/// The request as a part of what the proxy in front says goes on there. Anybody else's word on that is not taken: it would
/// decide which traces are kept.
fn begin_trace(state: &AppState, request: &Request, method: &'static str, route: &str) -> Trace {
    let headers = request.headers();
    let is_behind_proxy = state.config.server.is_behind_proxy;
    Trace::of_request(
        is_behind_proxy.then_some(headers),
        || format!("{method} {route}"),
        || {
            vec![
                KeyValue::new("http.request.method", method),
                KeyValue::new("http.route", route.to_owned()),
                KeyValue::new("inspireai.request.id", id(request).to_owned()),
            ]
        },
    )
}

fn id<B>(request: &axum::http::Request<B>) -> &str {
    let id = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .unwrap_or_default();
    &id[..id.floor_char_boundary(MAX_ID_BYTES)]
}

/// The pattern of the route that a request matched: a server function's path, a page's pattern, or `other`.
fn route<B>(request: &axum::http::Request<B>) -> String {
    match request.extensions().get::<MatchedPath>() {
        Some(path) => path.as_str().to_owned(),
        None if request.uri().path().starts_with("/pkg/") => CLIENT_FILE.to_owned(),
        None => "other".to_owned(),
    }
}

/// The method, where it is one of those that there are: a client may make up others without end.
fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
