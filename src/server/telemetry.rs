//! What the server tells whoever runs it: log lines on standard error, traces where a collector is named, and what of them
//! belongs to a request or a run. Numbers are the matter of `metrics`; no rules of any domain.

mod attempt;
mod context;
mod delivery;
mod run;
mod slow_queries;
mod trace;

pub use attempt::AttemptObserver;
pub use context::{log_span, with_request_id};
pub use run::RunObserver;
pub use trace::{Trace, depart};

use super::{config::TelemetryConfig, serve::install_tls};
use opentelemetry_sdk::trace::SdkTracerProvider;
use slow_queries::SlowQueries;
use std::{io::IsTerminal, time::Duration};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tracing::{Metadata, level_filters::LevelFilter};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, filter_fn},
    fmt,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// What is logged without `RUST_LOG`. The client library of OpenAI logs whole bodies when it cannot read them, so it is off.
const DEFAULT: &str = "info,async_openai=off,llama-cpp-2=warn,llama_cpp_2=warn,sqlx=warn";

/// Longest time that the last spans may take on their way when the program ends.
const LAST_SPANS: Duration = Duration::from_secs(3);

/// Logging, and the way to the collector of traces.
pub(super) struct Telemetry {
    traces: Option<SdkTracerProvider>,
    /// Cancelled when nothing is delivered any more.
    over: CancellationToken,
}

impl Telemetry {
    /// Begins logging and, where a collector is named, tracing: once in a process. Spans are delivered on `runtime`.
    pub(super) fn begin(config: &TelemetryConfig, node: &str, runtime: &Handle) -> Self {
        install_tls();
        begin_log(config.log_filter.as_deref(), config.is_json);
        let over = CancellationToken::new();
        let traces = config.traces.as_ref().and_then(|traces| {
            delivery::begin(traces, node, runtime, over.clone())
                .inspect_err(|error| tracing::error!(%error, "there will be no traces"))
                .ok()
        });
        if let Some(provider) = &traces {
            trace::install(provider);
        }
        Self { traces, over }
    }

    /// Sends what spans there are, for a short while. To be called outside of the runtime, while it still runs.
    pub(super) fn end(self) {
        if let Some(Err(error)) = self
            .traces
            .map(|traces| traces.shutdown_with_timeout(LAST_SPANS))
        {
            tracing::warn!(%error, "the last spans did not reach the collector");
        }
        self.over.cancel();
    }
}

fn begin_log(filter: Option<&str>, is_json: bool) {
    let filter = filter
        .and_then(|text| text.parse::<EnvFilter>().ok())
        .unwrap_or_else(|| EnvFilter::new(DEFAULT));
    // Our own spans are on whatever the filter says: they are where a line's ids come from.
    let ids = filter_fn(is_own_span).with_max_level_hint(LevelFilter::INFO);
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(!is_json && std::io::stderr().is_terminal());
    let lines = if is_json {
        lines
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .boxed()
    } else {
        lines.with_target(false).boxed()
    };
    // It fails only when logging has begun already.
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(filter.or(ids)))
        .with(SlowQueries::layer())
        .try_init();
}

fn is_own_span(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with("inspireai")
}
