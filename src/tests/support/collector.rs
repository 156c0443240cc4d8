//! A collector of traces that speaks OTLP over HTTP, and reads as much of protobuf as that takes.

use super::within;
use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use std::{collections::BTreeMap, io, net::SocketAddr};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// Numbers of fields, from `opentelemetry/proto/{collector/trace,trace,resource,common}/v1/*.proto`.
mod field {
    pub const RESOURCE_SPANS: u64 = 1;
    pub const RESOURCE: u64 = 1;
    pub const RESOURCE_ATTRIBUTES: u64 = 1;
    pub const SCOPE_SPANS: u64 = 2;
    pub const SPANS: u64 = 2;
    pub const TRACE_ID: u64 = 1;
    pub const SPAN_ID: u64 = 2;
    pub const PARENT_ID: u64 = 4;
    pub const NAME: u64 = 5;
    pub const KIND: u64 = 6;
    pub const ATTRIBUTES: u64 = 9;
    pub const EVENTS: u64 = 11;
    pub const STATUS: u64 = 15;
    pub const EVENT_NAME: u64 = 2;
    pub const STATUS_CODE: u64 = 3;
    pub const KEY: u64 = 1;
    pub const VALUE: u64 = 2;
}

/// `SPAN_KIND_SERVER`.
pub const SERVER: u64 = 2;
/// `SPAN_KIND_CLIENT`.
pub const CLIENT: u64 = 3;
/// `STATUS_CODE_ERROR`.
pub const ERROR: u64 = 2;

/// A span that was delivered.
#[derive(Clone, Debug)]
pub struct Span {
    pub trace_id: String,
    pub id: String,
    /// Empty for a trace's first span.
    pub parent_id: String,
    pub name: String,
    pub kind: u64,
    /// Numbers as their digits.
    pub attributes: BTreeMap<String, String>,
    /// Names of what happened in it.
    pub events: Vec<String>,
    pub status: u64,
    /// What is said of the program that sent it.
    pub resource: BTreeMap<String, String>,
}

impl Span {
    /// An attribute, or nothing.
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// One delivery.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A running collector; it ends when this is dropped.
pub struct Collector {
    address: SocketAddr,
    deliveries: watch::Receiver<Vec<Delivery>>,
    serving: JoinHandle<io::Result<()>>,
}

impl Collector {
    /// One on a free port of this machine.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (sender, deliveries) = watch::channel(Vec::new());
        let router = Router::new()
            .route("/v1/traces", post(take))
            .with_state(sender);
        Self {
            address,
            deliveries,
            serving: tokio::spawn(axum::serve(listener, router).into_future()),
        }
    }

    /// What `OTEL_EXPORTER_OTLP_ENDPOINT` is set to.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything that was delivered, as it came.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.deliveries.borrow().clone()
    }

    /// Waits for a span of a name, and returns the first one.
    pub async fn span(&self, name: &str) -> Span {
        let find = |deliveries: &[Delivery]| spans(deliveries).find(|span| span.name == name);
        let mut deliveries = self.deliveries.clone();
        let arrived = deliveries.wait_for(|deliveries| find(deliveries).is_some());
        let deliveries = within(&format!("the span {name}"), arrived)
            .await
            .expect("the collector goes on");
        find(&deliveries).expect("it is there")
    }

    /// Every span so far.
    pub fn spans(&self) -> Vec<Span> {
        spans(&self.deliveries.borrow()).collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(
    State(deliveries): State<watch::Sender<Vec<Delivery>>>,
    headers: HeaderMap,
    body: Bytes,
) {
    deliveries.send_modify(|all| all.push(Delivery { headers, body }));
}

fn spans(deliveries: &[Delivery]) -> impl Iterator<Item = Span> {
    let sources = deliveries
        .iter()
        .flat_map(|delivery| Message(&delivery.body).messages(field::RESOURCE_SPANS));
    sources.flat_map(|source| {
        let resource = source
            .messages(field::RESOURCE)
            .next()
            .map(|resource| resource.attributes(field::RESOURCE_ATTRIBUTES))
            .unwrap_or_default();
        let scopes: Vec<_> = source.messages(field::SCOPE_SPANS).collect();
        let spans = scopes
            .into_iter()
            .flat_map(|scope| scope.messages(field::SPANS));
        spans.map(move |span| read_span(span, resource.clone()))
    })
}

fn read_span(span: Message<'_>, resource: BTreeMap<String, String>) -> Span {
    Span {
        trace_id: span.hex(field::TRACE_ID),
        id: span.hex(field::SPAN_ID),
        parent_id: span.hex(field::PARENT_ID),
        name: span.text(field::NAME),
        kind: span.number(field::KIND),
        attributes: span.attributes(field::ATTRIBUTES),
        events: span
            .messages(field::EVENTS)
            .map(|event| event.text(field::EVENT_NAME))
            .collect(),
        status: span
            .messages(field::STATUS)
            .map(|status| status.number(field::STATUS_CODE))
            .sum(),
        resource,
    }
}

/// Bytes of protobuf: fields, each a number and a value.
#[derive(Clone, Copy)]
struct Message<'a>(&'a [u8]);

enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl<'a> Message<'a> {
    fn fields(self) -> impl Iterator<Item = (u64, Value<'a>)> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let tag = varint(&mut rest);
            let value = match tag & 7 {
                0 => Value::Number(varint(&mut rest)),
                1 => Value::Bytes(split(&mut rest, 8)),
                2 => {
                    let length = varint(&mut rest);
                    Value::Bytes(split(&mut rest, usize::try_from(length).expect("a length")))
                }
                5 => Value::Bytes(split(&mut rest, 4)),
                kind => panic!("protobuf has no kind of value {kind}"),
            };
            Some((tag >> 3, value))
        })
    }

    fn messages(self, field: u64) -> impl Iterator<Item = Message<'a>> {
        self.fields().filter_map(move |(known, value)| match value {
            Value::Bytes(bytes) if known == field => Some(Message(bytes)),
            _ => None,
        })
    }

    fn bytes(self, field: u64) -> &'a [u8] {
        self.messages(field).next().map_or(&[], |bytes| bytes.0)
    }

    fn text(self, field: u64) -> String {
        String::from_utf8(self.bytes(field).to_vec()).expect("UTF-8")
    }

    fn hex(self, field: u64) -> String {
        let bytes = self.bytes(field).iter();
        bytes.map(|byte| format!("{byte:02x}")).collect()
    }

    fn number(self, field: u64) -> u64 {
        let found = self.fields().find_map(|(known, value)| match value {
            Value::Number(number) if known == field => Some(number),
            _ => None,
        });
        found.unwrap_or_default()
    }

    fn attributes(self, field: u64) -> BTreeMap<String, String> {
        self.messages(field)
            .map(|pair| {
                let value = pair.messages(field::VALUE).next().expect("a value");
                let (_, value) = value.fields().next().expect("of some kind");
                let value = match value {
                    Value::Number(number) => number.to_string(),
                    Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                };
                (pair.text(field::KEY), value)
            })
            .collect()
    }
}

/// Seven bits a byte, the lowest first; the eighth says that there are more.
fn varint(rest: &mut &[u8]) -> u64 {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = split(rest, 1)[0];
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    number
}

fn split<'a>(rest: &mut &'a [u8], at: usize) -> &'a [u8] {
    let (head, tail) = rest.split_at(at);
    *rest = tail;
    head
}
