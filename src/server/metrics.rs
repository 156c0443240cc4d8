//! Numbers for whoever runs the server, as Prometheus reads them: what is counted, under which name, in which buckets. One
//! function for each thing that happens, so that those who count know no names; no rules of any domain.
//!
//! The numbers are the process's, as its memory is. Several servers in one process, as in tests, add to the same ones.

mod lag;
mod process;
mod recorder;
mod streams;

pub use lag::log_lag;
pub use process::sample_process;
pub use recorder::{install, keep_up, render};
pub use streams::while_open;

use ::metrics::{counter, gauge, histogram};
use std::time::Duration;

/// A request that was answered: the method, the pattern of its route, the status, and how long its answer took to begin.
pub fn http_request(method: &'static str, route: &str, status: u16, duration: Duration) {
    let class = match status {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    };
    counter!(
        "inspireai_http_requests_total",
        "method" => method, "route" => route.to_owned(), "status" => class
    )
    .increment(1);
    histogram!(
        "inspireai_http_request_duration_seconds",
        "method" => method, "route" => route.to_owned()
    )
    .record(duration);
}

/// A run that this process begins to drive. It counts as open until what is returned is dropped.
#[must_use]
pub fn open_run() -> OpenRun {
    gauge!("inspireai_open_runs").increment(1.0);
    OpenRun(())
}

/// A run that counts as open.
pub struct OpenRun(());

impl Drop for OpenRun {
    fn drop(&mut self) {
        gauge!("inspireai_open_runs").decrement(1.0);
    }
}

/// A run's readers got its first words, this long after its start.
pub fn first_words(provider: &'static str, after: Duration) {
    histogram!("inspireai_time_to_first_token_seconds", "provider" => provider).record(after);
}

/// An answer's words came within this time; the provider may have told how many tokens they are.
pub fn answer_written(provider: &'static str, within: Duration, bytes: usize, tokens: Option<u32>) {
    let seconds = within.as_secs_f64();
    histogram!("inspireai_answer_bytes_per_second", "provider" => provider)
        .record(bytes as f64 / seconds);
    if let Some(tokens) = tokens {
        histogram!("inspireai_answer_tokens_per_second", "provider" => provider)
            .record(f64::from(tokens) / seconds);
    }
}

/// A run ended: `finished`, `stopped`, `failed` or `interrupted`.
pub fn run_ended(end: &'static str) {
    counter!("inspireai_runs_ended_total", "end" => end).increment(1);
}

/// A provider failed, in one of its kinds of failure.
pub fn upstream_error(provider: &'static str, kind: &'static str) {
    counter!("inspireai_upstream_errors_total", "provider" => provider, "kind" => kind)
        .increment(1);
}

/// A provider is asked again after a failure.
pub fn upstream_retry(provider: &'static str) {
    counter!("inspireai_upstream_retries_total", "provider" => provider).increment(1);
}

/// The breaker of a provider's service opened (it failed too often in a row and is left alone) or closed again.
pub fn breaker_open(provider: &'static str, is_open: bool) {
    gauge!("inspireai_upstream_breaker_open", "provider" => provider)
        .set(f64::from(u8::from(is_open)));
    if is_open {
        counter!("inspireai_upstream_breaker_opened_total", "provider" => provider).increment(1);
    }
}

/// A question did not pass an open breaker.
pub fn breaker_refused(provider: &'static str) {
    counter!("inspireai_upstream_breaker_refused_total", "provider" => provider).increment(1);
}

/// A question went to the tool that answers in place of one whose provider is down.
pub fn fallback(provider: &'static str) {
    counter!("inspireai_fallbacks_total", "provider" => provider).increment(1);
}

/// An attempt to log in or sign up that was refused: `rate_limit` or `credentials`.
pub fn login_refused(reason: &'static str) {
    counter!("inspireai_login_attempts_refused_total", "reason" => reason).increment(1);
}

/// A statement that the database is given.
pub fn statement() {
    counter!("inspireai_database_statements_total").increment(1);
}

/// A statement that took longer than `INSPIREAI_SLOW_QUERY_MS`.
pub fn slow_query() {
    counter!("inspireai_database_slow_queries_total").increment(1);
}

/// How many connections of a pool of the database work, and how many wait for work.
pub fn sample_connections(pool: &'static str, in_use: u32, idle: u32) {
    let connections = |state, count| {
        gauge!("inspireai_database_connections", "pool" => pool, "state" => state).set(count);
    };
    connections("in_use", in_use);
    connections("idle", idle);
}

/// How many requests wait for the model in this process.
pub fn sample_local_queue(waiting: u32) {
    gauge!("inspireai_local_model_waiting_requests").set(waiting);
}

/// Whether the server is stopping and takes nothing new.
pub fn sample_draining(is_draining: bool) {
    gauge!("inspireai_draining").set(f64::from(u8::from(is_draining)));
}

/// Spans that the collector of traces did not take.
pub fn traces_lost(spans: u64) {
    counter!("inspireai_traces_lost_total").increment(spans);
}
