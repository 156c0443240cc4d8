//! How a provider fails, in words a person can act on.

use crate::model::{AppError, ErrorKind};
use std::time::Duration;

/// A provider's failure.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct ProviderError {
    /// What a program decides by.
    pub kind: ProviderErrorKind,
    /// A sentence a person can act on; never a raw body.
    pub message: String,
    /// When the provider says to come again.
    pub retry_after: Option<Duration>,
    /// The provider's id of what is gone, for the kinds that say so and where it is known.
    pub gone: Option<String>,
}

/// The kinds of failure that are treated differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderErrorKind {
    /// It cannot answer at the moment.
    Unavailable,
    /// Its queue here is full.
    Busy,
    /// It does not take the question.
    BadRequest,
    /// The key is missing or wrong.
    Unauthorized,
    /// Asked too often.
    RateLimited,
    /// It has no such model or address.
    NotFound,
    /// It was silent for too long.
    Timeout,
    /// It answered with something that is not its protocol.
    Protocol,
    /// The connection broke.
    Disconnected,
    /// The conversation is longer than the model can take.
    ContextTooLong,
    /// A file that the question names by the provider's id is not there any more, or the provider's interface takes no such
    /// reference: the same question with the bytes in it can be answered.
    FileGone,
    /// The provider's own conversation is not there any more: the same question with all messages in it can be answered.
    ThreadGone,
    /// The account there is used up; asking again does not help.
    QuotaExceeded,
    /// The server does not have this part of the interface at all.
    Unsupported,
}

impl ProviderErrorKind {
    /// As it is counted and logged.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::Busy => "busy",
            Self::BadRequest => "bad_request",
            Self::Unauthorized => "unauthorized",
            Self::RateLimited => "rate_limited",
            Self::NotFound => "not_found",
            Self::Timeout => "timeout",
            Self::Protocol => "protocol",
            Self::Disconnected => "disconnected",
            Self::ContextTooLong => "context_too_long",
            Self::FileGone => "file_gone",
            Self::ThreadGone => "thread_gone",
            Self::QuotaExceeded => "quota_exceeded",
            Self::Unsupported => "unsupported",
        }
    }
}

impl ProviderError {
    /// A failure with its sentence.
    #[must_use]
    pub fn new(kind: ProviderErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            retry_after: None,
            gone: None,
        }
    }

    /// A file or a conversation that the provider does not have any more.
    #[must_use]
    pub fn gone(kind: ProviderErrorKind, id: Option<String>, message: impl Into<String>) -> Self {
        Self {
            gone: id,
            ..Self::new(kind, message)
        }
    }

    /// Whether the same question may be asked again by itself.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            ProviderErrorKind::Unavailable
                | ProviderErrorKind::RateLimited
                | ProviderErrorKind::Timeout
                | ProviderErrorKind::Disconnected
        )
    }
}

impl From<ProviderError> for AppError {
    fn from(error: ProviderError) -> Self {
        let kind = match error.kind {
            ProviderErrorKind::Busy => ErrorKind::Unavailable,
            ProviderErrorKind::ContextTooLong | ProviderErrorKind::BadRequest => ErrorKind::Invalid,
            ProviderErrorKind::RateLimited => ErrorKind::RateLimited,
            _ => ErrorKind::Upstream,
        };
        let retry_after_s = error
            .retry_after
            .and_then(|wait| u32::try_from(wait.as_secs()).ok());
        Self {
            retry_after_s,
            ..Self::new(kind, error.message)
        }
    }
}
