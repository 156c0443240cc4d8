//! A program that uses `/v1` with a person's token.

use super::{
    client::{Client, Reply, http_client},
    person::Person,
};
use inspireai::model::token::NewToken;
use reqwest::{Method, RequestBuilder, header};
use serde_json::Value;
use std::net::SocketAddr;

/// A program with a token.
pub struct Program {
    client: Client,
    pub token: String,
}

/// Makes a token of these scopes, as the form in the settings does.
pub async fn make_token(person: &Person, scopes: &[&str], days: &str) -> Reply {
    let mut form = vec![("name", "a program"), ("days", days)];
    form.extend(scopes.iter().map(|scope| ("scopes[]", *scope)));
    person.call("create_token", &form).await
}

impl Program {
    /// One with a token of its own for everything.
    pub async fn of(person: &Person) -> Self {
        let scopes = ["models", "chat", "files", "audio", "images"];
        let token: NewToken = make_token(person, &scopes, "30").await.value();
        Self::with(person.address(), &token.secret)
    }

    /// One that shows whatever it was given.
    pub fn with(address: SocketAddr, token: &str) -> Self {
        Self {
            client: Client::new(http_client(), address),
            token: token.to_owned(),
        }
    }

    /// A request with the token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, path).bearer_auth(&self.token)
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&self, request: RequestBuilder) -> Reply {
        self.client.send(request).await
    }

    /// Gets a path.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    /// Posts JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(self.json(path, body)).await
    }

    /// A request that posts JSON.
    pub fn json(&self, path: &str, body: &Value) -> RequestBuilder {
        let request = self.request(Method::POST, path);
        request
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string())
    }
}

impl Reply {
    /// The JSON in an answer that must be a success.
    pub fn json(&self) -> Value {
        self.value()
    }

    /// The failure in an answer of `/v1`, and its status.
    pub fn failure(&self) -> (u16, Value) {
        let body: Value = serde_json::from_str(&self.body).expect("JSON");
        let error = body["error"].clone();
        for field in ["message", "type", "param", "code"] {
            assert!(error.get(field).is_some(), "{field} is missing: {error}");
        }
        assert!(!self.header("x-request-id").is_empty());
        (self.status, error)
    }
}
