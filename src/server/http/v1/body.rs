//! Bodies of requests: JSON, up to a limit.

use super::error::{ApiError, ApiResult};
use axum::{
    body::Body,
    extract::{FromRequest, Request},
};
use http_body_util::BodyExt;
use serde_json::Value;

/// Longest JSON body: pictures and documents come in it as text.
pub(super) const MAX_JSON_BYTES: usize = 20_000_000;
/// So much of a body that is too long is read and thrown away, so that its sender hears why and not a broken connection.
const MAX_UNREAD_BYTES: usize = 3 * MAX_JSON_BYTES;

/// A JSON body, as an argument of handlers.
pub(super) struct JsonBody(pub(super) Value);

impl<S: Sync> FromRequest<S> for JsonBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let bytes = read(request.into_body()).await?;
        let value: Value = serde_json::from_slice(&bytes)
            .map_err(|error| ApiError::malformed(format!("The body is not JSON: {error}.")))?;
        match value {
            Value::Object(_) => Ok(Self(value)),
            _ => Err(ApiError::malformed("The body must be a JSON object.")),
        }
    }
}

async fn read(mut body: Body) -> ApiResult<Vec<u8>> {
    let (mut bytes, mut total) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ApiError::malformed("The body broke off."))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        total += data.len();
        if total > MAX_UNREAD_BYTES {
            break;
        }
        if total > MAX_JSON_BYTES {
            bytes = Vec::new();
        } else {
            bytes.extend_from_slice(&data);
        }
    }
    match total > MAX_JSON_BYTES {
        true => Err(ApiError::too_large(MAX_JSON_BYTES as u64)),
        false => Ok(bytes),
    }
}
