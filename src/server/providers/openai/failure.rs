//! What goes wrong between us and a server, and the sentence a person hears of it.

use super::{
    endpoint::{Endpoint, Vendor},
    wire::{ErrorBody, WireError, shorten},
};
use crate::server::providers::{ProviderError, ProviderErrorKind};
use async_openai::error::OpenAIError;
use reqwest::{Response, StatusCode, header};
use std::{fmt, time::Duration};

/// Most of an error's body that is read.
const MAX_ERROR_BYTES: usize = 16 * 1024;

/// An answer that is not a success, as the server gave it.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// The server's name for what is wrong.
    pub(super) code: Option<String>,
    /// The part of the request that it means.
    pub(super) param: Option<String>,
    /// Its own words, shortened; never the key.
    said: Option<String>,
    /// All that it said; never the key.
    text: String,
    retry_after: Option<Duration>,
    vendor: Vendor,
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// The server does not want to.
    Refused(Refusal),
    /// Nothing that could be read came of it.
    Broken(ProviderError),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "refused with {}", refusal.status),
            Self::Broken(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

impl From<ProviderError> for Failure {
    fn from(error: ProviderError) -> Self {
        Self::Broken(error)
    }
}

impl From<Failure> for ProviderError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refusal) => refusal.into(),
            Failure::Broken(error) => error,
        }
    }
}

impl Failure {
    /// What an error of the client library means. Our own travel through it boxed.
    pub(super) fn of(error: OpenAIError, idle_timeout: Duration) -> Self {
        match error {
            OpenAIError::Boxed(inner) => match inner.downcast::<Self>() {
                Ok(failure) => *failure,
                Err(_) => Self::Broken(protocol()),
            },
            OpenAIError::Reqwest(error) => Self::Broken(from_reqwest(&error, idle_timeout)),
            OpenAIError::StreamError(error) => {
                let text = error.to_string();
                Self::Broken(if text.contains("UTF8") || text.contains("Parse") {
                    protocol()
                } else {
                    disconnected()
                })
            }
            _ => Self::Broken(protocol()),
        }
    }

    /// On its way through the client library.
    pub(super) fn boxed(self) -> OpenAIError {
        OpenAIError::Boxed(Box::new(self))
    }

    /// Whether the server has no such part of the interface at all, rather than no such model, file or conversation.
    pub(super) fn is_no_such_endpoint(&self) -> bool {
        let Self::Refused(refusal) = self else {
            return false;
        };
        match refusal.status {
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => true,
            StatusCode::NOT_FOUND => !refusal.names_a_thing(),
            // Azure says so of what a later version of its classic interface has.
            StatusCode::BAD_REQUEST => {
                refusal.vendor == Vendor::Azure
                    && refusal
                        .mentions(&["enabled only for api-version", "api version not supported"])
            }
            _ => false,
        }
    }

    /// The refusal with this status, if it is one.
    pub(super) fn refusal(&self, statuses: &[StatusCode]) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) if statuses.contains(&refusal.status) => Some(refusal),
            _ => None,
        }
    }
}

impl Refusal {
    /// Reads a server's answer.
    pub(super) async fn read(response: Response, endpoint: &Endpoint) -> Self {
        let status = response.status();
        let retry_after = retry_after(&response);
        let body = response.bytes().await.unwrap_or_default();
        let body = &body[..body.len().min(MAX_ERROR_BYTES)];
        let text = endpoint.without_key(&String::from_utf8_lossy(body));
        tracing::debug!(%status, body = %shorten(&text), "the service refused");
        let error = serde_json::from_str::<ErrorBody>(&text).ok();
        let error = error.as_ref().map(|body| &body.error);
        Self {
            status,
            code: error.and_then(WireError::code),
            param: error.and_then(WireError::param),
            said: error.map(WireError::sentence),
            text,
            retry_after,
            vendor: endpoint.vendor,
        }
    }

    /// Whether its words hold one of these, in any case of letters.
    pub(super) fn mentions(&self, words: &[&str]) -> bool {
        let said = self.text.to_lowercase();
        words.iter().any(|word| said.contains(word))
    }

    /// Whether it repeats an id exactly.
    pub(super) fn repeats(&self, id: &str) -> bool {
        self.text.contains(id)
    }

    fn has_code(&self, codes: &[&str]) -> bool {
        self.code
            .as_deref()
            .is_some_and(|code| codes.contains(&code))
    }

    /// Whether a 404 is about something in the request, which a server can only say that has the address.
    fn names_a_thing(&self) -> bool {
        self.has_code(&["model_not_found", "DeploymentNotFound"])
            || self.mentions(&["model", "deployment", "conversation", "item", "container"])
            || (self.mentions(&["file"]) && !self.mentions(&["file not found"]))
    }

