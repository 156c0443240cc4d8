//! `/conversations`.

use super::{Service, error, files};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// The most items at a time, as the reference has it.
const MAX_ITEMS: usize = 20;

pub(super) async fn create(State(service): State<Service>, Json(body): Json<Value>) -> Response {
    let items = body["items"].as_array().cloned().unwrap_or_default();
    if let Some(refusal) = refusal(&service, &body, &items) {
        return refusal;
    }
    let mut shelf = service.shelf.lock();
    let id = shelf.next_id("conv_");
    shelf.conversations.insert(id.clone(), items);
    Json(json!({ "id": id, "object": "conversation", "created_at": 1, "metadata": {} }))
        .into_response()
}

pub(super) async fn show(State(service): State<Service>, Path(id): Path<String>) -> Response {
    if service.shelf.lock().conversations.contains_key(&id) {
        return Json(json!({ "id": id, "object": "conversation", "created_at": 1 }))
            .into_response();
    }
    gone(&id)
}

pub(super) async fn add(
    State(service): State<Service>,
    Path(id): Path<String>,
    Json(body): Json<Value>,
) -> Response {
    let items = body["items"].as_array().cloned().unwrap_or_default();
    if let Some(refusal) = refusal(&service, &body, &items) {
        return refusal;
    }
    match service.shelf.lock().conversations.get_mut(&id) {
        Some(held) => {
            held.extend(items.clone());
            Json(json!({ "object": "list", "data": items })).into_response()
        }
        None => gone(&id),
    }
}

/// A message that says `status-500` breaks the making of a conversation.
fn refusal(service: &Service, body: &Value, items: &[Value]) -> Option<Response> {
    if items.len() > MAX_ITEMS {
        return Some(error(
            400,
            "Invalid 'items': array too long. Expected at most 20.",
        ));
    }
    if body.to_string().contains("fail-conversation") {
        return Some(error(500, "The server had an error"));
    }
    let id = files::missing(service, body)?;
    Some(error(404, &format!("File with id '{id}' not found.")))
}

pub(super) async fn delete(State(service): State<Service>, Path(id): Path<String>) -> Response {
    match service.shelf.lock().conversations.remove(&id) {
        Some(_) => Json(json!({ "id": id, "object": "conversation.deleted", "deleted": true }))
            .into_response(),
        None => gone(&id),
    }
}

pub(super) fn gone(id: &str) -> Response {
    error(404, &format!("Conversation with id '{id}' not found."))
}
