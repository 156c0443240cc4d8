//! Counting slow statements: the database's driver tells of them in log lines only.

use crate::server::metrics;
use tracing::{Event, Metadata, Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{Layer, filter::filter_fn, layer::Context, registry::LookupSpan};

/// Listens to the driver's lines about slow statements. All its other lines about statements are off, see `db::connect`.
pub(super) struct SlowQueries;

impl SlowQueries {
    pub(super) fn layer<S>() -> impl Layer<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        Self.with_filter(filter_fn(is_about_statement).with_max_level_hint(LevelFilter::WARN))
    }
}

fn is_about_statement(metadata: &Metadata<'_>) -> bool {
    metadata.is_event() && metadata.target() == "sqlx::query"
}

impl<S: Subscriber> Layer<S> for SlowQueries {
    fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {
        metrics::slow_query();
    }
}
