//! How requests travel: our own HTTP client with time limits, and failures in words before anybody retries or logs them.

use super::wire::{ErrorBody, shorten};
use crate::server::{
    config::OpenaiConfig,
    providers::{ProviderError, ProviderErrorKind},
    telemetry,
};
use async_openai::{error::OpenAIError, middleware::HttpRequestFactory};
use futures::future::BoxFuture;
use reqwest::{Response, StatusCode, header};
use std::{
    task::{Context, Poll},
    time::Duration,
};
use tower::Service;

/// Longest time to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Most of an error's body that is read.
const MAX_ERROR_BYTES: usize = 16 * 1024;

/// Sends one request once: no retries down here, they are the run's matter.
#[derive(Clone)]
pub(super) struct Transport {
    client: reqwest::Client,
    idle_timeout: Duration,
}

impl Transport {
    pub(super) fn new(config: &OpenaiConfig) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(config.idle_timeout)
            .tcp_nodelay(true)
            .build()?;
        Ok(Self {
            client,
            idle_timeout: config.idle_timeout,
        })
    }
}

impl Service<HttpRequestFactory> for Transport {
    type Response = Response;
    type Error = OpenAIError;
    type Future = BoxFuture<'static, Result<Response, OpenAIError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, factory: HttpRequestFactory) -> Self::Future {
        let client = self.client.clone();
        let idle_timeout = self.idle_timeout;
        Box::pin(async move {
            let mut request = factory.build().await?;
            telemetry::depart(&mut request);
            let is_stream = request
                .body()
                .and_then(reqwest::Body::as_bytes)
                .is_some_and(|body| contains(body, br#""stream":true"#));
            let response = client
                .execute(request)
                .await
                .map_err(|error| boxed(from_reqwest(&error, idle_timeout)))?;
            if !response.status().is_success() {
                return Err(boxed(refusal(response).await));
            }
            if is_stream && !is_event_stream(&response) {
                return Err(boxed(ProviderError::new(
                    ProviderErrorKind::Protocol,
                    "The service answered with something that is not a stream of events. Check that OPENAI_BASE_URL is the address of its API, which often ends in /v1.",
                )));
            }
            Ok(response)
        })
    }
}

/// What an error of the client library means. Our own travel through it boxed.
pub(super) fn explain(error: OpenAIError, idle_timeout: Duration) -> ProviderError {
    match error {
        OpenAIError::Boxed(inner) => match inner.downcast::<ProviderError>() {
            Ok(error) => *error,
            Err(_) => protocol(),
        },
        OpenAIError::Reqwest(error) => from_reqwest(&error, idle_timeout),
        OpenAIError::JSONDeserialize(..) => protocol(),
        OpenAIError::StreamError(error) => {
            let text = error.to_string();
            if text.contains("UTF8") || text.contains("Parse") {
                protocol()
            } else {
                disconnected()
            }
        }
        _ => protocol(),
    }
}

fn boxed(error: ProviderError) -> OpenAIError {
    OpenAIError::Boxed(Box::new(error))
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

fn is_event_stream(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("text/event-stream"))
}

fn protocol() -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::Protocol,
        "The service sent something that could not be read.",
    )
}

fn disconnected() -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::Disconnected,
        "The connection to the service broke before its answer was complete.",
    )
}

pub(super) fn silence(idle_timeout: Duration) -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::Timeout,
        format!(
            "The service was silent for {} seconds, so the answer was given up.",
            idle_timeout.as_secs_f32()
        ),
    )
}

fn from_reqwest(error: &reqwest::Error, idle_timeout: Duration) -> ProviderError {
    if error.is_connect() {
        ProviderError::new(
            ProviderErrorKind::Unavailable,
            "The service could not be reached. Check that it is running and that its address is right.",
        )
    } else if error.is_timeout() {
        silence(idle_timeout)
    } else {
        disconnected()
    }
}

/// An answer that is not a success, in words.
async fn refusal(response: Response) -> ProviderError {
    let status = response.status();
    let retry_after = retry_after(&response);
    let body = response.bytes().await.unwrap_or_default();
    let said = serde_json::from_slice::<ErrorBody>(&body[..body.len().min(MAX_ERROR_BYTES)])
        .map(|body| body.error.sentence())
        .ok();
    tracing::debug!(%status, body = %shorten(&String::from_utf8_lossy(&body)), "the service refused");
    let (kind, sentence) = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => (
            ProviderErrorKind::Unauthorized,
            "The service did not accept the key. The administrator can set another OPENAI_API_KEY.",
        ),
        StatusCode::NOT_FOUND => (
            ProviderErrorKind::NotFound,
            "The service has no such model or address. Choose another tool, or check OPENAI_BASE_URL.",
        ),
        StatusCode::TOO_MANY_REQUESTS => (
            ProviderErrorKind::RateLimited,
            "The service is asked too often at the moment. Try again in a little while.",
        ),
        status if status.is_server_error() => (
            ProviderErrorKind::Unavailable,
            "The service is having trouble at the moment. Try again in a little while.",
        ),
        _ => (
            ProviderErrorKind::BadRequest,
            "The service did not take the request.",
        ),
    };
    let message = match said {
        // What the service says of a request it did not take helps; what it says of a key may repeat the key.
        Some(said) if kind == ProviderErrorKind::BadRequest => {
            format!("{sentence} It says: {said}")
        }
        _ => sentence.to_owned(),
    };
    ProviderError {
        retry_after,
        ..ProviderError::new(kind, message)
    }
}

/// `Retry-After` in seconds; the date form is not used by any provider we know.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?;
    let seconds: f64 = value.to_str().ok()?.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}
