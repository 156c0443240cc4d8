//! One answer, recorded as it comes, either straight from the upstream (or a proxy before it) or through the server; and
//! what of it was right, found out after its end.

use crate::{
    programs::wire::{Connection, Expected, Recording, now_ms},
    support::person::{Person, message},
};
use inspireai::model::{
    chat::Sent,
    event::{RunEvent, SequencedEvent},
    ids::ConversationId,
    transcript::{Applied, Transcript},
};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::{borrow::Cow, collections::HashMap, io, net::SocketAddr, time::Duration};

/// Every token of the model `count`: four digits and a space.
pub const TOKEN_BYTES: usize = 5;

/// The most tokens whose numbers differ.
pub const MAX_TOKENS: usize = 10_000;

/// Bytes that a token takes on its way from the upstream, and through the server: what room is made for beforehand.
const CHUNK_BYTES: usize = 200;
const FRAME_BYTES: usize = 48;

/// A text's SHA-256.
pub type Digest = [u8; 32];

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

    fn expected(&self, token_bytes: usize) -> Expected {
        Expected {
            duration: Duration::from_secs((self.tokens / self.rate) as u64),
            bytes: self.tokens * token_bytes + 4096,
            pieces: self.tokens + 64,
        }
    }
}

/// An answer as it came, not yet understood.
pub struct Recorded {
    /// When it was asked for, in milliseconds since 1970.
    asked_at: f64,
    recording: Recording,
    /// Where the server keeps it.
    pub conversation: Option<ConversationId>,
}

/// An answer that was understood. Times are milliseconds since 1970.
pub struct Answer {
    /// When it was asked for.
    asked_at: f64,
    /// When a piece came, and how long the text was with it.
    arrivals: Vec<(f64, usize)>,
    /// The whole text.
    pub text: String,
    /// All bytes that came for it.
    pub bytes: usize,
}

impl Answer {
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

    /// Milliseconds from the first piece to the last.
    pub fn duration_ms(&self) -> Option<f64> {
        let ((first, _), (last, _)) = self.arrivals.first().zip(self.arrivals.last())?;
        Some(last - first)
    }

    /// Milliseconds from the question to the first piece of its answer.
    pub fn first_token_ms(&self) -> Option<f64> {
        self.arrivals.first().map(|(at, _)| at - self.asked_at)
    }
}

/// Asks the upstream itself, or a proxy before it.
pub async fn ask_upstream(address: SocketAddr, question: &Question) -> io::Result<Recorded> {
    let body = json!({
        "model": "count",
        "stream": true,
        "messages": [{ "role": "user", "content": question.text() }],
    })
    .to_string();
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let asked_at = now_ms();
    let connection = Connection::open(address).await?;
    let expected = question.expected(CHUNK_BYTES);
    Ok(Recorded {
        asked_at,
        recording: connection.record(&request, expected).await?,
        conversation: None,
    })
}

/// Asks through the server, as its page does: sends the message, then follows the run's events.
pub async fn ask_server(person: &Person, question: &Question) -> io::Result<Recorded> {
    let (address, cookie) = (person.address(), person.cookie_header());
    let body = json!({ "request": message("count", &question.text()) }).to_string();
    let request = format!(
        "POST /api/send_message HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nAccept: application/json\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let asked_at = now_ms();
    let mut connection = Connection::open(address).await?;
    let (status, reply) = connection.call(&request).await?;
    if status != 200 {
        return Err(io::Error::other(format!("{status}: {reply}")));
    }
    let sent: Sent = serde_json::from_str(&reply)?;
    let request = format!(
        "GET /api/runs/{}/events?after=0 HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n\
         Accept: text/event-stream\r\nConnection: close\r\n\r\n",
        sent.run_id
    );
    let expected = question.expected(FRAME_BYTES);
    Ok(Recorded {
        asked_at,
        recording: connection.record(&request, expected).await?,
        conversation: Some(sent.conversation_id),
    })
}

/// A chunk of a completion, as far as it matters here.
#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow)]
    choices: Vec<Choice<'a>>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    delta: Delta<'a>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow, default)]
    content: Option<Cow<'a, str>>,
}

impl Recorded {
    /// Understands what came.
    ///
    /// # Errors
    /// When it is not an answer from its beginning to its end.
    pub fn read(self) -> io::Result<Answer> {
        let mut answer = Answer {
            asked_at: self.asked_at,
            arrivals: Vec::with_capacity(self.recording.pieces()),
            text: String::new(),
            bytes: self.recording.bytes(),
        };
        if self.conversation.is_some() {
            read_run(&self.recording, &mut answer)?;
        } else {
            read_completion(&self.recording, &mut answer)?;
        }
        Ok(answer)
    }
}

fn read_completion(recording: &Recording, answer: &mut Answer) -> io::Result<()> {
    let mut has_ended = false;
    recording.read(|event| {
        if event.data == "[DONE]" {
            has_ended = true;
            return Ok(());
        }
        let chunk: Chunk = serde_json::from_str(event.data)?;
        let text = chunk.choices.first().and_then(|c| c.delta.content.as_ref());
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            answer.text.push_str(text);
            answer.arrivals.push((event.at, answer.text.len()));
        }
        Ok(())
    })?;
    if has_ended {
        Ok(())
    } else {
        Err(io::Error::other("the stream ended before its answer"))
    }
}

fn read_run(recording: &Recording, answer: &mut Answer) -> io::Result<()> {
    let mut transcript = Transcript::default();
    recording.read(|event| {
        let (seq, at) = (event.id, event.at);
        let event: RunEvent = serde_json::from_str(event.data)?;
        let length = transcript.text.len();
        if transcript.apply(&SequencedEvent { seq, event }) == Applied::Gap {
            return Err(io::Error::other(format!("a gap before event {seq}")));
        }
        if transcript.text.len() > length {
            answer.arrivals.push((at, transcript.text.len()));
        }
        Ok(())
    })?;
    if !transcript.state.is_end() {
        return Err(io::Error::other("the stream ended before its run"));
    }
    answer.text = transcript.text;
    Ok(())
}

/// The text's SHA-256.
pub fn digest(text: &str) -> Digest {
    Sha256::digest(text.as_bytes()).into()
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
