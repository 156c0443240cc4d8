//! `/images/generations` and `/images/edits`. The model may say what goes wrong: `status-400`, `status-500`, `no-picture`.

use super::{Service, error, form, record::Recorded, wire::PIXEL};
use axum::{
    Json,
    body::Body,
    extract::{OriginalUri, State},
    http::{HeaderMap, Method},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

pub(super) async fn generate(Json(body): Json<Value>) -> Response {
    let count = body["n"].as_u64().unwrap_or(1);
    pictures(body["model"].as_str().unwrap_or_default(), count)
}

pub(super) async fn edit(
    State(service): State<Service>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(parts) = form::read(&headers, body, |_| false).await else {
        return error(400, "The form is not whole.");
    };
    let mut recorded = Recorded::of(&method, &uri, &headers);
    recorded.form = parts.iter().map(|part| part.field.clone()).collect();
    service.shelf.lock().requests.push(recorded);
    let text = |name: &str| {
        let part = parts.iter().find(|part| part.field.name == name)?;
        part.field.text.clone()
    };
    let count = text("n").and_then(|count| count.parse().ok()).unwrap_or(1);
    pictures(&text("model").unwrap_or_default(), count)
}

fn pictures(model: &str, count: u64) -> Response {
    match model {
        "status-400" => {
            let body = json!({ "error": { "message": "Your request was rejected by the safety system.",
                "type": "image_generation_user_error", "param": null, "code": "moderation_blocked" } });
            (axum::http::StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
        "status-500" => error(500, "The server had an error"),
        "no-picture" => Json(json!({ "created": 1, "data": [] })).into_response(),
        _ => {
            let data: Vec<Value> = (0..count).map(|_| json!({ "b64_json": PIXEL })).collect();
            Json(json!({ "created": 1, "data": data, "output_format": "png",
                "usage": { "input_tokens": 5, "output_tokens": 7, "total_tokens": 12 } }))
            .into_response()
        }
    }
}
