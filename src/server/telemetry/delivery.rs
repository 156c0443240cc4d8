//! The way of spans to their collector: in batches, beside the work. A collector that cannot be reached costs spans and a
//! warning now and then, never an answer: what waits is bounded, and what does not fit is dropped.

use crate::server::{config::TracesConfig, metrics};
use opentelemetry::KeyValue;
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, SpanExporter, WithExportConfig, WithHttpConfig,
};
use opentelemetry_sdk::{
    Resource,
    error::{OTelSdkError, OTelSdkResult},
    resource::TelemetryResourceDetector,
    trace::{SdkTracerProvider, SpanData},
};
use secrecy::ExposeSecret;
use std::{
    future::poll_fn,
    sync::{Mutex, PoisonError},
    task::Poll,
    time::{Duration, Instant},
};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// A collector that stays away is mentioned this often.
const WARN_EVERY: Duration = Duration::from_secs(5 * 60);

/// Why spans cannot be delivered at all.
#[derive(Debug, thiserror::Error)]
pub(super) enum DeliveryError {
    #[error("the HTTP client cannot be set up ({0})")]
    Client(#[from] reqwest::Error),
    #[error(transparent)]
    Exporter(#[from] ExporterBuildError),
}

/// Sets up delivery on `runtime`, until `over`. `node` is this server's name among others.
pub(super) fn begin(
    config: &TracesConfig,
    node: &str,
    runtime: &Handle,
    over: CancellationToken,
) -> Result<SdkTracerProvider, DeliveryError> {
    let client = reqwest::Client::builder().timeout(config.timeout).build()?;
    let headers = config
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), value.expose_secret().to_owned()))
        .collect();
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_endpoint(&config.endpoint)
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(config.timeout)
        .with_headers(headers)
        .build()?;
    let delivery = Delivery {
        exporter,
        runtime: runtime.clone(),
        over,
        warned_at: Mutex::new(None),
    };
    Ok(SdkTracerProvider::builder()
        .with_resource(resource(config, node))
        .with_sampler(config.sampler.clone())
        .with_batch_exporter(delivery)
        .build())
}

fn resource(config: &TracesConfig, node: &str) -> Resource {
    let configured = config
        .resource
        .iter()
        .map(|(name, value)| KeyValue::new(name.clone(), value.clone()));
    Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes([
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", node.to_owned()),
        ])
        .with_attributes(configured)
        .build()
}

/// The library's exporter, on our runtime. The library sends batches from a thread of its own, which knows nothing of the
/// runtime that an HTTP client needs.
#[derive(Debug)]
struct Delivery {
    exporter: SpanExporter,
    runtime: Handle,
    /// From then on the runtime may be gone, and nothing of it may be used.
    over: CancellationToken,
    warned_at: Mutex<Option<Instant>>,
}

impl opentelemetry_sdk::trace::SpanExporter for Delivery {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let mut sending = Box::pin(self.exporter.export(batch));
        let sent = poll_fn(|context| {
            if self.over.is_cancelled() {
                return Poll::Ready(Err(OTelSdkError::AlreadyShutdown));
            }
            let _inside = self.runtime.enter();
            sending.as_mut().poll(context)
        })
        .await;
        if let Err(error) = &sent {
            metrics::traces_lost(spans as u64);
            if self.may_warn() {
                tracing::warn!(%error, spans, "the collector of traces did not take what was sent");
            }
        }
        sent
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl Delivery {
    fn may_warn(&self) -> bool {
        let mut warned_at = self
            .warned_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let may = warned_at.is_none_or(|at| at.elapsed() >= WARN_EVERY);
        if may {
            *warned_at = Some(Instant::now());
        }
        may
    }
}
