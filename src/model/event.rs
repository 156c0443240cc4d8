//! The events of a run: one type for the wire, the log and the page.

use super::{
    AppError,
    chat::{AnswerExtras, FinishReason, RunState, Usage},
    file::Attachment,
};
use serde::{Deserialize, Serialize};

/// What happens in a run. On the wire a delta is `{"t":"…"}`, so that bytes grow with the text and little else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunEvent {
    /// Text to append.
    #[serde(rename = "t")]
    Text(String),
    /// Thoughts to append.
    #[serde(rename = "r")]
    Reasoning(String),
    /// A file that the model made.
    #[serde(rename = "file")]
    File(Box<Attachment>),
    /// Another tool answers in place of the one that was asked.
    AnsweredBy {
        /// Its name.
        name: String,
    },
    /// Everything until here, for a reader who was not there or lost count: replaces the text.
    Snapshot {
        /// The whole text so far.
        text: String,
        /// Where the run stands.
        state: RunState,
        /// What it took, when it has ended and the provider told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        usage: Option<Usage>,
        /// What there is besides the text.
        #[serde(default, skip_serializing_if = "AnswerExtras::is_empty")]
        extras: AnswerExtras,
    },
    /// It waits; `ahead` others come first.
    Queued {
        /// How many come first.
        ahead: u32,
    },
    /// The provider is answering.
    Started,
    /// The provider failed before a word came; the next try is in `after_ms`.
    Retrying {
        /// Milliseconds until the next try.
        after_ms: u32,
        /// What happened, as a person hears it.
        reason: String,
    },
    /// End: the answer ended by itself.
    Finished {
        /// Why.
        reason: FinishReason,
        /// What it took, when the provider told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        usage: Option<Usage>,
    },
    /// End: the person stopped it.
    Stopped,
    /// End: it broke.
    Failed {
        /// What broke.
        error: AppError,
    },
    /// End: the server that drove it went away.
    Interrupted,
}

impl RunEvent {
    /// The state of a run after this event; `None` for content, which changes none.
    #[must_use]
    pub fn state(&self) -> Option<RunState> {
        match self {
            Self::Text(_) | Self::Reasoning(_) | Self::File(_) | Self::AnsweredBy { .. } => None,
            Self::Snapshot { state, .. } => Some(state.clone()),
            Self::Queued { ahead } => Some(RunState::Queued { ahead: *ahead }),
            Self::Started => Some(RunState::Running),
            Self::Retrying { after_ms, reason } => Some(RunState::Retrying {
                after_ms: *after_ms,
                reason: reason.clone(),
            }),
            Self::Finished { reason, .. } => Some(RunState::Finished { reason: *reason }),
            Self::Stopped => Some(RunState::Stopped),
            Self::Failed { error } => Some(RunState::Failed {
                error: error.clone(),
            }),
            Self::Interrupted => Some(RunState::Interrupted),
        }
    }

    /// Whether nothing comes after it.
    #[must_use]
    pub fn is_end(&self) -> bool {
        self.state().is_some_and(|state| state.is_end())
    }
}

/// An event with its place in its run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequencedEvent {
    /// Contiguous from 1 within the run. A snapshot carries the number of the last event it holds.
    pub seq: u64,
    /// What happened.
    pub event: RunEvent,
}
