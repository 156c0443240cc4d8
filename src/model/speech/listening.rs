//! Speech made into text.

use crate::model::{AppError, ids::TranscriptionId};
use serde::{Deserialize, Serialize};

/// What was said in a recording, or in a piece of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcription {
    /// By which the message that its words go into says what it heard.
    pub id: TranscriptionId,
    /// The words; none where nobody spoke.
    pub text: String,
    /// How long was listened, in milliseconds; 0 where nobody could tell.
    pub heard_ms: u32,
}

/// A line of what comes of a stored recording. The last is [`TranscriptionLine::Done`] or [`TranscriptionLine::Error`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TranscriptionLine {
    /// Words to append.
    Delta(String),
    /// All of it.
    Done(Transcription),
    /// It broke off.
    Error(AppError),
}
