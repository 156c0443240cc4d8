//! What the server tells whoever runs it: one line an event, on standard error.

use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// What is logged without `RUST_LOG`. The client library of OpenAI logs whole bodies when it cannot read them, so it is off.
const DEFAULT: &str =
    "info,tower_http=warn,async_openai=off,llama-cpp-2=warn,llama_cpp_2=warn,sqlx=warn";

/// Begins logging; a second call changes nothing, so tests may each call it.
pub(super) fn begin(filter: Option<&str>, is_json: bool) {
    let filter = filter
        .and_then(|text| text.parse::<EnvFilter>().ok())
        .unwrap_or_else(|| EnvFilter::new(DEFAULT));
    let registry = tracing_subscriber::registry().with(filter);
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // Either fails only when logging has begun already.
    let _ = if is_json {
        registry.with(lines.json()).try_init()
    } else {
        registry.with(lines.with_target(false)).try_init()
    };
}
