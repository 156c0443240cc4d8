//! What a call has to know of the page: where its answer stands, what is heard of it, and whether it is still about the same
//! conversation.

use super::driver::{Driver, Followed};
use crate::{
    model::{
        AppError, ErrorKind,
        chat::{Message, RunState},
        speech::call::{CallEvent, Voicing},
        transcript::Transcript,
    },
    ui::{
        chat::{address::Address, session::OpenConversation},
        reading::ReadingState,
    },
};
use leptos::prelude::*;

impl Driver {
    /// Another conversation is another call. The one that the first message makes is the same.
    pub(super) fn watch_place(self) {
        let call = self.session.call;
        Effect::new(move |before: Option<String>| {
            let place = self.session.address.with(Address::place);
            let answer = self.answer.get_value();
            let is_own = answer.is_some_and(|answer| answer.conversation.to_string() == place);
            match before {
                Some(before) if before != place && !is_own => call.is_on.set(false),
                _ => self.place.set_value(place.clone()),
            }
            place
        });
    }

    pub(super) fn watch_answer(self) {
        Effect::new(move || {
            if let Some(open) = self.session.open.get() {
                open.messages.track();
                untrack(|| self.look_at(open));
            }
        });
    }

    fn look_at(self, open: OpenConversation) {
        let followed = self.answer.get_value().filter(|answer| !answer.is_over);
        match followed {
            Some(answer) if answer.conversation == open.id => self.look_after(open, answer),
            Some(_) => {}
            None => {
                let begun = open.messages.with_untracked(|messages| {
                    let last = messages.last()?;
                    let run = last.run.as_ref().filter(|run| !run.state.is_end())?;
                    Some((last.id, run.id))
                });
                if let Some((message, run)) = begun {
                    self.follow(Followed {
                        run,
                        message,
                        conversation: open.id,
                        is_over: false,
                    });
                    self.on(CallEvent::AnswerBegan);
                }
            }
        }
    }

    fn look_after(self, open: OpenConversation, answer: Followed) {
        let end = open.messages.with_untracked(|messages| {
            let message = messages.iter().find(|message| message.id == answer.message);
            let Some(message) = message else {
                // Somebody went to another branch; nobody waits for this one there.
                return Some(None);
            };
            let is_end = is_over(message, answer);
            is_end.then(|| Some(message.clone()))
        });
        let Some(message) = end else { return };
        self.follow(Followed {
            is_over: true,
            ..answer
        });
        let problem = message.as_ref().and_then(problem);
        if let Some(message) = &message {
            self.tell_reader(message, answer);
        }
        self.on(CallEvent::AnswerEnded(problem));
    }

    /// An answer that had ended before it was on the page is read as well.
    fn tell_reader(self, message: &Message, answer: Followed) {
        let Some(run) = &message.run else { return };
        let transcript = Transcript {
            state: run.state.clone(),
            ..Transcript::new(message.text.clone(), run.seq)
        };
        self.reader
            .tell(answer.message, answer.run, &transcript, false);
    }

    pub(super) fn watch_voice(self) {
        Effect::new(move || {
            let voicing = match self.reader.state.get() {
                ReadingState::Idle | ReadingState::Finished => Voicing::Ended,
                ReadingState::Loading | ReadingState::Waiting | ReadingState::Paused => {
                    Voicing::Waits
                }
                ReadingState::Playing => Voicing::Sounds,
                ReadingState::Blocked => Voicing::IsBlocked,
                ReadingState::Failed(error) => Voicing::Failed(error),
            };
            untrack(|| self.on(CallEvent::Voicing(voicing)));
        });
    }
}

fn is_over(message: &Message, answer: Followed) -> bool {
    let run = message.run.as_ref();
    run.is_none_or(|run| run.id == answer.run && run.state.is_end())
}

/// Why an answer broke off, if it did.
fn problem(message: &Message) -> Option<AppError> {
    match &message.run.as_ref()?.state {
        RunState::Failed { error } => Some(error.clone()),
        RunState::Interrupted => Some(AppError::new(
            ErrorKind::Unavailable,
            "The server that wrote it went away.",
        )),
        _ => None,
    }
}
