//! The one error type that crosses the wire.

use leptos::server_fn::{codec::JsonEncoding, error::FromServerFnError, error::ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A result whose error a person can read.
pub type AppResult<T> = Result<T, AppError>;

/// What went wrong, as a person who can act on it should hear it. Internals never stand in it; they are in
/// the server's log under the same `request_id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppError {
    /// What a program decides by.
    pub kind: ErrorKind,
    /// One sentence a person can act on.
    pub message: String,
    /// The form field it is about, by its `name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Seconds after which trying again makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
    /// The request's id, to be found in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// The kinds of failure a caller tells apart. Each has one HTTP status, mapped in `server::http::error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// What was sent is not acceptable; `field` may name where.
    Invalid,
    /// Nobody is logged in.
    Unauthorized,
    /// Somebody is, but may not do this.
    Forbidden,
    /// There is no such thing, or it belongs to somebody else.
    NotFound,
    /// It collides with what is there.
    Conflict,
    /// More bytes than are taken.
    TooLarge,
    /// Too often; `retry_after_s` says when again.
    RateLimited,
    /// The service behind a tool refused or broke.
    Upstream,
    /// This server cannot do it at the moment.
    Unavailable,
    /// The server could not be reached (made up by the client).
    Network,
    /// Something broke that is nobody's input.
    Internal,
}

impl AppError {
    /// An error of a kind, with its sentence.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            field: None,
            retry_after_s: None,
            request_id: None,
        }
    }

    /// Something about one field of a form.
    #[must_use]
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Self {
            field: Some(field.to_owned()),
            ..Self::new(ErrorKind::Invalid, message)
        }
    }

    /// Missing, or somebody else's: the two are told alike.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorKind::NotFound, format!("There is no such {what}."))
    }

    /// Nobody is logged in.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(ErrorKind::Unauthorized, "Log in to go on.")
    }

    /// Something broke that is nobody's input. The cause is logged where it is known.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            ErrorKind::Internal,
            "Something went wrong on our side. Try again; if it stays, tell the administrator the request id.",
        )
    }

    /// The same, saying when to try again.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self {
            retry_after_s: Some(seconds),
            ..self
        }
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::new(
                ErrorKind::Network,
                "The server could not be reached. Check the connection and try again.",
            ),
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::new(
                ErrorKind::Invalid,
                "The form could not be read. Reload the page and try again.",
            ),
            ServerFnErrorErr::Deserialization(_) => Self::new(
                ErrorKind::Network,
                "The server's answer could not be read. Reload the page and try again.",
            ),
            _ => Self::internal(),
        }
    }
}
