//! A voice call: who speaks when. Sound and events go in, what is to be done comes out; devices, requests and views are the
//! business of others. A call has at most one message on its way and one answer open, and lets go of nothing that was said
//! before it is in a message or in the hands of whoever hung up.

mod answering;
mod effects;
mod gate;
mod hearing;
mod turn;

pub use effects::{CallEffect, CallEvent, CallPhase, CallProblem, CallState, CallTerms, Voicing};
pub use turn::{CallErrand, CallPiece};

use super::{Activity, ActivityDetector, ActivityRules, Transcription, milliseconds, samples};
use crate::model::AppResult;
use gate::Gate;
use hearing::Sound;
use std::ops::Range;
use turn::Turn;

/// Quiet after which words are asked for, in milliseconds: if nothing more is said they are there when the turn ends.
const PAUSE_MS: u32 = 250;
/// Quiet after which somebody has finished, in milliseconds: longer than most look for a word.
const END_MS: u32 = 650;
/// For how long nobody speaks before that is told, in milliseconds.
const SILENT_MS: u32 = 45_000;

const RULES: ActivityRules = ActivityRules {
    pause_ms: PAUSE_MS,
    end_ms: END_MS,
    ..ActivityRules::DICTATION
};

/// Where the microphone stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// Not asked for yet: it is found out who listens and who speaks.
    Connecting,
    /// Asked for.
    Asking,
    /// On.
    Open,
    /// Gone, or never there.
    Broken,
    /// Hung up.
    Ended,
}

/// Where the answer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// There is none to wait for.
    None,
    /// Its question is on the way; it is to be stopped at once when `is_unwanted`.
    Sending { is_unwanted: bool },
    /// It is being written.
    Open,
    /// It was told to stop.
    Stopping,
}

/// What is heard of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voice {
    Silent,
    /// It will be read, or goes on being read.
    Awaited {
        has_sounded: bool,
    },
    Sounding,
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    line: Line,
    terms: CallTerms,
    sound: Sound,
    detector: ActivityDetector,
    gate: Gate,
    turn: Turn,
    /// What is on its way as a message.
    sending: Turn,
    /// Until where what was said is complete.
    said_until: usize,
    answer: Answer,
    voice: Voice,
    is_muted: bool,
    is_push_to_talk: bool,
    /// Where what is said while a button is held ends, once it was let go of.
    released_at: Option<usize>,
    problem: Option<CallProblem>,
    /// Since when nobody has spoken.
    quiet_since: usize,
}

impl Default for Call {
    fn default() -> Self {
        Self {
            line: Line::Connecting,
            terms: CallTerms::default(),
            sound: Sound::default(),
            detector: ActivityDetector::new(RULES),
            gate: Gate::default(),
            turn: Turn::default(),
            sending: Turn::default(),
            said_until: 0,
            answer: Answer::None,
            voice: Voice::Silent,
            is_muted: false,
            is_push_to_talk: false,
            released_at: None,
            problem: None,
            quiet_since: 0,
        }
    }
}

impl Call {
    /// Takes what happened, and tells what is to be done about it, in order.
    #[must_use]
    pub fn on(&mut self, event: CallEvent) -> Vec<CallEffect> {
        let mut todo = Vec::new();
        if self.line == Line::Ended {
            return todo;
        }
        match event {
            CallEvent::Connected(terms) => self.connected(terms, &mut todo),
            CallEvent::Opened => self.opened(),
            CallEvent::NoMicrophone(why) => self.no_microphone(why),
            CallEvent::Lost => self.lost(),
            CallEvent::Transcribed(place, outcome) => self.transcribed(&place, outcome),
            CallEvent::Sent(outcome) => self.sent(outcome, &mut todo),
            CallEvent::AnswerBegan => self.answer_began(&mut todo),
            CallEvent::AnswerEnded(problem) => self.answer_ended(problem),
            CallEvent::Voicing(voicing) => self.voiced(voicing, &mut todo),
            CallEvent::Mute(is_muted) => self.mute(is_muted),
            CallEvent::PushToTalk(is_on) => self.push_to_talk(is_on),
            CallEvent::Hold(is_held) => self.hold(is_held, &mut todo),
            CallEvent::Retry => self.retry(&mut todo),
            CallEvent::Dismiss => self.dismiss(),
            CallEvent::HangUp => {
                self.hang_up(&mut todo);
                return todo;
            }
        }
        self.go_on(&mut todo);
        todo
    }

    /// Listens on: one channel at [`super::LISTENING_RATE`].
    #[must_use]
    pub fn hear(&mut self, heard: &[f32]) -> Vec<CallEffect> {
        let mut todo = Vec::new();
        if self.line == Line::Open && !self.is_muted {
            self.listen(heard, &mut todo);
            self.go_on(&mut todo);
        }
        todo
    }

    /// How it stands, for everybody to see.
    #[must_use]
    pub fn state(&self) -> CallState {
        let phase = self.phase();
        let is_silent = phase == CallPhase::Listening
            && milliseconds(self.sound.end().saturating_sub(self.quiet_since)) >= SILENT_MS;
        CallState {
            phase,
            words: self.turn.words(),
            problem: self.problem.clone(),
            is_muted: self.is_muted,
            is_push_to_talk: self.is_push_to_talk,
            is_silent,
        }
    }

    /// How loud the person is just now, from 0 to 1.
    #[must_use]
    pub fn level(&self) -> f32 {
        match self.line == Line::Open && !self.is_muted {
            true => self.detector.level(),
            false => 0.0,
        }
    }

