//! One question and its answer, as a visitor lived through it.

use crate::script::Script;
use inspireai::model::chat::{RunState, Sent};
use std::net::SocketAddr;

/// A message that was sent, or an answer that was gone on from, and what came of it.
pub struct Turn {
    /// Who.
    pub visitor: String,
    /// What was asked, and what must be answered.
    pub script: Script,
    /// What the server made of it.
    pub sent: Sent,
    /// Whether it goes on from an answer that was cut short.
    pub is_continuation: bool,
    /// Whether nothing was broken meanwhile.
    pub is_calm: bool,
    /// Text that the answer goes on from.
    pub base: String,
    /// The node that took it and drives its run, where that is beyond doubt: it was sent once, to one node.
    pub served_by: Option<SocketAddr>,
    /// When it was taken, in milliseconds since 1970.
    pub taken_at: f64,
    /// How often it was sent until it was taken.
    pub tries: usize,
    /// The longest text that was on the page.
    pub seen: String,
    /// How often the visitor connected to follow it.
    pub connections: usize,
    /// The end that the page was told of, and when, in milliseconds since 1970.
    pub told: Option<(RunState, f64)>,
    /// What the conversation showed when it was opened after the end: the answer's text and state.
    pub kept: Option<(String, RunState)>,
}

impl Turn {
    /// What to call it.
    pub fn name(&self) -> String {
        let what = if self.is_continuation {
            "continued"
        } else {
            "asked"
        };
        format!(
            "{} {what} {:?}, run {}",
            self.visitor,
            self.script.question(),
            self.sent.run_id
        )
    }

    /// Whether the page was told that the end could not be stored: then the database may know another one.
    pub fn is_told_unstored(&self) -> bool {
        matches!(&self.told, Some((RunState::Failed { error }, _)) if error.message.contains("could not be stored"))
    }
}
