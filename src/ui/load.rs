//! What pages fetch: resources that travel from the server to the client with the page.

use crate::model::AppResult;
use codee::{Decoder, Encoder};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::future::Future;

/// Something fetched, or why it was not.
pub type Loaded<T> = Resource<AppResult<T>, Json>;

/// JSON, read the way server functions read it. Leptos' own codec reads it another way, and the client would hold two
/// readers of every type.
#[derive(Clone, Copy, Debug)]
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<Self::Encoded, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &Self::Encoded) -> Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// Fetches something, and again whenever what `source` says changes.
pub fn load<T, S, Fut>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetcher: impl Fn(S) -> Fut + Send + Sync + 'static,
) -> Loaded<T>
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    S: PartialEq + Clone + Send + Sync + 'static,
    Fut: Future<Output = AppResult<T>> + Send + 'static,
{
    Resource::new_with_options(source, fetcher, false)
}
