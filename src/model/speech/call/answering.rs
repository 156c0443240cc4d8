//! The answer: asked for, written, heard, and stopped when somebody speaks into it.

use super::{Answer, Call, CallEffect, CallProblem, Line, Voice, Voicing, turn::Turn};
use crate::model::{AppError, AppResult};

impl Call {
    pub(super) fn sent(&mut self, outcome: AppResult<()>, todo: &mut Vec<CallEffect>) {
        let Answer::Sending { is_unwanted } = self.answer else {
            return;
        };
        match outcome {
            Ok(()) => {
                self.sending = Turn::default();
                self.answer = Answer::Open;
                if is_unwanted {
                    todo.push(CallEffect::StopAnswer);
                    self.answer = Answer::Stopping;
                } else {
                    self.read(todo);
                }
            }
            Err(error) => {
                let unsent = std::mem::take(&mut self.sending);
                self.answer = Answer::None;
                self.problem = Some(match unsent.is_empty() {
                    // It was another answer to a question that was asked already.
                    true => CallProblem::Answer(error),
                    false => CallProblem::Sending(error),
                });
                self.turn.go_before(unsent);
            }
        }
    }

    /// Somebody has something answered by other means.
    pub(super) fn answer_began(&mut self, todo: &mut Vec<CallEffect>) {
        if self.answer == Answer::None {
            self.answer = Answer::Open;
            self.read(todo);
        }
    }

    fn read(&mut self, todo: &mut Vec<CallEffect>) {
        if self.terms.mute_because.is_none() && self.line != Line::Broken {
            self.voice = Voice::Awaited { has_sounded: false };
            todo.push(CallEffect::Read);
        }
    }

    pub(super) fn answer_ended(&mut self, problem: Option<AppError>) {
        if matches!(self.answer, Answer::None | Answer::Sending { .. }) {
            return;
        }
        let was_wanted = self.answer == Answer::Open;
        self.answer = Answer::None;
        self.quiet_since = self.sound.end();
        if let (true, Some(error)) = (was_wanted, problem) {
            self.note(CallProblem::Answer(error));
        }
    }

    pub(super) fn voiced(&mut self, voicing: Voicing, todo: &mut Vec<CallEffect>) {
        if self.voice == Voice::Silent {
            return;
        }
        let has_sounded = self.voice != Voice::Awaited { has_sounded: false };
        self.voice = match voicing {
            Voicing::Sounds => Voice::Sounding,
            Voicing::Waits => Voice::Awaited { has_sounded },
            Voicing::IsBlocked => {
                self.note(CallProblem::Blocked);
                Voice::Awaited { has_sounded }
            }
            Voicing::Ended => Voice::Silent,
            Voicing::Failed(error) => {
                todo.push(CallEffect::Hush);
                self.note(CallProblem::Speech(error));
                Voice::Silent
            }
        };
        let is_waiting = matches!(self.voice, Voice::Awaited { .. });
        if !is_waiting && self.problem == Some(CallProblem::Blocked) {
            self.problem = None;
        }
        if self.voice == Voice::Silent {
            // What the loudspeaker leaves behind does not count as somebody who begins.
            self.gate.forget();
            self.quiet_since = self.sound.end();
        }
    }

    /// Somebody speaks: who spoke before stops.
    pub(super) fn interrupt(&mut self, todo: &mut Vec<CallEffect>) {
        if self.voice != Voice::Silent {
            self.voice = Voice::Silent;
            todo.push(CallEffect::Hush);
        }
        match self.answer {
            Answer::Open => {
                self.answer = Answer::Stopping;
                todo.push(CallEffect::StopAnswer);
            }
            Answer::Sending { .. } => self.answer = Answer::Sending { is_unwanted: true },
            Answer::None | Answer::Stopping => {}
        }
        // Who speaks goes on with what was not sent, and knows what was told.
        if matches!(self.problem, Some(CallProblem::Sending(_))) {
            self.problem = None;
        }
        self.dismiss();
    }
}
