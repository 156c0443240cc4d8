//! What each model does. A plan is made from the question alone, so that the same question has the same answer. A model that
//! is offered besides (`Upstream::offer`) does what the option `scenario` names, or echoes.
//!
//! Options, as `name=value` in the person's last message that has any: `tokens` (how many), `bytes` (of each), `rate`
//! (tokens a second; without it, all at once), `ms` (wait before the first token), `after` (tokens before it goes wrong),
//! `times` (how often it goes wrong before it goes well), `s` (of `Retry-After`), `stamp` (each token is its time of
//! sending, in milliseconds since its answer began), `down` (a model that is not there for the next hour).

use super::{
    shaped,
    wire::{Ended, Wire},
};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};

/// Every model, as `GET /v1/models` lists them.
pub(super) const MODELS: [&str; 31] = [
    "echo",            // the person's last message, word by word
    "count",           // `tokens` numbers of `bytes` bytes each
    "markdown",        // every kind of markdown, repeated until there are `tokens`
    "slow-start",      // an echo after `ms` milliseconds
    "split",           // characters cut across packets
    "length",          // half of its text and `length`; asked to go on, the other half
    "die-before",      // the connection breaks before a word
    "die-after",       // the connection breaks in the middle of a frame, `after` tokens on
    "half-json",       // half a JSON after `after` tokens
    "error-in-stream", // an error as an event after `after` tokens
    "html",            // a page instead of a stream
    "silence",         // nothing more after `after` tokens
    "status-400",
    "status-401",
    "status-404",
    "status-500",
    "rate-limited",      // 429 with `Retry-After: s`, `times` times
    "rate-limited-bare", // 429 without it, `times` times
    "flaky",             // 500 `times` times
    "no-usage",          // an echo that does not tell what it took
    "odd",               // unknown fields, nulls, comments, an unknown reason
    "huge-delta",        // one delta of `bytes` bytes
    "thinking",          // thoughts in two parts, then an echo
    "refuse",            // a refusal
    "filtered",          // cut by the content filter after `after` tokens
    "calls",             // two calls of the functions that were given, or of `weather` and `time`
    "picture",           // an echo, a picture, and a file of the model's making (Responses only)
    "json",              // the JSON after `json=` in the question, or an object with its words
    "shaped", // the JSON of its option `json`, held to it, missing it, putting it right (see `shaped`)
    "unverified", // an echo, refused as long as summaries of thoughts are wanted
    "used-up", // 429 for an account without credit
];

/// A question, as far as it matters here.
pub(super) struct Question {
    pub(super) model: String,
    pub(super) is_streamed: bool,
    pub(super) wire: Wire,
    /// Roles and texts.
    pub(super) messages: Vec<(String, String)>,
    /// Whether summaries of thoughts are wanted.
    wants_summaries: bool,
    /// The format that the answer is to have.
    format: Option<String>,
    /// The names of the functions that may be called.
    functions: Vec<String>,
}

