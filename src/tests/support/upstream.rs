//! A scripted server that speaks the OpenAI API over real HTTP, and both surfaces of Azure: models, chat completions and
//! responses, streamed and not, conversations, files, audio, images. The model names the scenario (see [`scenario`]); options
//! stand in the message as `name=value`.
//!
//! It remembers what it was asked and how each answer ended: [`Upstream::exchanges`] here, `GET /_requests` for tests in
//! other languages; `DELETE /_requests` forgets. What it keeps can be lost, and what it has can be taken away:
//! [`Upstream::forget_files`], [`Upstream::lack`], and `POST /_change` with any of
//! `{"forget_files":true,"forget_conversations":true,"lack":"/files","offer":"gpt-6-luna"}`,
//! `{"refuse":{"path":"/audio/speech","status":429,"times":1}}`, `{"speech":{"piece_ms":100,"die_after":3}}`,
//! `{"heard":"these words"}`.

mod audio;
mod conversations;
mod exchange;
mod files;
mod form;
mod images;
mod record;
mod scenario;
mod shaped;
mod shelf;
mod wire;

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Request, State},
    http::{StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
    serve::ListenerExt,
};
pub use exchange::{Ending, Exchange};
use exchange::{Ledger, Ticket};
use futures::{Stream, stream};
pub use record::Recorded;
use scenario::{Act, Answer, Plan, Question};
use serde_json::{Value, json};
use shelf::{Refusal, Shelf};
pub use shelf::{SpeechScript, StoredFile};
use std::{collections::BTreeMap, io, net::SocketAddr};
use tokio::{
    net::TcpListener,
    task::JoinHandle,
    time::{Instant, sleep_until},
};
use wire::Wire;

/// A running upstream; it ends when this is dropped.
pub struct Upstream {
    address: SocketAddr,
    service: Service,
    serving: JoinHandle<io::Result<()>>,
}

/// What every request is given.
#[derive(Clone, Default)]
struct Service {
    ledger: Ledger,
    shelf: Shelf,
}

impl Upstream {
    /// The picture that it makes, of one white pixel, in base64.
    pub const PIXEL: &str = wire::PIXEL;

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
        let service = Service::default();
        // Each token is to leave at once: what is measured here is not the operating system's patience.
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let serving = axum::serve(listener, router(service.clone()));
        Ok(Self {
            address,
            service,
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

    /// What `AZURE_OPENAI_ENDPOINT` is set to.
    pub fn azure_endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Offers a model besides the scripted ones, for example one that the catalogue knows.
    pub fn offer(&self, model: &str) {
        self.service.shelf.lock().offered.push(model.to_owned());
    }

    /// Refuses what comes to a path, so often; 429 says when to come again.
    pub fn refuse(&self, path: &str, status: u16, times: usize) {
        let path = path.to_owned();
        let refusal = Refusal {
            path,
            status,
            times,
        };
        self.service.shelf.lock().refusals.push(refusal);
    }

    /// How samples of speech come from now on.
    pub fn script_speech(&self, script: SpeechScript) {
        self.service.shelf.lock().speech = script;
    }

    /// Hears these words in every recording from now on.
    pub fn hear(&self, words: &str) {
        self.service.shelf.lock().heard = Some(words.to_owned());
    }

    /// The most texts that were said at once, and the most recordings that were heard at once.
    pub fn most_audio_at_once(&self) -> (usize, usize) {
        let shelf = self.service.shelf.lock();
        (shelf.speaking.1, shelf.listening.1)
    }

    /// How many texts are being said just now.
    pub fn speaking_now(&self) -> usize {
        self.service.shelf.lock().speaking.0
    }

    /// The texts that it was asked to say, oldest first.
    pub fn said(&self) -> Vec<String> {
        let requests = self.requests();
        let spoken = requests
            .iter()
            .filter(|request| request.path.ends_with("/audio/speech"));
        spoken
            .filter_map(|request| Some(request.json.as_ref()?["input"].as_str()?.to_owned()))
            .collect()
    }

    /// Does not have a path any more, for example `/conversations`.
    pub fn lack(&self, path: &str) {
        self.service.shelf.lock().lacking.push(path.to_owned());
    }

    /// Loses all files.
    pub fn forget_files(&self) {
        self.service.shelf.lock().files.clear();
    }

    /// Loses all conversations.
    pub fn forget_conversations(&self) {
        self.service.shelf.lock().conversations.clear();
    }

    /// The files that it keeps, by id.
    pub fn files(&self) -> BTreeMap<String, StoredFile> {
        self.service.shelf.lock().files.clone()
    }

    /// The conversations that it keeps, by id, with their items.
    pub fn conversations(&self) -> BTreeMap<String, Vec<Value>> {
        self.service.shelf.lock().conversations.clone()
    }

    /// Every request so far, of whichever kind, oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        self.service.shelf.lock().requests.clone()
    }

    /// Every chat request so far, oldest first.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.service.ledger.exchanges()
    }

