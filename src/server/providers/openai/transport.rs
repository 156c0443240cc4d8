//! How requests travel: our own HTTP client with time limits, and failures in words before anybody retries or logs them.

use super::{
    endpoint::Endpoint,
    failure::{Failure, Refusal, disconnected, from_reqwest, silence},
};
use crate::server::{
    providers::{ProviderError, ProviderErrorKind, files::DownloadStream},
    telemetry,
};
use async_openai::{config::Config, error::OpenAIError, middleware::HttpRequestFactory};
use futures::{StreamExt, future::BoxFuture};
use reqwest::{
    Method, RequestBuilder, Response,
    header::{ACCEPT, CONTENT_TYPE},
    redirect::{Action, Attempt, Policy},
};
use std::{
    task::{Context, Poll},
    time::Duration,
};
use tower::Service;

/// Longest time to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// What is asked for when an answer is to be streamed.
pub(super) const EVENT_STREAM: &str = "text/event-stream";

/// Sends one request once: no retries down here, they are the engine's matter.
#[derive(Clone)]
pub(super) struct Transport {
    endpoint: Endpoint,
    client: reqwest::Client,
    /// Waits for a first byte as long as its caller does: for what takes long by nature.
    patient: reqwest::Client,
}

impl Transport {
    pub(super) fn new(endpoint: Endpoint) -> Result<Self, reqwest::Error> {
        let builder = || {
            reqwest::Client::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .redirect(Policy::custom(stay))
                .tcp_nodelay(true)
        };
        Ok(Self {
            client: builder().read_timeout(endpoint.idle_timeout).build()?,
            patient: builder().build()?,
            endpoint,
        })
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The library's client for a model, over this transport. It is a handle, cheap to make.
    pub(super) fn api(&self, model: &str) -> async_openai::Client<Endpoint> {
        async_openai::Client::build(self.client.clone(), self.endpoint.for_model(model))
            .with_http_service(self.clone())
    }

    /// A request of our own making. The library takes uploads and gives downloads whole; bytes that are to flow go past it.
    pub(super) fn request(&self, method: Method, model: &str, path: &str) -> RequestBuilder {
        let endpoint = self.endpoint.for_model(model);
        self.patient
            .request(method, endpoint.url(path))
            .query(&endpoint.query())
            .headers(endpoint.headers())
    }

    /// Sends a request of our own making, and waits `patience` for the beginning of its answer.
    pub(super) async fn send(
        &self,
        request: RequestBuilder,
        patience: Duration,
    ) -> Result<Response, Failure> {
        let request = request
            .build()
            .map_err(|error| from_reqwest(&error, patience))?;
        match tokio::time::timeout(patience, self.execute(&self.patient, request)).await {
            Ok(response) => response,
            Err(_) => Err(silence(patience).into()),
        }
    }

    async fn execute(
        &self,
        client: &reqwest::Client,
        mut request: reqwest::Request,
    ) -> Result<Response, Failure> {
        telemetry::depart(&mut request);
        let response = client
            .execute(request)
            .await
            .map_err(|error| from_reqwest(&error, self.endpoint.idle_timeout))?;
        if response.status().is_success() {
            Ok(response)
        } else {
            Err(Failure::Refused(
                Refusal::read(response, &self.endpoint).await,
            ))
        }
    }

    /// The rest of an answer as it comes; silence ends it.
    pub(super) fn download(&self, response: Response) -> DownloadStream {
        let idle_timeout = self.endpoint.idle_timeout;
        let bytes = response.bytes_stream().boxed();
        futures::stream::unfold(Some(bytes), move |bytes| async move {
            let mut bytes = bytes?;
            match tokio::time::timeout(idle_timeout, bytes.next()).await {
                Ok(Some(Ok(piece))) => Some((Ok(piece), Some(bytes))),
                Ok(Some(Err(_))) => Some((Err(disconnected()), None)),
                Ok(None) => None,
                Err(_) => Some((Err(silence(idle_timeout)), None)),
            }
        })
        .boxed()
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
        let transport = self.clone();
        Box::pin(async move {
            let request = factory.build().await?;
            let is_stream = request
                .headers()
                .get(ACCEPT)
                .is_some_and(|value| value == EVENT_STREAM);
            let response = transport
                .execute(&transport.client, request)
                .await
                .map_err(Failure::boxed)?;
            if is_stream && media_type(&response) != EVENT_STREAM {
                return Err(Failure::from(not_a_stream(&transport.endpoint)).boxed());
            }
            Ok(response)
        })
    }
}

/// A key is for one server: where that sends us elsewhere, we do not go.
fn stay(attempt: Attempt<'_>) -> Action {
    const MOST: usize = 5;
    let came_from = attempt.previous().last();
    let is_same = came_from.is_some_and(|url| url.origin() == attempt.url().origin());
    if is_same && attempt.previous().len() <= MOST {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

fn not_a_stream(endpoint: &Endpoint) -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::Protocol,
        format!(
            "The service answered with something that is not a stream of events. Check that {} is the address of its API, which often ends in /v1.",
            endpoint.vendor.address_variable()
        ),
    )
}

/// What an answer says it is, without its parameters.
pub(super) fn media_type(response: &Response) -> &str {
    response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(str::trim)
        .unwrap_or_default()
}
