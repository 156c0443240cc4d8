//! A small HTTP client that keeps cookies, as a browser does: what one visitor sends.

use super::within;
use inspireai::model::AppError;
use reqwest::{
    Method, RequestBuilder, Response,
    header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderMap, SET_COOKIE},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Mutex, Once},
};

/// Fields of a form.
pub type Form<'a> = &'a [(&'a str, &'a str)];

/// One visitor of a server.
pub struct Client {
    http: reqwest::Client,
    address: SocketAddr,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// An answer with its whole body.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reply {
    /// The value in an answer that must be a success.
    pub fn value<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, 200, "{}", self.body);
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The error in an answer that must not be one.
    pub fn error(&self) -> AppError {
        assert!(self.status >= 400, "{} {}", self.status, self.body);
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The error, as somebody compares two of them: without the request's id.
    pub fn anonymous_error(&self) -> (u16, AppError) {
        let error = AppError {
            request_id: None,
            ..self.error()
        };
        (self.status, error)
    }

    /// A header's text, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    async fn read(response: Response) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: within("an answer's body", response.text())
                .await
                .expect("a whole body"),
        }
    }
}

/// An HTTP client that follows no redirect and goes through no proxy.
pub fn http_client() -> reqwest::Client {
    static TLS: Once = Once::new();
    TLS.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("an HTTP client")
}

impl Client {
    /// A visitor without cookies.
    pub fn new(http: reqwest::Client, address: SocketAddr) -> Self {
        Self {
            http,
            address,
            cookies: Mutex::default(),
        }
    }

    /// The same visitor at another address of the server, as after a restart.
    pub fn moved_to(&self, address: SocketAddr) -> Self {
        Self {
            http: self.http.clone(),
            address,
            cookies: Mutex::new(self.cookies.lock().expect("cookies").clone()),
        }
    }

    /// Where the server is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The value of a cookie the server gave.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().expect("cookies").get(name).cloned()
    }

    /// Holds a cookie from now on.
    pub fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().expect("cookies");
        cookies.insert(name.to_owned(), value.to_owned());
    }

    /// The `Cookie` header's value.
    pub fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().expect("cookies");
        let pairs: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// A request with this visitor's cookies.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .http
            .request(method, format!("http://{}{path}", self.address));
        match self.cookie_header() {
            cookies if cookies.is_empty() => request,
            cookies => request.header(COOKIE, cookies),
        }
    }

    /// Sends a request and keeps the cookies of its answer.
    pub async fn open(&self, request: RequestBuilder) -> Response {
        let response = within("an answer", request.send())
            .await
            .expect("the server answers");
        let mut cookies = self.cookies.lock().expect("cookies");
        for cookie in response.headers().get_all(SET_COOKIE) {
            let cookie =
                cookie::Cookie::parse(cookie.to_str().expect("text").to_owned()).expect("a cookie");
            if cookie.max_age().is_some_and(|age| age.is_zero()) {
                cookies.remove(cookie.name());
            } else {
                cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
        drop(cookies);
        response
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&self, request: RequestBuilder) -> Reply {
        Reply::read(self.open(request).await).await
    }

    /// A page.
    pub async fn get(&self, path: &str) -> Reply {
        let request = self.request(Method::GET, path);
        self.send(request.header(ACCEPT, "text/html")).await
    }

    /// A server function, called as the client's code calls it.
    pub async fn call(&self, endpoint: &str, form: Form<'_>) -> Reply {
        self.send(self.form(endpoint, form).header(ACCEPT, "application/json"))
            .await
    }

    /// A server function that takes JSON.
    pub async fn call_json(&self, endpoint: &str, body: &impl Serialize) -> Reply {
        let body = serde_json::to_string(body).expect("JSON");
        let request = self
            .request(Method::POST, &format!("/api/{endpoint}"))
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .body(body);
        self.send(request).await
    }

    /// A form posted to a server function, its `Accept` still open.
    pub fn form(&self, endpoint: &str, form: Form<'_>) -> RequestBuilder {
        self.post(&format!("/api/{endpoint}"), form)
    }

    /// A form posted to a path.
    pub fn post(&self, path: &str, form: Form<'_>) -> RequestBuilder {
        let encoded = reqwest::Url::parse_with_params("http://x/", form).expect("a form");
        self.request(Method::POST, path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(encoded.query().unwrap_or_default().to_owned())
    }
}