    /// Waits until the requests so far are as wanted.
    pub async fn wait_until(&self, wanted: impl Fn(&[Exchange]) -> bool) -> Vec<Exchange> {
        self.service.ledger.wait_until(wanted).await
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn router(service: Service) -> Router {
    let api = || {
        Router::new()
            .route("/models", get(models))
            .route("/responses", post(respond))
            .route("/conversations", post(conversations::create))
            .route(
                "/conversations/{id}",
                get(conversations::show).delete(conversations::delete),
            )
            .route("/conversations/{id}/items", post(conversations::add))
            .route("/files", post(files::upload))
            .route("/files/{id}", delete(files::delete))
            .route("/files/{id}/content", get(files::content))
            .route(
                "/containers/{id}/files/{file}/content",
                get(files::container_content),
            )
    };
    let deployment = || {
        Router::new()
            .route("/chat/completions", post(complete))
            .route("/audio/speech", post(audio::speak))
            .route("/audio/transcriptions", post(audio::transcribe))
            .route("/images/generations", post(images::generate))
            .route("/images/edits", post(images::edit))
    };
    Router::new()
        .nest("/v1", api().merge(deployment()))
        .nest("/openai/v1", api().merge(deployment()))
        .nest("/openai/deployments/{deployment}", deployment())
        .nest("/openai", api())
        .route_layer(from_fn_with_state(service.clone(), take_down))
        .route("/_requests", get(requests).delete(forget))
        .route("/_change", post(change))
        .layer(DefaultBodyLimit::disable())
        .with_state(service)
}

/// Writes a request down, unless it is a form, which its handler reads as it comes; and does not have what it lacks.
async fn take_down(State(service): State<Service>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let lacking = service.shelf.lock().lacking.clone();
    if lacking
        .iter()
        .any(|missing| path.ends_with(missing.as_str()) || path.contains(&format!("{missing}/")))
    {
        return (
            StatusCode::NOT_FOUND,
            Json(json!({ "detail": "Not Found" })),
        )
            .into_response();
    }
    let refused = service.shelf.lock().refusal(path);
    if let Some(status) = refused {
        let mut refusal = error(status, "The script says so.");
        if status == 429 {
            refusal.headers_mut().insert(header::RETRY_AFTER, 7.into());
        }
        return refusal;
    }
    let kind = request.headers().get(header::CONTENT_TYPE);
    let is_form = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
    if is_form {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let mut recorded = Recorded::of(&parts.method, &parts.uri, &parts.headers);
    recorded.json = serde_json::from_slice(&bytes).ok();
    service.shelf.lock().requests.push(recorded);
    next.run(Request::from_parts(parts, Body::from(bytes)))
        .await
}

async fn models(State(service): State<Service>) -> Json<Value> {
    let offered = service.shelf.lock().offered.clone();
    let scripted = scenario::MODELS.iter().map(|id| (*id).to_owned());
    let data: Vec<_> = scripted
        .chain(offered)
        .map(|id| json!({ "id": id, "object": "model", "created": 1, "owned_by": "tests" }))
        .collect();
    Json(json!({ "object": "list", "data": data }))
}

async fn requests(State(service): State<Service>) -> Json<Vec<Exchange>> {
    Json(service.ledger.exchanges())
}

async fn forget(State(service): State<Service>) -> StatusCode {
    service.ledger.forget();
    StatusCode::NO_CONTENT
}

/// For tests in other languages.
async fn change(State(service): State<Service>, Json(body): Json<Value>) -> StatusCode {
    let mut shelf = service.shelf.lock();
    if body["forget_files"] == true {
        shelf.files.clear();
    }
    if body["forget_conversations"] == true {
        shelf.conversations.clear();
    }
    shelf
        .lacking
        .extend(body["lack"].as_str().map(ToOwned::to_owned));
    shelf
        .offered
        .extend(body["offer"].as_str().map(ToOwned::to_owned));
    let count = |value: &Value| usize::try_from(value.as_u64()?).ok();
    if let Some(path) = body["refuse"]["path"].as_str() {
        shelf.refusals.push(Refusal {
            path: path.to_owned(),
            status: count(&body["refuse"]["status"])
                .and_then(|status| u16::try_from(status).ok())
                .unwrap_or(500),
            times: count(&body["refuse"]["times"]).unwrap_or(1),
        });
    }
    if body["speech"].is_object() {
        shelf.speech = SpeechScript {
            piece_ms: body["speech"]["piece_ms"].as_u64().unwrap_or(0),
            die_after: count(&body["speech"]["die_after"]),
        };
    }
    if let Some(words) = body["heard"].as_str() {
        shelf.heard = Some(words.to_owned());
    }
    StatusCode::NO_CONTENT
}

async fn complete(State(service): State<Service>, request: Request) -> Response {
    let (headers, body) = match read(request).await {
        Ok(read) => read,
        Err(refusal) => return refusal,
    };
    if let Some(id) = files::missing(&service, &body) {
        return error(400, &format!("No file found with id '{id}'."));
    }
    let question = Question::read(Wire::Completions, &body, &[]);
    answer(&service, &headers, body, &question)
}

async fn respond(State(service): State<Service>, request: Request) -> Response {
    let (headers, body) = match read(request).await {
        Ok(read) => read,
        Err(refusal) => return refusal,
    };
    if let Some(id) = files::missing(&service, &body) {
        return error(404, &format!("File with id '{id}' not found."));
    }
    let conversation = body["conversation"].as_str().map(ToOwned::to_owned);
    let mut held = Vec::new();
    if let Some(id) = &conversation {
        match service.shelf.lock().conversations.get(id) {
            Some(items) => held.clone_from(items),
            None => return conversations::gone(id),
        }
    }
    let question = Question::read(Wire::Responses, &body, &held);
    let asked = body["input"].as_array().cloned().unwrap_or_default();
    let response = answer(&service, &headers, body, &question);
    let mut shelf = service.shelf.lock();
    if let (Some(id), true) = (conversation, response.status().is_success())
        && let Some(items) = shelf.conversations.get_mut(&id)
    {
        items.extend(asked);
        items.push(json!({ "type": "message", "role": "assistant", "content": "an answer" }));
    }
    drop(shelf);
    response
}

async fn read(request: Request) -> Result<(header::HeaderMap, Value), Response> {
    let headers = request.headers().clone();
    let bytes = axum::body::to_bytes(request.into_body(), usize::MAX).await;
    let body = bytes
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    body.map(|body| (headers, body))
        .ok_or_else(|| error(400, "The body is not JSON."))
}

fn answer(
    service: &Service,
    headers: &header::HeaderMap,
    body: Value,
    question: &Question,
) -> Response {
    let seen = service.ledger.times_asked(&body);
    let ticket = service.ledger.enter(headers, body);
    let offered = service.shelf.lock().offered.clone();
    match scenario::plan(question, seen, &offered) {
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
        Plan::Answer(answer) if question.is_streamed => (
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
            Json(question.wire.whole(&question.model, &text, tokens)).into_response()
        }
    }
}

/// A refusal in OpenAI's form.
fn error(status: u16, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body =
        json!({ "error": { "message": message, "type": "scripted", "param": null, "code": null } });
    (status, Json(body)).into_response()
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
