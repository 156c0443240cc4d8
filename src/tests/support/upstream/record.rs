//! Every request as it came, for whoever wants to see what is really sent.

use axum::http::{HeaderMap, Method, Uri};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A request.
#[derive(Clone, Debug, Serialize)]
pub struct Recorded {
    /// Its method.
    pub method: String,
    /// Its path.
    pub path: String,
    /// What is behind the question mark.
    pub query: String,
    /// Its headers.
    pub headers: BTreeMap<String, String>,
    /// Its body, for JSON.
    pub json: Option<Value>,
    /// Its fields in order, for a form.
    pub form: Vec<Field>,
}

/// A field of a form.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The file's name, for a file.
    pub filename: Option<String>,
    /// What the file is said to be.
    pub media_type: Option<String>,
    /// The text, for a text.
    pub text: Option<String>,
    /// How many bytes came.
    pub size: usize,
}

impl Recorded {
    pub(super) fn of(method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        Self {
            method: method.to_string(),
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            headers: readable(headers),
            json: None,
            form: Vec::new(),
        }
    }
}

/// Headers as texts.
pub(super) fn readable(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect()
}
