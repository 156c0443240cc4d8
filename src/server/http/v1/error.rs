//! Failures in the words of OpenAI's interface: the one mapping of our kinds to its types and codes.

use crate::{
    model::{AppError, ErrorKind},
    server::{
        http::error::status,
        providers::{ProviderError, ProviderErrorKind},
    },
};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// A result of a door.
pub(super) type ApiResult<T> = Result<T, ApiError>;

/// A failure as programs read it.
#[derive(Clone, Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    /// The class of failure, as OpenAI calls it.
    kind: &'static str,
    /// The failure itself, as OpenAI calls it.
    code: Option<&'static str>,
    /// The field of the request that it is about.
    param: Option<String>,
    /// A sentence.
    message: String,
    retry_after_s: Option<u32>,
}

impl ApiError {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            code: None,
            param: None,
            message: message.into(),
            retry_after_s: None,
        }
    }

    fn coded(self, code: &'static str) -> Self {
        Self {
            code: Some(code),
            ..self
        }
    }

    /// A request that cannot be read at all.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", message)
    }

    /// A request whose field `param` is not acceptable.
    pub(super) fn invalid(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            param: Some(param.into()),
            ..Self::malformed(message)
        }
    }

    /// A model that is not here, or does not do what is asked.
    pub(super) fn unknown_model(message: impl Into<String>) -> Self {
        Self {
            param: Some("model".to_owned()),
            ..Self::new(StatusCode::NOT_FOUND, "invalid_request_error", message)
        }
        .coded("model_not_found")
    }

    /// More bytes than the door takes.
    pub(super) fn too_large(limit_bytes: u64) -> Self {
        let limit = limit_bytes / 1_000_000;
        let message = format!("The request is larger than the {limit} MB that are taken here.");
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "invalid_request_error",
            message,
        )
        .coded("request_too_large")
    }

    /// The address is not one of this interface's.
    pub(super) fn unknown_address() -> Self {
        let message = "There is nothing at this address. The README lists what `/v1` has.";
        Self::new(StatusCode::NOT_FOUND, "invalid_request_error", message).coded("unknown_url")
    }

    /// The address does not take the method.
    pub(super) fn wrong_method() -> Self {
        let message = "This address does not take this method.";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "invalid_request_error",
            message,
        )
        .coded("method_not_supported")
    }

    /// The server is stopping.
    pub(super) fn restarting() -> Self {
        AppError::new(
            ErrorKind::Unavailable,
            "The server is restarting. Ask again in a moment.",
        )
        .retry_after(2)
        .into()
    }

    /// The same failure, as that of the field `param` where it names none.
    pub(super) fn about(self, param: &str) -> Self {
        Self {
            param: self.param.or_else(|| Some(param.to_owned())),
            ..self
        }
    }

    /// The body, which is also what stands in a stream that breaks off.
    pub(super) fn body(&self) -> Value {
        json!({ "error": {
            "message": self.message, "type": self.kind, "param": self.param, "code": self.code,
        } })
    }

    /// The code and the sentence, for a failed response object.
    pub(super) fn code_and_message(&self) -> (&'static str, &str) {
        let code = match self.status {
            StatusCode::TOO_MANY_REQUESTS => "rate_limit_exceeded",
            StatusCode::BAD_REQUEST => "invalid_prompt",
            _ => "server_error",
        };
        (code, &self.message)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body())).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        let status = match error.kind {
            ErrorKind::Invalid => StatusCode::BAD_REQUEST,
            kind => status(kind),
        };
        let (kind, code) = match error.kind {
            ErrorKind::Unauthorized => ("authentication_error", Some("invalid_api_key")),
            ErrorKind::Forbidden => ("permission_error", Some("insufficient_permissions")),
            ErrorKind::RateLimited => ("rate_limit_error", Some("rate_limit_exceeded")),
            ErrorKind::NotFound => ("invalid_request_error", Some("not_found")),
            ErrorKind::Conflict => ("invalid_request_error", Some("conflict")),
            ErrorKind::TooLarge => ("invalid_request_error", Some("request_too_large")),
            ErrorKind::Invalid => ("invalid_request_error", None),
            ErrorKind::Upstream => ("server_error", Some("upstream_error")),
            ErrorKind::Unavailable => ("server_error", Some("unavailable")),
            ErrorKind::Network | ErrorKind::Internal => ("server_error", None),
        };
        Self {
            code,
            param: error.field,
            retry_after_s: error.retry_after_s,
            ..Self::new(status, kind, error.message)
        }
    }
}

impl From<ProviderError> for ApiError {
    fn from(error: ProviderError) -> Self {
        let kind = error.kind;
        let told = Self::from(AppError::from(error));
        match kind {
            ProviderErrorKind::ContextTooLong => told.coded("context_length_exceeded"),
            ProviderErrorKind::NotFound => Self {
                status: StatusCode::NOT_FOUND,
                kind: "invalid_request_error",
                ..told.coded("model_not_found")
            },
            ProviderErrorKind::QuotaExceeded => Self {
                status: StatusCode::TOO_MANY_REQUESTS,
                kind: "insufficient_quota",
                ..told.coded("insufficient_quota")
            },
            ProviderErrorKind::Timeout => Self {
                status: StatusCode::GATEWAY_TIMEOUT,
                ..told
            },
            _ => told,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_has_the_shape_that_clients_of_the_interface_read() {
        let error = ApiError::invalid("temperature", "Too hot.");
        let expected = json!({ "error": {
            "message": "Too hot.", "type": "invalid_request_error", "param": "temperature", "code": null,
        } });
        assert_eq!(error.body(), expected);
        assert_eq!(error.into_response().status(), StatusCode::BAD_REQUEST);
    }

    #[test]
    fn a_refused_token_a_missing_scope_and_too_many_requests_have_their_statuses() {
        for (kind, status, code) in [
            (ErrorKind::Unauthorized, 401, "invalid_api_key"),
            (ErrorKind::Forbidden, 403, "insufficient_permissions"),
            (ErrorKind::RateLimited, 429, "rate_limit_exceeded"),
        ] {
            let error = ApiError::from(AppError::new(kind, "No.").retry_after(7));
            assert_eq!(error.body()["error"]["code"], code);
            let response = error.into_response();
            assert_eq!(response.status().as_u16(), status);
            assert_eq!(response.headers()[header::RETRY_AFTER], "7");
        }
    }

    #[test]
    fn what_the_service_behind_a_model_says_is_told_apart() {
        for (kind, status, code) in [
            (
                ProviderErrorKind::ContextTooLong,
                400,
                "context_length_exceeded",
            ),
            (ProviderErrorKind::NotFound, 404, "model_not_found"),
            (ProviderErrorKind::QuotaExceeded, 429, "insufficient_quota"),
            (ProviderErrorKind::Timeout, 504, "upstream_error"),
            (ProviderErrorKind::Unauthorized, 502, "upstream_error"),
            (ProviderErrorKind::Busy, 503, "unavailable"),
        ] {
            let error = ApiError::from(ProviderError::new(kind, "No."));
            assert_eq!(error.body()["error"]["code"], code);
            assert_eq!(error.status.as_u16(), status);
        }
    }
}
