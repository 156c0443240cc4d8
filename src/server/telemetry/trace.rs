//! Spans, as collectors of traces get them: few, and each by hand. A span holds ids, kinds, sizes and times; never what
//! somebody wrote and never a key.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use futures::future::Either;
use opentelemetry::{
    Context, KeyValue, Value,
    propagation::{Extractor, Injector, TextMapPropagator},
    trace::{FutureExt, SpanKind, Status, TraceContextExt, Tracer, TracerProvider, WithContext},
};
use opentelemetry_sdk::{
    propagation::TraceContextPropagator,
    trace::{SdkTracer, SdkTracerProvider},
};
use std::{borrow::Cow, future::Future, sync::OnceLock};

/// Makes spans; there is none where no collector is named. Like the log it is the process's.
static TRACER: OnceLock<SdkTracer> = OnceLock::new();

pub(super) fn install(provider: &SdkTracerProvider) {
    let _ = TRACER.set(provider.tracer("inspireai"));
}

/// A span that is open, or nothing where there are no traces: then all of this does nothing.
#[derive(Clone, Debug, Default)]
pub struct Trace(Option<Context>);

impl Trace {
    /// The span of a request, as a part of what `headers` say goes on at the caller (`traceparent`).
    #[must_use]
    pub fn of_request(
        headers: Option<&HeaderMap>,
        name: impl FnOnce() -> String,
        attributes: impl FnOnce() -> Vec<KeyValue>,
    ) -> Self {
        let Some(tracer) = TRACER.get() else {
            return Self(None);
        };
        let nothing = Context::new();
        let caller = headers.map_or(nothing.clone(), |headers| {
            TraceContextPropagator::new().extract_with_context(&nothing, &Headers(headers))
        });
        Self(Some(open(
            tracer,
            &caller,
            name().into(),
            SpanKind::Server,
            attributes(),
        )))
    }

    /// A part of what goes on in this task.
    #[must_use]
    pub fn child(
        name: impl Into<Cow<'static, str>>,
        kind: SpanKind,
        attributes: impl FnOnce() -> Vec<KeyValue>,
    ) -> Self {
        let Some(tracer) = TRACER.get() else {
            return Self(None);
        };
        let parent = Context::current();
        Self(Some(open(tracer, &parent, name.into(), kind, attributes())))
    }

    /// Does work as a part of this span: spans that are opened in it are its children.
    pub fn follow<F: Future>(&self, work: F) -> Either<WithContext<F>, F> {
        match &self.0 {
            Some(context) => Either::Left(work.with_context(context.clone())),
            None => Either::Right(work),
        }
    }

    /// The trace's id, for log lines, where the trace is kept.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        let span = self.0.as_ref()?.span();
        let context = span.span_context();
        context.is_sampled().then(|| context.trace_id().to_string())
    }

    /// Adds an attribute, or replaces it.
    pub fn set(&self, name: &'static str, value: impl Into<Value>) {
        if let Some(context) = &self.0 {
            context.span().set_attribute(KeyValue::new(name, value));
        }
    }

    /// Something happened now.
    pub fn event(&self, name: &'static str) {
        if let Some(context) = &self.0 {
            context.span().add_event(name, Vec::new());
        }
    }

    /// It failed, in one of a few kinds.
    pub fn fail(&self, kind: impl Into<Cow<'static, str>>) {
        if let Some(context) = &self.0 {
            let kind = kind.into();
            let attribute = KeyValue::new("error.type", kind.clone());
            context.span().set_attribute(attribute);
            context.span().set_status(Status::error(kind));
        }
    }

    /// It is over. What is dropped is over too.
    pub fn end(&self) {
        if let Some(context) = &self.0 {
            context.span().end();
        }
    }
}

fn open(
    tracer: &SdkTracer,
    parent: &Context,
    name: Cow<'static, str>,
    kind: SpanKind,
    attributes: Vec<KeyValue>,
) -> Context {
    let span = tracer
        .span_builder(name)
        .with_kind(kind)
        .with_attributes(attributes)
        .start_with_context(tracer, parent);
    // Only the span goes on in the new context: what its parent was is of no use to its children.
    Context::new().with_span(span)
}

/// A request leaves for another service, as a part of what goes on in this task: the service is told so (`traceparent`), and
/// the span where the request went.
pub fn depart(request: &mut reqwest::Request) {
    if TRACER.get().is_none() {
        return;
    }
    let context = Context::current();
    let (host, port) = (
        request.url().host_str().unwrap_or_default().to_owned(),
        request.url().port_or_known_default().unwrap_or_default(),
    );
    context.span().set_attributes([
        KeyValue::new("server.address", host),
        KeyValue::new("server.port", i64::from(port)),
    ]);
    TraceContextPropagator::new()
        .inject_context(&context, &mut OutgoingHeaders(request.headers_mut()));
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

struct OutgoingHeaders<'a>(&'a mut HeaderMap);

impl Injector for OutgoingHeaders<'_> {
    fn set(&mut self, name: &str, value: String) {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}
