//! What happens to a call, and what it wants done.

use super::turn::{CallErrand, CallPiece};
use crate::model::{AppError, AppResult, ids::TranscriptionId, speech::Transcription};
use std::ops::Range;

/// What a call is made with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallTerms {
    /// Whether who listens does so in the server: then words can be asked for while somebody speaks.
    pub listens_locally: bool,
    /// Why answers are not spoken, where nobody can.
    pub mute_because: Option<String>,
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum CallEvent {
    /// It is known who listens and who speaks, or why nobody listens.
    Connected(AppResult<CallTerms>),
    /// The microphone is on.
    Opened,
    /// There is no microphone: why, and what to do about it.
    NoMicrophone(String),
    /// The microphone is gone in the middle.
    Lost,
    /// What is said at a place became words, or did not.
    Transcribed(Range<usize>, AppResult<Transcription>),
    /// The message was taken, or not; the same for the wish for another answer.
    Sent(AppResult<()>),
    /// An answer is being written that the call did not ask for.
    AnswerBegan,
    /// The answer has ended, by itself or because it was stopped, or broke off for a reason.
    AnswerEnded(Option<AppError>),
    /// What is heard of the answer.
    Voicing(Voicing),
    /// The person does not want to be heard, or does again.
    Mute(bool),
    /// The person wants to hold a button while speaking, or not to any more.
    PushToTalk(bool),
    /// The button is held, or let go of.
    Hold(bool),
    /// What went wrong is to be tried again.
    Retry,
    /// What is told has been read.
    Dismiss,
    /// The call is over.
    HangUp,
}

/// What is heard of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Voicing {
    /// A sentence sounds.
    Sounds,
    /// The next sentence is on its way.
    Waits,
    /// The browser wants a press before it plays anything.
    IsBlocked,
    /// All of it was said.
    Ended,
    /// A sentence could not be said.
    Failed(AppError),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum CallEffect {
    /// Find out who listens and who speaks.
    Connect,
    /// Switch the microphone on.
    OpenMicrophone,
    /// Switch it off.
    CloseMicrophone,
    /// Have this made into words, in place of what is being made into words.
    Transcribe(CallErrand),
    /// Send a message.
    Send {
        /// Its words.
        text: String,
        /// What they were heard in.
        heard: Vec<TranscriptionId>,
    },
    /// Stop the answer that is being written.
    StopAnswer,
    /// Have the last question answered again.
    AskAgain,
    /// Read the answer aloud, from its first finished sentence on.
    Read,
    /// Stop reading at once.
    Hush,
    /// Have the browser play what it did not want to.
    Unblock,
    /// Hand over what was said and is in no message.
    Keep(Vec<CallPiece>),
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CallPhase {
    /// It is found out who listens and who speaks.
    #[default]
    Connecting,
    /// The person is asked for the microphone.
    Asking,
    /// It is the person's turn.
    Listening,
    /// The same, once they hold the button.
    Ready,
    /// They are not heard, as they want it.
    Muted,
    /// They speak.
    Hearing,
    /// Their words, or the answer, are on the way.
    Thinking,
    /// The answer is read.
    Speaking,
    /// It cannot go on by itself.
    Failed,
    /// Hung up.
    Ended,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum CallProblem {
    /// Nobody listens here.
    Deaf(AppError),
    /// There is no microphone.
    Microphone(String),
    /// It was gone in the middle.
    Lost,
    /// What was said is no text yet.
    Transcription(AppError),
    /// The message was not taken.
    Sending(AppError),
    /// The answer broke off.
    Answer(AppError),
    /// The answer is not spoken.
    Speech(AppError),
    /// Nobody speaks here.
    Mute(String),
    /// The browser wants a press before it plays anything.
    Blocked,
}

impl CallProblem {
    /// Whether the call cannot go on before it is solved.
    #[must_use]
    pub fn is_blocking(&self) -> bool {
        matches!(
            self,
            Self::Deaf(_)
                | Self::Microphone(_)
                | Self::Lost
                | Self::Transcription(_)
                | Self::Sending(_)
        )
    }
}

/// A call as it is seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CallState {
    /// Where it stands.
    pub phase: CallPhase,
    /// What the person says, as far as it is known.
    pub words: String,
    /// What went wrong.
    pub problem: Option<CallProblem>,
    /// Whether the person does not want to be heard.
    pub is_muted: bool,
    /// Whether they hold a button while they speak.
    pub is_push_to_talk: bool,
    /// Whether nobody has spoken for long.
    pub is_silent: bool,
}
