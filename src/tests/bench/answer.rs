//! One answer, read as it comes, either straight from the upstream or through the server; and what of it was right.

use super::{
    programs::Upstream,
    wire::{Event, EventStream},
};
use crate::support::person::{Person, message};
use inspireai::model::{
    event::{RunEvent, SequencedEvent},
    transcript::{Applied, Transcript},
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    io,
    time::{SystemTime, UNIX_EPOCH},
};

/// Every token of the model `count`: four digits and a space.
pub const TOKEN_BYTES: usize = 5;

/// The most tokens whose numbers differ.
pub const MAX_TOKENS: usize = 10_000;

/// What is asked. The name tells it from all others.
#[derive(Clone, Debug)]
pub struct Question {
    /// Tells the question from all others.
    pub name: String,
    /// How many tokens the answer has.
    pub tokens: usize,
    /// How many of them a second.
    pub rate: usize,
}

impl Question {
    /// The message.
    pub fn text(&self) -> String {
        format!("{} tokens={} rate={}", self.name, self.tokens, self.rate)
    }

    /// The one right answer.
    pub fn answer(&self) -> String {
        (0..self.tokens)
            .map(|index| format!("{index:04} "))
            .collect()
    }

    /// When a token is due, in milliseconds since the answer's first.
    pub fn due_ms(&self, token: usize) -> f64 {
        token as f64 * 1000.0 / self.rate as f64
    }
}

/// An answer as it came. Times are milliseconds since 1970.
pub struct Answer {
    /// When it was asked for.
    pub asked_at: f64,
    /// When a piece came, and how long the text was with it.
    pub arrivals: Vec<(f64, usize)>,
    /// The whole text.
    pub text: String,
    /// All bytes that came for it.
    pub bytes: usize,
}

impl Answer {
    fn new() -> Self {
        Self {
            asked_at: now_ms(),
            arrivals: Vec::new(),
            text: String::new(),
            bytes: 0,
        }
    }

    fn note(&mut self, length: usize) {
        self.arrivals.push((now_ms(), length));
    }

    /// How late each token came, given when the upstream began to answer.
    pub fn ages_ms(&self, question: &Question, began_at: f64) -> Vec<f64> {
        let mut ages = Vec::with_capacity(question.tokens);
        for (at, length) in &self.arrivals {
            for token in ages.len()..length / TOKEN_BYTES {
                ages.push(at - began_at - question.due_ms(token));
            }
        }
        ages
    }

    /// Milliseconds from the question to the first piece of its answer.
    pub fn first_token_ms(&self) -> Option<f64> {
        self.arrivals.first().map(|(at, _)| at - self.asked_at)
    }
}

/// Asks the upstream itself.
pub async fn ask_directly(upstream: &Upstream, question: &Question) -> io::Result<Answer> {
    let body = json!({
        "model": "count",
        "stream": true,
        "messages": [{ "role": "user", "content": question.text() }],
    })
    .to_string();
    let address = upstream.address();
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut answer = Answer::new();
    let mut stream = EventStream::open(address, &request).await?;
    while let Some(Event { data, .. }) = stream.next().await? {
        if data == "[DONE]" {
            break;
        }
        let chunk: Value = serde_json::from_str(&data)?;
        let text = chunk["choices"][0]["delta"]["content"].as_str();
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            answer.text.push_str(text);
            answer.note(answer.text.len());
        }
    }
    answer.bytes = stream.bytes();
    Ok(answer)
}

/// Asks through the server, as its page does: sends the message, then follows the run's events.
pub async fn ask(person: &Person, question: &Question) -> io::Result<Answer> {
    let mut answer = Answer::new();
    let reply = person.try_send(&message("count", &question.text())).await;
    if reply.status != 200 {
        return Err(io::Error::other(format!(
            "{}: {}",
            reply.status, reply.body
        )));
    }
    let sent: Value = serde_json::from_str(&reply.body)?;
    let run = sent["run_id"].as_str().unwrap_or_default();
    let address = person.address();
    let request = format!(
        "GET /api/runs/{run}/events?after=0 HTTP/1.1\r\nHost: {address}\r\nCookie: {}\r\n\
         Accept: text/event-stream\r\nConnection: close\r\n\r\n",
        person.cookie_header()
    );
    let mut stream = EventStream::open(address, &request).await?;
    let mut transcript = Transcript::default();
    while let Some(Event { id, data }) = stream.next().await? {
        let event: RunEvent = serde_json::from_str(&data)?;
        match transcript.apply(&SequencedEvent { seq: id, event }) {
            Applied::Appended { .. } => answer.note(transcript.text.len()),
            Applied::Replaced if !transcript.text.is_empty() => {
                answer.note(transcript.text.len());
            }
            Applied::Gap => return Err(io::Error::other(format!("a gap before event {id}"))),
            Applied::Replaced | Applied::State | Applied::Duplicate => {}
        }
    }
    if !transcript.state.is_end() {
        return Err(io::Error::other("the stream ended before its run"));
    }
    answer.bytes = stream.bytes();
    answer.text = transcript.text;
    Ok(answer)
}

/// Characters that should have come and did not, and those that came and should not have.
pub fn lost_and_doubled(wanted: &str, got: &str) -> (usize, usize) {
    let mut balance: HashMap<&str, isize> = HashMap::new();
    for word in wanted.split_inclusive(' ') {
        *balance.entry(word).or_default() += 1;
    }
    for word in got.split_inclusive(' ') {
        *balance.entry(word).or_default() -= 1;
    }
    let sum = |sign: isize| -> usize {
        balance
            .iter()
            .map(|(word, count)| word.len() * usize::try_from(count * sign).unwrap_or(0))
            .sum()
    };
    (sum(1), sum(-1))
}

/// This machine's clock, which the upstream reads as well.
pub fn now_ms() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64() * 1000.0
}
