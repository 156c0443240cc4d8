//! A scripted server that speaks the OpenAI API over real HTTP: `GET /v1/models` and `POST /v1/chat/completions`, streamed
//! and not. The model names the scenario (see [`scenario`]); options stand in the message as `name=value`.
//!
//! It remembers what it was asked and how each answer ended: [`Upstream::exchanges`] here, `GET /_requests` for tests in
//! other languages; `DELETE /_requests` forgets.

mod exchange;
mod scenario;

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt,
};
pub use exchange::{Ending, Exchange};
use exchange::{Ledger, Ticket};
use futures::{Stream, stream};
use scenario::{Act, Answer, Completion, Plan};
use serde_json::{Value, json};
use std::{io, net::SocketAddr};
use tokio::{
    net::TcpListener,
    task::JoinHandle,
    time::{Instant, sleep_until},
};

/// A running upstream; it ends when this is dropped.
pub struct Upstream {
    address: SocketAddr,
    ledger: Ledger,
    serving: JoinHandle<io::Result<()>>,
}

impl Upstream {
    /// One on a free port of this machine.
    pub async fn start() -> Self {
        Self::listen(SocketAddr::from(([127, 0, 0, 1], 0)))
            .await
            .expect("a free port")
    }

    /// One that listens on `address`.
    ///
    /// # Errors
    /// When the address is taken.
    pub async fn listen(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let ledger = Ledger::default();
        // Each token is to leave at once: what is measured here is not the operating system's patience.
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let serving = axum::serve(listener, router(ledger.clone()));
        Ok(Self {
            address,
            ledger,
            serving: tokio::spawn(serving.into_future()),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What `OPENAI_BASE_URL` is set to.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Every chat request so far, oldest first.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.ledger.exchanges()
    }

    /// Waits until the requests so far are as wanted.
    pub async fn wait_until(&self, wanted: impl Fn(&[Exchange]) -> bool) -> Vec<Exchange> {
        self.ledger.wait_until(wanted).await
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn router(ledger: Ledger) -> Router {
    Router::new()
        .route("/v1/models", get(models))
        .route("/v1/chat/completions", post(complete))
        .route("/_requests", get(requests).delete(forget))
        .with_state(ledger)
}

async fn models() -> Json<Value> {
    let data: Vec<_> = scenario::MODELS
        .iter()
        .map(|id| json!({ "id": id, "object": "model", "created": 1, "owned_by": "tests" }))
        .collect();
    Json(json!({ "object": "list", "data": data }))
}

async fn requests(State(ledger): State<Ledger>) -> Json<Vec<Exchange>> {
    Json(ledger.exchanges())
}

async fn forget(State(ledger): State<Ledger>) -> StatusCode {
    ledger.forget();
    StatusCode::NO_CONTENT
}

async fn complete(
    State(ledger): State<Ledger>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let completion = Completion::read(&body);
    let seen = ledger.times_asked(&body);
    let ticket = ledger.enter(&headers, body);
    match scenario::plan(&completion, seen) {
        Plan::Refuse {
            status,
            retry_after,
            body,
        } => {
            ticket.end(Ending::Complete);
            let mut response = (status, Json(body)).into_response();
            if let Some(seconds) = retry_after {
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, seconds.into());
            }
            response
        }
        Plan::Page(html) => {
            ticket.end(Ending::Complete);
            ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
        }
        Plan::Answer(answer) if completion.is_streamed => (
            [
                (header::CONTENT_TYPE, "text/event-stream"),
                (header::CACHE_CONTROL, "no-cache"),
            ],
            Body::from_stream(play(answer, ticket)),
        )
            .into_response(),
        Plan::Answer(answer) => {
            let (text, tokens) = scenario::whole(&answer.steps);
            ticket.end(Ending::Complete);
            Json(scenario::completion(&completion.model, &text, tokens)).into_response()
        }
    }
}

/// Plays steps at their times, counted from the first, so that a late timer does not slow the rest down.
fn play(answer: Answer, ticket: Ticket) -> impl Stream<Item = io::Result<Bytes>> {
    let began = Instant::now();
    let Answer { steps, envelope } = answer;
    let state = (steps.into_iter(), envelope, Some(ticket));
    stream::unfold(state, move |(mut steps, envelope, mut ticket)| async move {
        let Some(step) = steps.next() else {
            if let Some(ticket) = ticket.take() {
                ticket.end(Ending::Complete);
            }
            return None;
        };
        let due = began + step.at;
        if due > Instant::now() {
            sleep_until(due).await;
        }
        let item = match step.act {
            Act::Token(text) => {
                if let Some(ticket) = &ticket {
                    ticket.count_token();
                }
                Ok(Bytes::from(envelope.frame(&text)))
            }
            Act::Raw(bytes) => Ok(Bytes::from(bytes)),
            Act::Silence => std::future::pending().await,
            Act::Die => {
                if let Some(ticket) = ticket.take() {
                    ticket.end(Ending::Died);
                }
                Err(io::Error::other("the script says so"))
            }
        };
        Some((item, (steps, envelope, ticket)))
    })
}

/// The text of the model `count`, for tokens of five bytes.
pub fn counted(tokens: usize) -> String {
    (0..tokens).map(|index| format!("{index:04} ")).collect()
}