    fn phase(&self) -> CallPhase {
        let is_blocked = self.problem.as_ref().is_some_and(CallProblem::is_blocking);
        match self.line {
            Line::Ended => CallPhase::Ended,
            Line::Broken => CallPhase::Failed,
            _ if self.turn.is_speaking() => CallPhase::Hearing,
            _ if is_blocked => CallPhase::Failed,
            Line::Connecting => CallPhase::Connecting,
            Line::Asking => CallPhase::Asking,
            Line::Open => match (self.voice, self.answer) {
                (Voice::Sounding | Voice::Awaited { has_sounded: true }, _) => CallPhase::Speaking,
                (Voice::Silent, Answer::None) if self.turn.is_empty() => self.idle_phase(),
                _ => CallPhase::Thinking,
            },
        }
    }

    fn idle_phase(&self) -> CallPhase {
        match (self.is_muted, self.is_push_to_talk) {
            (true, _) => CallPhase::Muted,
            (false, true) => CallPhase::Ready,
            (false, false) => CallPhase::Listening,
        }
    }

    /// Sends a turn that is complete, and asks for the words of what is none yet.
    fn go_on(&mut self, todo: &mut Vec<CallEffect>) {
        let is_blocked = self.problem.as_ref().is_some_and(CallProblem::is_blocking);
        let is_free = self.answer == Answer::None && self.voice == Voice::Silent;
        if self.line == Line::Open && is_free && !is_blocked && self.turn.is_complete() {
            let turn = std::mem::take(&mut self.turn);
            let text = turn.certain_words();
            // What nobody could hear a word in was a cough, or a door.
            if text.contains(char::is_alphanumeric) {
                todo.push(CallEffect::Send {
                    text,
                    heard: turn.transcriptions(),
                });
                self.sending = turn;
                self.answer = Answer::Sending { is_unwanted: false };
                self.problem = None;
            }
            self.quiet_since = self.sound.end();
        }
        let is_eager = self.terms.listens_locally;
        todo.extend(self.turn.errand(&self.sound, is_eager));
    }

    fn connected(&mut self, terms: AppResult<CallTerms>, todo: &mut Vec<CallEffect>) {
        match terms {
            Ok(terms) => {
                self.problem = terms.mute_because.clone().map(CallProblem::Mute);
                self.terms = terms;
                self.line = Line::Asking;
                todo.push(CallEffect::OpenMicrophone);
            }
            Err(error) => {
                self.line = Line::Broken;
                self.problem = Some(CallProblem::Deaf(error));
            }
        }
    }

    fn opened(&mut self) {
        self.line = Line::Open;
        self.quiet_since = self.sound.end();
    }

    fn no_microphone(&mut self, why: String) {
        self.line = Line::Broken;
        self.problem = Some(CallProblem::Microphone(why));
    }

    /// The microphone is gone; what was said is not.
    fn lost(&mut self) {
        self.finish_speaking();
        self.line = Line::Broken;
        self.problem = Some(CallProblem::Lost);
    }

    fn transcribed(&mut self, place: &Range<usize>, outcome: AppResult<Transcription>) {
        self.turn.answered(place, outcome);
        let failure = self.turn.failure().map(CallProblem::Transcription);
        match (&self.problem, failure) {
            // Without a microphone that comes first.
            (Some(CallProblem::Microphone(_) | CallProblem::Lost), _) => {}
            (_, Some(failure)) => self.problem = Some(failure),
            (Some(CallProblem::Transcription(_)), None) => self.problem = None,
            (_, None) => {}
        }
    }

    /// Something to know that does not hold the call up. What holds it up stays.
    fn note(&mut self, problem: CallProblem) {
        if !self.problem.as_ref().is_some_and(CallProblem::is_blocking) {
            self.problem = Some(problem);
        }
    }

    fn dismiss(&mut self) {
        if !self.problem.as_ref().is_some_and(CallProblem::is_blocking) {
            self.problem = None;
        }
    }

    fn retry(&mut self, todo: &mut Vec<CallEffect>) {
        match self.problem.take() {
            Some(CallProblem::Deaf(_)) => {
                self.line = Line::Connecting;
                todo.push(CallEffect::Connect);
            }
            Some(CallProblem::Microphone(_) | CallProblem::Lost) => {
                self.line = Line::Asking;
                self.turn.retry();
                todo.push(CallEffect::OpenMicrophone);
            }
            Some(CallProblem::Transcription(_)) => self.turn.retry(),
            Some(CallProblem::Answer(_)) if self.answer == Answer::None => {
                self.answer = Answer::Sending { is_unwanted: false };
                todo.push(CallEffect::AskAgain);
            }
            Some(CallProblem::Blocked) => todo.push(CallEffect::Unblock),
            _ => {}
        }
    }

    /// Everything is let go of but what was said and is in no message: that is handed over.
    fn hang_up(&mut self, todo: &mut Vec<CallEffect>) {
        self.finish_speaking();
        if self.voice != Voice::Silent {
            todo.push(CallEffect::Hush);
        }
        todo.push(CallEffect::CloseMicrophone);
        let turn = std::mem::take(&mut self.turn);
        let left = turn.into_pieces();
        if !left.is_empty() {
            todo.push(CallEffect::Keep(left));
        }
        (self.line, self.voice, self.problem) = (Line::Ended, Voice::Silent, None);
    }
}

#[cfg(test)]
mod tests;
