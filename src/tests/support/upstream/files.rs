//! `/files`. A file's name may say what goes wrong: `status-500`, `die`, `silence`, `rate-limited`.

use super::{Service, error, form, record::Recorded, shelf::StoredFile};
use axum::{
    Json,
    body::Body,
    extract::{OriginalUri, Path, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

pub(super) async fn upload(
    State(service): State<Service>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let dies = |parts: &[form::Part]| {
        parts.iter().any(|part| {
            let name = part.field.filename.as_deref().unwrap_or_default();
            name.starts_with("die") && part.field.size > 0
        })
    };
    let Some(parts) = form::read(&headers, body, dies).await else {
        // Dropped in the middle: whoever sends sees a broken connection.
        return Response::new(Body::from_stream(futures::stream::once(async {
            Err::<Vec<u8>, _>(std::io::Error::other("the script says so"))
        })));
    };
    let mut recorded = Recorded::of(&method, &uri, &headers);
    recorded.form = parts.iter().map(|part| part.field.clone()).collect();
    let text = |name: &str| {
        let part = parts.iter().find(|part| part.field.name == name)?;
        part.field.text.clone()
    };
    service.shelf.lock().requests.push(recorded);
    let Some(file) = parts.iter().find(|part| part.field.name == "file") else {
        return error(400, "'file' is a required property");
    };
    let name = file.field.filename.clone().unwrap_or_default();
    match name.split('.').next().unwrap_or_default() {
        "status-500" => return error(500, "The server had an error"),
        "rate-limited" => return error(429, "Rate limit reached for requests"),
        "silence" => return std::future::pending().await,
        _ => {}
    }
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let seconds = text("expires_after[seconds]").and_then(|seconds| seconds.parse::<u64>().ok());
    let stored = StoredFile {
        name,
        purpose: text("purpose").unwrap_or_default(),
        media_type: file.field.media_type.clone().unwrap_or_default(),
        size: file.field.size,
        bytes: file.bytes.clone(),
        expires_at: seconds.map(|seconds| now + seconds),
    };
    let mut shelf = service.shelf.lock();
    let id = shelf.next_id("file-");
    let object = object(&id, &stored);
    shelf.files.insert(id, stored);
    Json(object).into_response()
}

fn object(id: &str, file: &StoredFile) -> Value {
    json!({
        "id": id,
        "object": "file",
        "bytes": file.size,
        "created_at": 1,
        "expires_at": file.expires_at,
        "filename": file.name,
        "purpose": file.purpose,
        "status": "processed",
    })
}

pub(super) async fn delete(State(service): State<Service>, Path(id): Path<String>) -> Response {
    match service.shelf.lock().files.remove(&id) {
        Some(_) => Json(json!({ "id": id, "object": "file", "deleted": true })).into_response(),
        None => error(404, &format!("No such File object: {id}")),
    }
}

pub(super) async fn content(State(service): State<Service>, Path(id): Path<String>) -> Response {
    let shelf = service.shelf.lock();
    match shelf.files.get(&id) {
        Some(file) => (
            [(header::CONTENT_TYPE, file.media_type.clone())],
            file.bytes.clone(),
        )
            .into_response(),
        None => error(404, &format!("No such File object: {id}")),
    }
}

/// A file of a model's making, in the container of the tool that made it.
pub(super) async fn container_content(Path((container, file)): Path<(String, String)>) -> Response {
    if (container.as_str(), file.as_str()) == ("cntr_1", "cfile_1") {
        return ([(header::CONTENT_TYPE, "text/csv")], "a,b\n1,2\n").into_response();
    }
    (StatusCode::NOT_FOUND, "gone").into_response()
}

/// The first of the files that a question names and that is not here.
pub(super) fn missing(service: &Service, body: &Value) -> Option<String> {
    let shelf = service.shelf.lock();
    let mut ids = Vec::new();
    collect_ids(body, &mut ids);
    ids.into_iter().find(|id| !shelf.files.contains_key(id))
}

fn collect_ids(value: &Value, ids: &mut Vec<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect_ids(value, ids)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(id) if name == "file_id" => ids.push(id.to_owned()),
                    _ => collect_ids(value, ids),
                }
            }
        }
        _ => {}
    }
}
