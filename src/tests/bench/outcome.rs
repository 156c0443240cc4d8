//! What became of many streams that were played at once.

use super::{
    answer::{Digest, Question, Recorded, TOKEN_BYTES, digest, lost_and_doubled},
    usage::Usage,
};
use crate::{
    programs::{
        table::{median, quantile},
        upstream::Upstream,
    },
    support::person::Person,
};
use inspireai::model::{
    chat::{Author, ConversationPage},
    ids::ConversationId,
};
use serde_json::Value;
use std::{collections::HashMap, fmt::Display, io, sync::Arc};

/// How many errors are told; the rest are counted.
const TOLD_ERRORS: usize = 5;

/// Shares of all values that are reported: the median, and what all but one in a hundred do not exceed.
pub const SHARES: [f64; 2] = [0.5, 0.99];

/// What became of a number of answers.
#[derive(Default)]
pub struct Outcome {
    /// Answers that did not come, or not to their end.
    pub errors: usize,
    /// Answers whose hash is wrong at the reader.
    pub wrong_at_reader: usize,
    /// Answers whose hash is wrong in the database; none is looked for there without a server.
    pub wrong_in_database: usize,
    /// Characters that did not come.
    pub lost: usize,
    /// Characters that came and should not have.
    pub doubled: usize,
    /// What the programs between upstream and readers took.
    pub between: Usage,
    /// What the upstream took.
    pub upstream: Usage,
    /// What the readers took, which is this program.
    pub readers: Usage,
    tokens: usize,
    bytes: usize,
    first_token_ms: Vec<f64>,
    ages_ms: Vec<f64>,
    durations_ms: Vec<f64>,
}

impl Outcome {
    /// Answers that were not as they must be.
    pub fn wrong(&self) -> usize {
        self.errors + self.wrong_at_reader + self.wrong_in_database
    }

    /// Milliseconds to the first token, for each of [`SHARES`].
    pub fn first_token_ms(&self) -> [f64; 2] {
        SHARES.map(|share| quantile(&self.first_token_ms, share))
    }

    /// How late tokens came, in milliseconds since they were due, for each of [`SHARES`].
    pub fn ages_ms(&self) -> [f64; 2] {
        SHARES.map(|share| quantile(&self.ages_ms, share))
    }

    /// Milliseconds that the answer in the middle took, from its first piece to its last.
    pub fn duration_ms(&self) -> f64 {
        median(&self.durations_ms)
    }

    /// All bytes for each byte of the text.
    pub fn bytes_per_content_byte(&self) -> f64 {
        self.bytes as f64 / (self.tokens * TOKEN_BYTES) as f64
    }

    /// Processor time for 10,000 tokens, in seconds.
    pub fn cpu_per_10_000_tokens(&self, usage: Usage) -> f64 {
        usage.cpu_seconds * 10_000.0 / self.tokens as f64
    }

    /// Counts an answer that did not come.
    pub fn fail(&mut self, error: &dyn Display) {
        self.errors += 1;
        if self.errors <= TOLD_ERRORS {
            eprintln!("a stream failed: {error}");
        }
    }

    /// Judges what was recorded. `began_at` is when the upstream began to answer.
    pub fn add(
        &mut self,
        question: &Question,
        recorded: Recorded,
        wanted: &Wanted,
        began_at: Option<f64>,
    ) {
        let answer = match recorded.read() {
            Ok(answer) => answer,
            Err(error) => return self.fail(&format!("{}: {error}", question.name)),
        };
        if digest(&answer.text) != wanted.digest {
            self.wrong_at_reader += 1;
            let (lost, doubled) = lost_and_doubled(&wanted.text, &answer.text);
            self.lost += lost;
            self.doubled += doubled;
        }
        self.tokens += answer.text.len() / TOKEN_BYTES;
        self.bytes += answer.bytes;
        self.first_token_ms.extend(answer.first_token_ms());
        self.durations_ms.extend(answer.duration_ms());
        if let Some(began_at) = began_at {
            self.ages_ms.extend(answer.ages_ms(question, began_at));
        }
    }

    /// Looks an answer up where the server keeps it, through its public door.
    pub async fn look_up(
        &mut self,
        person: &Arc<Person>,
        conversation: ConversationId,
        wanted: &Wanted,
    ) {
        match stored_answer(person, conversation).await {
            Ok(text) if digest(&text) == wanted.digest => {}
            Ok(text) => {
                self.wrong_in_database += 1;
                let (lost, doubled) = lost_and_doubled(&wanted.text, &text);
                eprintln!("a stored answer lacks {lost} characters and has {doubled} too many");
            }
            Err(error) => {
                self.wrong_in_database += 1;
                eprintln!("a stored answer cannot be read: {error}");
            }
        }
    }
}

/// The one right answer, hashed once for everybody.
pub struct Wanted {
    text: String,
    digest: Digest,
}

impl Wanted {
    /// What a question, and all like it, must be answered with.
    pub fn of(question: &Question) -> Self {
        let text = question.answer();
        Self {
            digest: digest(&text),
            text,
        }
    }
}

async fn stored_answer(person: &Person, conversation: ConversationId) -> io::Result<String> {
    let form = [("id", conversation.to_string())];
    let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
    let reply = person.call("open_conversation", &form).await;
    if reply.status != 200 {
        return Err(io::Error::other(reply.body));
    }
    let page: ConversationPage = serde_json::from_str(&reply.body)?;
    let answer = page.messages.into_iter().next_back();
    answer
        .filter(|message| message.author == Author::Assistant)
        .map(|message| message.text)
        .ok_or_else(|| io::Error::other("no answer in the conversation"))
}

/// When the upstream began to answer each question, in milliseconds since 1970.
pub async fn beginnings(
    upstream: &Upstream,
    http: &reqwest::Client,
) -> io::Result<HashMap<String, f64>> {
    /// The upstream cuts its times off at the millisecond; the middle of it is the best guess.
    const CUT_OFF_MS: f64 = 0.5;
    let beginning = |exchange: &Value| {
        let question = exchange["body"]["messages"].as_array()?.last()?["content"].as_str()?;
        let received_at = exchange["received_at"].as_f64()?;
        Some((question.to_owned(), received_at + CUT_OFF_MS))
    };
    let exchanges = upstream.exchanges(http).await?;
    Ok(exchanges.iter().filter_map(beginning).collect())
}
