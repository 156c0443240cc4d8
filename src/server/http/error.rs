//! How a failure becomes an answer: the one mapping of kinds to statuses, the one log line for what broke.

use crate::{
    model::{AppError, ErrorKind},
    server::db::DbError,
};
use axum::{
    Json,
    body::Body,
    extract::Request,
    http::{HeaderValue, Response, StatusCode, header},
    middleware::Next,
    response::IntoResponse,
};
use http_body_util::BodyExt;
use tower_http::request_id::RequestId;

/// The header by which server functions mark an error.
const SERVER_FN_ERROR: &str = "serverfnerror";

/// The status of a kind.
#[must_use]
pub fn status(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Unauthorized => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Upstream => StatusCode::BAD_GATEWAY,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Network | ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What broke in the database: logged here, once, and told without its insides.
impl From<DbError> for AppError {
    fn from(error: DbError) -> Self {
        tracing::error!(%error, "the database failed");
        match error {
            DbError::Full => Self::new(
                ErrorKind::Unavailable,
                "The server's disk is full, so nothing can be stored. Tell the administrator; your text is still here.",
            ),
            DbError::BadText => Self::new(
                ErrorKind::Invalid,
                "The text holds a character that cannot be stored. Remove it and try again.",
            ),
            error if error.is_away() => Self::new(
                ErrorKind::Unavailable,
                "The server's database does not answer at the moment. Try again in a little while.",
            )
            .retry_after(2),
            _ => Self::internal(),
        }
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> axum::response::Response {
        let retry_after = self.retry_after_s;
        let mut response = (status(self.kind), Json(self)).into_response();
        if let Some(seconds) = retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Gives the errors of server functions their status and the request's id: Leptos answers all of them with 500.
pub(super) async fn map_server_fn_errors(request: Request, next: Next) -> axum::response::Response {
    let request_id = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .map(ToOwned::to_owned);
    let response = next.run(request).await;
    let is_error = response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && response.headers().contains_key(SERVER_FN_ERROR);
    if !is_error {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
    else {
        return AppError::internal().into_response();
    };
    match serde_json::from_slice::<AppError>(&bytes) {
        Ok(error) => AppError {
            request_id,
            ..error
        }
        .into_response_with(parts.headers.get(SERVER_FN_ERROR)),
        Err(_) => Response::from_parts(parts, Body::from(bytes)),
    }
}

/// A page says in words what it has to say.
fn is_page(kind: &HeaderValue) -> bool {
    kind.as_bytes().starts_with(b"text/html")
}

/// Says in words that a request is too large: the limit itself answers with a bare line.
pub(super) async fn explain_size_limit(request: Request, next: Next) -> axum::response::Response {
    let response = next.run(request).await;
    let is_ours = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/json" || is_page(kind));
    if response.status() != StatusCode::PAYLOAD_TOO_LARGE || is_ours {
        return response;
    }
    AppError::new(
        ErrorKind::TooLarge,
        "This is more than the server takes at once. Shorten it or send it in parts.",
    )
    .into_response()
}

impl AppError {
    /// The answer of a server function that failed: its client looks for the header.
    fn into_response_with(self, marker: Option<&HeaderValue>) -> axum::response::Response {
        let mut response = self.into_response();
        if let Some(marker) = marker {
            response
                .headers_mut()
                .insert(SERVER_FN_ERROR, marker.clone());
        }
        response
    }
}
