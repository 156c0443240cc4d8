//! What both chat interfaces read alike: errors, lists of models, fields that servers null or leave out.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// An error as servers send it, as a body or in the middle of a stream: an object or a mere text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum WireError {
    Object {
        #[serde(default)]
        message: Option<String>,
        #[serde(default)]
        code: Value,
        #[serde(default)]
        param: Value,
    },
    Text(String),
}

impl WireError {
    /// The server's own words, shortened.
    pub(super) fn sentence(&self) -> String {
        let text = match self {
            Self::Object { message, .. } => message.as_deref(),
            Self::Text(text) => Some(text.as_str()),
        };
        shorten(text.unwrap_or("it gave no reason"))
    }

    /// Its name for what is wrong.
    pub(super) fn code(&self) -> Option<String> {
        match self {
            Self::Object { code, .. } => code.as_str().map(ToOwned::to_owned),
            Self::Text(_) => None,
        }
    }

    /// The part of the request that it means.
    pub(super) fn param(&self) -> Option<String> {
        match self {
            Self::Object { param, .. } => param.as_str().map(ToOwned::to_owned),
            Self::Text(_) => None,
        }
    }
}

/// The body of an error answer.
#[derive(Deserialize)]
pub(super) struct ErrorBody {
    pub(super) error: WireError,
}

/// The answer of `GET /models`.
#[derive(Deserialize)]
pub(super) struct ModelList {
    #[serde(default)]
    pub(super) data: Vec<Model>,
}

#[derive(Deserialize)]
pub(super) struct Model {
    pub(super) id: String,
}

/// Somebody else's words, at most a line of them.
pub(super) fn shorten(text: &str) -> String {
    const MAX_CHARS: usize = 200;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_CHARS {
        return line;
    }
    let cut: String = line.chars().take(MAX_CHARS).collect();
    format!("{cut}…")
}

/// Reads null as nothing.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads null, and what is something else than it should be, as nothing.
pub(super) fn lenient<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + serde::de::DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_the_servers_words_short_and_tells_its_code_where_it_is_one() {
        let long = format!(
            r#"{{"error":{{"message":"{}","code":404,"param":"input"}}}}"#,
            "word ".repeat(200)
        );
        let body: ErrorBody = serde_json::from_str(&long).expect("object");
        assert!(body.error.sentence().chars().count() <= 201);
        assert_eq!(body.error.code(), None);
        assert_eq!(body.error.param().as_deref(), Some("input"));
        let body: ErrorBody = serde_json::from_str(r#"{"error":"plain"}"#).expect("text");
        assert_eq!(body.error.sentence(), "plain");
    }
}