    fn kind(&self) -> ProviderErrorKind {
        use ProviderErrorKind as Kind;
        if self.has_code(&["context_length_exceeded"])
            || self.mentions(&["context length", "context window", "maximum context"])
        {
            return Kind::ContextTooLong;
        }
        if self.has_code(&["insufficient_quota", "billing_hard_limit_reached"]) {
            return Kind::QuotaExceeded;
        }
        match self.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Kind::Unauthorized,
            StatusCode::NOT_FOUND => Kind::NotFound,
            status if status.is_redirection() => Kind::NotFound,
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => Kind::Unsupported,
            StatusCode::TOO_MANY_REQUESTS => Kind::RateLimited,
            StatusCode::CONFLICT | StatusCode::REQUEST_TIMEOUT => Kind::Unavailable,
            status if status.is_server_error() => Kind::Unavailable,
            // Another answer is being written into the same conversation; it is soon done.
            _ if self.has_code(&["conversation_locked"]) => Kind::Unavailable,
            _ => Kind::BadRequest,
        }
    }

    fn sentence(&self, kind: ProviderErrorKind) -> String {
        use ProviderErrorKind as Kind;
        let (key, address) = (self.vendor.key_variable(), self.vendor.address_variable());
        match kind {
            Kind::ContextTooLong => {
                "The conversation is longer than this model can read. Start a new chat, or choose a model that reads more."
                    .to_owned()
            }
            Kind::QuotaExceeded => {
                "The account at the service has no credit left. The administrator can add some, or you can choose another tool."
                    .to_owned()
            }
            Kind::Unauthorized => format!(
                "The service did not accept the key. The administrator can set another {key}."
            ),
            Kind::NotFound if self.vendor == Vendor::Azure => format!(
                "Azure has no such deployment or address. Choose another tool, or check AZURE_OPENAI_DEPLOYMENTS and {address}."
            ),
            Kind::NotFound => format!(
                "The service has no such model or address. Choose another tool, or check {address}."
            ),
            Kind::Unsupported => {
                format!("The service cannot do this. Choose another tool, or check {address}.")
            }
            Kind::RateLimited => {
                "The service is asked too often at the moment. Try again in a little while.".to_owned()
            }
            Kind::BadRequest if self.is_filtered() => {
                "The service's content filter did not let the question through. Put it in other words."
                    .to_owned()
            }
            Kind::BadRequest if self.status == StatusCode::PAYLOAD_TOO_LARGE => {
                "The request is bigger than the service takes. Send fewer or smaller files.".to_owned()
            }
            // What the service says of a request it did not take helps; what it says of a key may repeat the key.
            Kind::BadRequest => match &self.said {
                Some(said) => format!("The service did not take the request. It says: {said}"),
                None => "The service did not take the request.".to_owned(),
            },
            _ => "The service is having trouble at the moment. Try again in a little while.".to_owned(),
        }
    }

    fn is_filtered(&self) -> bool {
        self.has_code(&[
            "content_filter",
            "content_policy_violation",
            "moderation_blocked",
        ])
    }
}

impl From<Refusal> for ProviderError {
    fn from(refusal: Refusal) -> Self {
        let kind = refusal.kind();
        Self {
            retry_after: refusal.retry_after,
            ..Self::new(kind, refusal.sentence(kind))
        }
    }
}

/// A failure that a server tells in the middle of its answer, by its own name for it.
pub(super) fn in_stream(code: Option<&str>, sentence: &str) -> ProviderError {
    use ProviderErrorKind as Kind;
    let kind = match code {
        Some("rate_limit_exceeded") => Kind::RateLimited,
        Some("insufficient_quota") => Kind::QuotaExceeded,
        Some("context_length_exceeded") => Kind::ContextTooLong,
        Some("image_file_not_found") => Kind::FileGone,
        Some(code)
            if code.starts_with("invalid_")
                || code.starts_with("image_")
                || code.contains("policy")
                || matches!(
                    code,
                    "unsupported_image_media_type"
                        | "empty_image_file"
                        | "failed_to_download_image"
                ) =>
        {
            Kind::BadRequest
        }
        _ => Kind::Unavailable,
    };
    ProviderError::new(
        kind,
        format!("The service broke off its answer: {sentence}"),
    )
}

pub(super) fn protocol() -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::Protocol,
        "The service sent something that could not be read.",
    )
}

pub(super) fn disconnected() -> ProviderError {
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

pub(super) fn from_reqwest(error: &reqwest::Error, idle_timeout: Duration) -> ProviderError {
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

/// `Retry-After` in seconds; the date form is not used by any provider we know.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?;
    let seconds: f64 = value.to_str().ok()?.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}