/// What is answered.
pub(super) enum Plan {
    /// Another status than 200.
    Refuse {
        status: StatusCode,
        retry_after: Option<u32>,
        body: Value,
    },
    /// A web page.
    Page(&'static str),
    /// A stream.
    Answer(Answer),
}

/// What is streamed, and what each of its tokens is wrapped in.
pub(super) struct Answer {
    pub(super) steps: Vec<Step>,
    pub(super) envelope: Envelope,
}

/// The chunk around a token's text. It is the same for all tokens of an answer, so it is written once: a crowded upstream
/// must not be what makes tokens late.
pub(super) struct Envelope {
    before: String,
    after: String,
}

impl Envelope {
    /// The frame of one token.
    pub(super) fn frame(&self, text: &str) -> Vec<u8> {
        let mut frame = Vec::with_capacity(self.before.len() + text.len() + self.after.len() + 8);
        frame.extend_from_slice(self.before.as_bytes());
        serde_json::to_writer(&mut frame, text).expect("text is JSON, and memory takes it");
        frame.extend_from_slice(self.after.as_bytes());
        frame
    }
}

/// One thing to do, at a time counted from the answer's beginning.
pub(super) struct Step {
    pub(super) at: Duration,
    pub(super) act: Act,
}

/// What to do.
pub(super) enum Act {
    /// Send a token.
    Token(String),
    /// Send bytes as they are.
    Raw(Vec<u8>),
    /// Send nothing more, and do not end.
    Silence,
    /// Break the connection.
    Die,
}

impl Question {
    /// Reads a request's body, leniently; `held` is what a conversation holds already.
    pub(super) fn read(wire: Wire, body: &Value, held: &[Value]) -> Self {
        let asked = match (wire, &body["input"]) {
            (Wire::Responses, Value::String(text)) => {
                vec![json!({"role": "user", "content": text})]
            }
            (Wire::Responses, input) => input.as_array().cloned().unwrap_or_default(),
            (Wire::Completions, _) => body["messages"].as_array().cloned().unwrap_or_default(),
        };
        let tools = body["tools"].as_array().cloned().unwrap_or_default();
        Self {
            model: body["model"].as_str().unwrap_or_default().to_owned(),
            is_streamed: body["stream"].as_bool().unwrap_or(false),
            wire,
            messages: held
                .iter()
                .chain(&asked)
                .map(|message| {
                    let role = message["role"].as_str().unwrap_or_default().to_owned();
                    (role, content_text(&message["content"]))
                })
                .collect(),
            wants_summaries: !body["reasoning"]["summary"].is_null(),
            format: shaped::format_of(body),
            functions: tools
                .iter()
                .filter_map(|tool| {
                    tool["name"]
                        .as_str()
                        .or_else(|| tool["function"]["name"].as_str())
                })
                .map(ToOwned::to_owned)
                .collect(),
        }
    }

    fn last_question(&self) -> &str {
        self.texts_of("user").last().unwrap_or_default()
    }

    fn texts_of(&self, role: &str) -> impl DoubleEndedIterator<Item = &str> {
        self.messages
            .iter()
            .filter(move |(who, _)| who == role)
            .map(|(_, text)| text.as_str())
    }

