//! Where the numbers are kept, what each of them is, and how they are written down.

use super::lag;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::{
    sync::OnceLock,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio_util::sync::CancellationToken;

/// The recorder, once there is one. The crate `metrics` takes one for the whole process, so this is its life too.
static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// What was measured waits in memory until it is sorted into buckets, also when nobody ever reads the numbers.
const UPKEEP: Duration = Duration::from_secs(5);

/// Seconds. A service on the internet begins within 0.2 to 2, the model in the process within some, and after 60 nobody is
/// waiting any more.
const FIRST_TOKEN: &[f64] = &[
    0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 60.0,
];
/// Tokens a second: people read about 5, a small model on two cores writes 10 to 50, services 30 to 300.
const TOKEN_RATE: &[f64] = &[
    1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 50.0, 75.0, 100.0, 150.0, 200.0, 300.0, 500.0, 1000.0,
];
/// Bytes a second: a token is about four.
const BYTE_RATE: &[f64] = &[
    5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0, 10000.0,
];
/// Seconds. A page takes a few milliseconds, a password's check some tens, and a form without a script waits for its answer
/// up to 20 seconds.
const REQUEST: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

const HISTOGRAMS: [(&str, Unit, &[f64], &str); 4] = [
    (
        "inspireai_time_to_first_token_seconds",
        Unit::Seconds,
        FIRST_TOKEN,
        "From a run's start to the first words that its readers got, by provider.",
    ),
    (
        "inspireai_answer_tokens_per_second",
        Unit::Count,
        TOKEN_RATE,
        "Tokens a second of an answer from its first words to its last, by provider, where the provider tells how many.",
    ),
    (
        "inspireai_answer_bytes_per_second",
        Unit::Count,
        BYTE_RATE,
        "Bytes of text a second of an answer from its first words to its last, by provider.",
    ),
    (
        "inspireai_http_request_duration_seconds",
        Unit::Seconds,
        REQUEST,
        "Until the answer to a request began, by method and route pattern.",
    ),
];

const COUNTERS: [(&str, &str); 11] = [
    (
        "inspireai_runs_ended_total",
        "Runs that ended, by kind of end: finished, stopped, failed, interrupted.",
    ),
    (
        "inspireai_upstream_errors_total",
        "Failures of providers, also those that another try made good, by provider and kind.",
    ),
    (
        "inspireai_upstream_retries_total",
        "Questions that were asked again after a failure, by provider.",
    ),
    (
        "inspireai_upstream_breaker_opened_total",
        "Times that a provider failed so often in a row that it was left alone for a while, by provider.",
    ),
    (
        "inspireai_upstream_breaker_refused_total",
        "Questions that were not asked because their provider was left alone, by provider.",
    ),
    (
        "inspireai_fallbacks_total",
        "Questions that another tool answered because a provider was down, by the provider that was.",
    ),
    (
        "inspireai_http_requests_total",
        "Requests that were answered, by method, route pattern and class of status.",
    ),
    (
        "inspireai_database_statements_total",
        "Statements that the database was given.",
    ),
    (
        "inspireai_database_slow_queries_total",
        "Statements that took longer than INSPIREAI_SLOW_QUERY_MS.",
    ),
    (
        "inspireai_login_attempts_refused_total",
        "Attempts to log in or sign up that were refused, by reason: rate_limit, credentials.",
    ),
    (
        "inspireai_traces_lost_total",
        "Spans that the collector of traces did not take.",
    ),
];

const GAUGES: [(&str, Unit, &str); 10] = [
    (
        "inspireai_open_runs",
        Unit::Count,
        "Runs that this process drives.",
    ),
    (
        "inspireai_open_event_streams",
        Unit::Count,
        "Readers that follow a run.",
    ),
    (
        "inspireai_upstream_breaker_open",
        Unit::Count,
        "1 while a provider is left alone because it failed too often in a row, else 0, by provider.",
    ),
    (
        "inspireai_local_model_waiting_requests",
        Unit::Count,
        "Requests that wait for the model in this process.",
    ),
    (
        "inspireai_database_connections",
        Unit::Count,
        "Connections to the database, by pool and state: in_use, idle.",
    ),
    (
        "inspireai_process_resident_memory_bytes",
        Unit::Bytes,
        "Memory of the process that is in RAM.",
    ),
    (
        "inspireai_process_open_file_descriptors",
        Unit::Count,
        "Files and connections that the process holds.",
    ),
    (
        "inspireai_process_start_time_seconds",
        Unit::Seconds,
        "When the process started, in seconds since 1970.",
    ),
    (
        "inspireai_draining",
        Unit::Count,
        "1 while the server is stopping and takes nothing new, else 0.",
    ),
    (
        "inspireai_build_info",
        Unit::Count,
        "Always 1; which version it is.",
    ),
];

/// Begins counting. Again is fine: the second server of a process counts with the first.
pub fn install() {
    RECORDER.get_or_init(|| match begin() {
        Ok(handle) => Some(handle),
        Err(error) => {
            tracing::error!(%error, "nothing is counted");
            None
        }
    });
}

/// Why nothing can be counted.
#[derive(Debug, thiserror::Error)]
enum InstallError {
    #[error(transparent)]
    Buckets(#[from] BuildError),
    #[error("something else in this process counts already")]
    Taken,
}

fn begin() -> Result<PrometheusHandle, InstallError> {
    let mut builder = PrometheusBuilder::new();
    for (name, _, buckets, _) in HISTOGRAMS {
        builder = builder.set_buckets_for_metric(Matcher::Full(name.to_owned()), buckets)?;
    }
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(|_| InstallError::Taken)?;
    describe();
    begin_at_zero();
    Ok(handle)
}

fn describe() {
    for (name, unit, _, help) in HISTOGRAMS {
        describe_histogram!(name, unit, help);
    }
    for (name, help) in COUNTERS {
        describe_counter!(name, Unit::Count, help);
    }
    for (name, unit, help) in GAUGES {
        describe_gauge!(name, unit, help);
    }
}

/// What has not happened yet is 0 and not absent: a rate over an absent number is no number, and its alarm stays silent.
fn begin_at_zero() {
    for end in ["finished", "stopped", "failed", "interrupted"] {
        counter!("inspireai_runs_ended_total", "end" => end).absolute(0);
    }
    for reason in ["rate_limit", "credentials"] {
        counter!("inspireai_login_attempts_refused_total", "reason" => reason).absolute(0);
    }
    counter!("inspireai_database_slow_queries_total").absolute(0);
    gauge!("inspireai_open_runs").set(0.0);
    gauge!("inspireai_open_event_streams").set(0.0);
    gauge!("inspireai_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    let started = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    gauge!("inspireai_process_start_time_seconds").set(started.as_secs_f64());
}

/// Sorts what was measured into its buckets every now and then, until `shutdown`.
pub async fn keep_up(shutdown: CancellationToken) {
    let mut tick = tokio::time::interval(UPKEEP);
    while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
        if let Some(handle) = handle() {
            handle.run_upkeep();
        }
    }
}

/// All numbers, in the text format of Prometheus.
#[must_use]
pub fn render() -> String {
    let mut text = handle().map(PrometheusHandle::render).unwrap_or_default();
    lag::render(&mut text);
    text
}

fn handle() -> Option<&'static PrometheusHandle> {
    RECORDER.get()?.as_ref()
}
