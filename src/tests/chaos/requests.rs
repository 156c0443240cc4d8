//! Requests as somebody sends them who does not give up: what failed in passing is sent again, the same, until it is taken.

use crate::support::client::Client;
use inspireai::model::AppError;
use reqwest::{RequestBuilder, Response};
use std::{future::Future, net::SocketAddr, time::Duration};
use tokio::time::{Instant, sleep, timeout};

/// Longest wait for one answer; then the request is sent again.
const ANSWER: Duration = Duration::from_secs(15);

/// Longest time until a request must have been taken: nodes, database and run log are never away for so long.
const PATIENCE: Duration = Duration::from_secs(75);

/// First wait before a request is sent again; doubles up to the longest.
const WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Why a request came to nothing.
#[derive(Debug)]
pub enum Trouble {
    /// Sent again it may do.
    Passing(String),
    /// It never will.
    Final(String),
}

/// An answer, and what it took to get it.
pub struct Taken<T> {
    /// What came.
    pub value: T,
    /// How often it was sent.
    pub tries: usize,
    /// How long it took in all.
    pub took: Duration,
}

/// Sends a request again and again until it is taken.
///
/// # Errors
/// What the last answer was, when it never will be, or was not for a long time.
pub async fn until_taken<T, Try>(mut attempt: impl FnMut() -> Try) -> Result<Taken<T>, String>
where
    Try: Future<Output = Result<T, Trouble>>,
{
    let began = Instant::now();
    let mut wait = WAIT;
    for tries in 1.. {
        match attempt().await {
            Ok(value) => {
                let took = began.elapsed();
                return Ok(Taken { value, tries, took });
            }
            Err(Trouble::Final(why)) => return Err(why),
            Err(Trouble::Passing(why)) if began.elapsed() > PATIENCE => {
                return Err(format!("not taken for {PATIENCE:?}, at last: {why}"));
            }
            Err(Trouble::Passing(_)) => sleep(wait).await,
        }
        wait = (wait * 2).min(LONGEST_WAIT);
    }
    Err("never tried".to_owned())
}

/// Sends a request and waits for the head of its answer.
///
/// # Errors
/// When no answer comes, or one that is no success.
pub async fn open(request: RequestBuilder) -> Result<Response, Trouble> {
    let response = match timeout(ANSWER, request.send()).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return Err(Trouble::Passing(error.to_string())),
        Err(_) => return Err(Trouble::Passing("no answer".to_owned())),
    };
    let status = response.status().as_u16();
    if status == 200 {
        return Ok(response);
    }
    let body = body(response).await.unwrap_or_default();
    let why = match serde_json::from_str::<AppError>(&body) {
        Ok(error) => format!("{status} {}", error.message),
        Err(_) => format!("{status} {body:.80}"),
    };
    Err(match status {
        // The answer before is still open, and with its node gone, for a while; too often; away.
        409 | 429 | 500.. => Trouble::Passing(why),
        _ => Trouble::Final(why),
    })
}

/// The node that an answer came from, where nginx asked no other before.
pub fn served_by(response: &Response) -> Option<SocketAddr> {
    let header = response.headers().get("x-served-by")?;
    header.to_str().ok()?.parse().ok()
}

/// Calls a server function as its client does, and reads the whole answer.
///
/// # Errors
/// When no answer comes, or one that is no success.
pub async fn call(
    client: &Client,
    endpoint: &str,
    form: &[(&str, &str)],
) -> Result<String, Trouble> {
    let request = client.form(endpoint, form);
    let response = open(request.header("accept", "application/json")).await?;
    body(response).await
}

/// The whole answer.
///
/// # Errors
/// When it breaks off.
pub async fn body(response: Response) -> Result<String, Trouble> {
    match timeout(ANSWER, response.text()).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) => Err(Trouble::Passing(error.to_string())),
        Err(_) => Err(Trouble::Passing("an answer without end".to_owned())),
    }
}