    fn options(&self) -> Options {
        self.texts_of("user")
            .rev()
            .map(Options::parse)
            .find(|options| !options.0.is_empty())
            .unwrap_or_default()
    }
}

/// The text of a message, which may be a list of parts.
pub(super) fn content_text(content: &Value) -> String {
    match content {
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect(),
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}

#[derive(Default)]
struct Options(HashMap<String, String>);

impl Options {
    fn parse(text: &str) -> Self {
        let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase());
        Self(
            text.split_whitespace()
                .filter_map(|word| word.split_once('='))
                .filter(|(name, value)| is_name(name) && !value.is_empty())
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn number(&self, name: &str, default: usize) -> usize {
        self.0
            .get(name)
            .and_then(|value| value.parse().ok())
            .unwrap_or(default)
    }
}

/// What a model does with a question that was asked `seen` times before.
pub(super) fn plan(question: &Question, seen: usize, offered: &[String]) -> Plan {
    let options = question.options();
    let model = question.model.as_str();
    let scenario = if offered.iter().any(|offer| offer == model) {
        options.text("scenario").unwrap_or("echo")
    } else {
        model
    };
    if scenario == "html" {
        return Plan::Page("<!DOCTYPE html><title>Welcome</title><h1>Log in first</h1>");
    }
    if let Some(refusal) = refusal(scenario, question, seen, &options) {
        return refusal;
    }
    let mut script = Script::new(question, scenario, &options);
    if scenario == "shaped" {
        script.shaped(question, &options, seen);
    } else if !script.breaks(scenario, &options) {
        script.goes_well(scenario, question, &options);
    }
    Plan::Answer(script.end(question))
}

/// Another status than 200, for the models that have one to give at the moment.
fn refusal(scenario: &str, question: &Question, seen: usize, options: &Options) -> Option<Plan> {
    let goes_wrong = |default| seen < options.number("times", default);
    if options.text("down") == Some(question.model.as_str()) {
        return Some(refuse(503, Some(3600), "The model is overloaded"));
    }
    Some(match scenario {
        "rate-limited" if goes_wrong(1) => {
            let seconds = u32::try_from(options.number("s", 1)).unwrap_or(1);
            refuse(429, Some(seconds), "Rate limit reached for requests")
        }
        "rate-limited-bare" if goes_wrong(1) => refuse(429, None, "Too many requests"),
        "flaky" if goes_wrong(2) => refuse(500, None, "The server had an error"),
        "shaped" if !shaped::takes(options.text("refuses"), question.format.as_deref()) => {
            refuse(400, None, "This server does not know that response format")
        }
        "shaped"
            if shaped::is_repair(question.last_question())
                && seen < options.number("denies", 0) =>
        {
            refuse(400, None, "This server has had enough")
        }
        "unverified" if question.wants_summaries => {
            let message = "Your organization must be verified to generate reasoning summaries.";
            refuse_because(400, message, "unsupported_value", Some("reasoning.summary"))
        }
        "used-up" => {
            let message = "You exceeded your current quota, please check your plan.";
            refuse_because(429, message, "insufficient_quota", None)
        }
        "status-400" => refuse(400, None, "This model's limits were not respected"),
        "status-401" => refuse(401, None, "Incorrect API key provided: sk-sec***ret"),
        "status-500" => refuse(500, None, "panic at line 1: secret-internals"),
        known if known != "status-404" && MODELS.contains(&known) => return None,
        _ => refuse(404, None, "The model does not exist"),
    })
}

fn refuse(status: u16, retry_after: Option<u32>, message: &str) -> Plan {
    Plan::Refuse {
        status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        retry_after,
        body: json!({ "error": { "message": message, "type": "scripted", "param": null, "code": null } }),
    }
}

fn refuse_because(status: u16, message: &str, code: &str, param: Option<&str>) -> Plan {
    let mut plan = refuse(status, None, message);
    if let Plan::Refuse { body, .. } = &mut plan {
        body["error"]["code"] = json!(code);
        body["error"]["param"] = json!(param);
    }
    plan
}

/// Every kind of markdown once, or repeated under numbered headings until there are `tokens` tokens, in tokens of four
/// characters.
fn markdown(tokens: usize) -> Vec<String> {
    const ANSWER: &str = include_str!("answer.md");
    let mut pieces = Vec::new();
    for chapter in 1.. {
        let text = if chapter == 1 {
            ANSWER.to_owned()
        } else {
            format!("\n# Chapter {chapter}\n\n{ANSWER}")
        };
        let characters: Vec<char> = text.chars().collect();
        pieces.extend(
            characters
                .chunks(4)
                .map(|chunk| chunk.iter().collect::<String>()),
        );
        if pieces.len() >= tokens {
            break;
        }
    }
    if tokens > 0 {
        pieces.truncate(tokens);
    }
    pieces
}

/// Steps in the making.
struct Script {
    model: String,
    wire: Wire,
    steps: Vec<Step>,
    /// When the next token is due.
    at: Duration,
    /// Between two tokens.
    pace: Duration,
    bytes: usize,
    is_stamped: bool,
    ended: Ended,
    tells_usage: bool,
    is_closed: bool,
    tokens: usize,
}

impl Script {
    fn new(question: &Question, scenario: &str, options: &Options) -> Self {
        let rate = options.number("rate", 0);
        let wait = if scenario == "slow-start" { 1000 } else { 0 };
        let mut script = Self {
            model: question.model.clone(),
            wire: question.wire,
            steps: Vec::new(),
            at: Duration::ZERO,
            pace: match rate {
                0 => Duration::ZERO,
                rate => Duration::from_secs(1) / u32::try_from(rate).unwrap_or(u32::MAX),
            },
            bytes: options.number("bytes", 5),
            is_stamped: options.number("stamp", 0) > 0,
            ended: Ended::Done,
            tells_usage: scenario != "no-usage",
            is_closed: false,
            tokens: 0,
        };
        // A real server sends its headers first and its words when it has some.
        script.raw(&script.wire.hello(&script.model));
        script.at = Duration::from_millis(options.number("ms", wait) as u64);
        script
    }

    /// Whether the model breaks off its answer; what comes before is in the script then.
    fn breaks(&mut self, scenario: &str, options: &Options) -> bool {
        match scenario {
            "die-before" => self.act(Act::Die),
            "die-after" => {
                self.count(options.number("after", 3));
                self.raw("data: {\"choices\":[{\"delta\":{\"content\":\"lost");
                self.act(Act::Die);
            }
            "half-json" => {
                self.count(options.number("after", 1));
                self.raw("data: {\"choices\":[{\"delta\":{\"content\":\"lo\n\n");
            }
            "error-in-stream" => {
                self.count(options.number("after", 1));
                self.raw("data: {\"error\":{\"message\":\"The engine is overloaded\"}}\n\n");
            }
            "silence" => {
                self.count(options.number("after", 0));
                self.act(Act::Silence);
            }
            _ => return false,
        }
        true
    }

    fn goes_well(&mut self, scenario: &str, question: &Question, options: &Options) {
        match scenario {
            "count" => self.count(options.number("tokens", 20)),
            "markdown" => self.pieces(&markdown(options.number("tokens", 0))),
            "split" => self.split("Grüße, 世界! 👩🏽‍🚀 naïve façade ✓"),
            "length" => {
                let before = question.texts_of("assistant").last();
                self.half(before, options.number("tokens", 20));
            }
            "odd" => self.odd(),
            "huge-delta" => self.token("ä".repeat(options.number("bytes", 300_000) / 2)),
            "thinking" => {
                self.thought(0, "**Reading**\n\nThe question is short.");
                self.thought(1, "**Answering**\n\nSo is the answer.");
                self.words(question.last_question());
            }
            "refuse" => self.refusal("I'm sorry, I can't help with that."),
            "filtered" => {
                self.count(options.number("after", 3));
                self.ended = Ended::Filtered;
            }
            "calls" => self.calls(&question.functions),
            "picture" => {
                self.words(question.last_question());
                self.picture();
            }
            "json" => self.json(question.last_question()),
            _ => self.words(question.last_question()),
        }
    }

    fn act(&mut self, act: Act) {
        if matches!(act, Act::Die) {
            // What was sent before is to arrive: a connection that breaks at once takes it along.
            self.at += Duration::from_millis(50);
        }
        self.is_closed |= matches!(act, Act::Die | Act::Silence);
        self.steps.push(Step { at: self.at, act });
    }

    fn raw(&mut self, text: &str) {
        self.act(Act::Raw(text.as_bytes().to_vec()));
    }

    fn token(&mut self, text: impl Into<String>) {
        let text = if self.is_stamped {
            format!("{} ", self.at.as_millis())
        } else {
            text.into()
        };
        self.act(Act::Token(text));
        self.at += self.pace;
        self.tokens += 1;
    }

    fn words(&mut self, text: &str) {
        for word in text.split_inclusive(char::is_whitespace) {
            self.token(word);
        }
    }

    fn pieces(&mut self, pieces: &[String]) {
        for piece in pieces {
            self.token(piece);
        }
    }

    fn count(&mut self, tokens: usize) {
        self.count_from(0, tokens);
    }

    /// Numbers filled up with zeros to their size, each with a space behind it.
    fn count_from(&mut self, first: usize, end: usize) {
        let width = self.bytes.max(2) - 1;
        for index in first..end {
            let digits = index.to_string();
            let digits = &digits[digits.len().saturating_sub(width)..];
            self.token(format!("{}{digits} ", "0".repeat(width - digits.len())));
        }
    }

    /// The first half, cut off; to whoever comes with it, the second.
    fn half(&mut self, before: Option<&str>, tokens: usize) {
        let has_first_half =
            before.is_some_and(|text| text.split_whitespace().count() == tokens / 2);
        if has_first_half {
            self.count_from(tokens / 2, tokens);
        } else {
            self.count_from(0, tokens / 2);
            self.ended = Ended::Length;
        }
    }

    /// One frame, cut at every byte that is not ASCII, each part in a packet of its own.
    fn split(&mut self, text: &str) {
        let frame = self.wire.text(&self.model, text).into_bytes();
        let mut part = Vec::new();
        for byte in frame {
            if !byte.is_ascii() {
                self.act(Act::Raw(std::mem::take(&mut part)));
                self.at += Duration::from_millis(2);
            }
            part.push(byte);
        }
        self.act(Act::Raw(part));
        self.tokens += 1;
    }

    /// What servers that call themselves compatible really send.
    fn odd(&mut self) {
        for frame in [
            ": keep-alive\n\n",
            "retry: 3000\n\n",
            "event: message\nid: 7\ndata: {\"choices\":null,\"service_tier\":\"x\"}\n\n",
            "data: {\"choices\":[{\"delta\":null,\"logprobs\":null}],\"usage\":null}\n\n",
            "data:{\"choices\":[{\"delta\":{\"content\":\"odd but \",\"reasoning\":[1]},\"finish_reason\":null}]}\r\n\r\n",
            "data: {\"object\":7,\"choices\":[{\"index\":\"0\",\"delta\":{\"content\":\"fine\",\"tool_calls\":null}}]}\n\n",
            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"because\"}]}\n\n",
        ] {
            self.raw(frame);
        }
        self.is_closed = true;
    }

    fn thought(&mut self, part: usize, text: &str) {
        for word in text.split_inclusive(' ') {
            self.raw(&self.wire.thought(&self.model, part, word));
        }
        self.tokens += 1;
    }

    fn refusal(&mut self, text: &str) {
        for word in text.split_inclusive(' ') {
            self.raw(&self.wire.refusal(&self.model, word));
        }
        self.ended = Ended::Refused;
    }

    fn calls(&mut self, functions: &[String]) {
        let given: Vec<&str> = functions.iter().map(String::as_str).collect();
        let names = if given.is_empty() {
            vec!["weather", "time"]
        } else {
            given
        };
        for (index, name) in names.into_iter().take(2).enumerate() {
            for frame in self
                .wire
                .call(&self.model, index, name, r#"{"city":"Köln"}"#)
            {
                self.raw(&frame);
            }
        }
        self.ended = Ended::Called;
    }

    /// A picture that a built-in tool made, and a mark in the text at a file that another made.
    fn picture(&mut self) {
        for frame in super::wire::made_files() {
            self.raw(&frame);
        }
    }

    /// In tokens of four characters, as a tree grows by.
    fn json(&mut self, question: &str) {
        let asked = question
            .split_once("json=")
            .map(|(_, json)| json.trim().to_owned());
        let text = asked.unwrap_or_else(|| json!({ "answer": question }).to_string());
        let characters: Vec<char> = text.chars().collect();
        for piece in characters.chunks(4) {
            self.token(piece.iter().collect::<String>());
        }
    }

    fn shaped(&mut self, question: &Question, options: &Options, seen: usize) {
        let saying = shaped::say(&question.messages, |name| options.text(name), seen);
        let characters: Vec<char> = saying.text.chars().collect();
        for piece in characters.chunks(4) {
            self.token(piece.iter().collect::<String>());
        }
        self.ended = saying.ended;
        if saying.breaks_off {
            self.act(Act::Die);
        }
    }

    fn envelope(&self) -> Envelope {
        const TEXT: &str = "\"the text\"";
        let frame = self.wire.text(&self.model, "the text");
        let (before, after) = frame.split_once(TEXT).expect("it holds the text");
        Envelope {
            before: before.to_owned(),
            after: after.to_owned(),
        }
    }

    fn end(mut self, question: &Question) -> Answer {
        if !self.is_closed {
            let words: usize = question
                .messages
                .iter()
                .map(|(_, text)| text.split_whitespace().count())
                .sum();
            let usage = self.tells_usage.then_some((words, self.tokens));
            let (text, _) = whole(&self.steps);
            for frame in self.wire.end(&self.model, self.ended, usage, &text) {
                self.raw(&frame);
            }
        }
        Answer {
            envelope: self.envelope(),
            steps: self.steps,
        }
    }
}

/// The whole text of an answer and how many tokens it has, for those who do not stream.
pub(super) fn whole(steps: &[Step]) -> (String, usize) {
    let tokens: Vec<&str> = steps
        .iter()
        .filter_map(|step| match &step.act {
            Act::Token(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    (tokens.concat(), tokens.len())
}
