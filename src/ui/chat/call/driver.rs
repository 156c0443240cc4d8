//! What makes a call go: it carries out what the call wants done, and tells it what became of that.

use super::line::Line;
use crate::{
    api,
    browser::speaker,
    model::{
        AppError, AppResult, ErrorKind,
        chat::Sent,
        ids::{ConversationId, IdempotencyKey, MessageId, RunId, TranscriptionId, UserId},
        settings::ChatSettings,
        speech::{
            SpeechOptions,
            call::{Call, CallEffect, CallEvent, CallPhase, CallState, CallTerms, Voicing},
        },
        user::UserView,
    },
    ui::{
        chat::{call::state::Spoken, dictation::flow::chosen, session::ChatSession},
        load::Loaded,
        reading::{Asked, Reader, use_reader},
        session::use_session,
    },
};
use leptos::{html, prelude::*, task::spawn_local};
use std::sync::Arc;

/// The answer that the call waits for, or had last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Followed {
    pub(super) run: RunId,
    pub(super) message: MessageId,
    pub(super) conversation: ConversationId,
    /// Whether it has ended.
    pub(super) is_over: bool,
}

/// Makes a call go, for as long as its panel is on the page.
#[derive(Clone, Copy)]
pub(super) struct Driver {
    pub(super) session: ChatSession,
    pub(super) reader: Reader,
    pub(super) field: NodeRef<html::Textarea>,
    user: Loaded<Option<UserView>>,
    /// Whose recordings are kept, once that is known.
    pub(super) person: StoredValue<Option<UserId>>,
    call: StoredValue<Call>,
    /// The call, for everybody to see.
    pub(super) state: RwSignal<CallState>,
    /// How loud it is, from 0 to 100.
    pub(super) level: RwSignal<u8>,
    /// What was sent last.
    pub(super) sent_words: RwSignal<String>,
    pub(super) line: StoredValue<Line>,
    pub(super) answer: StoredValue<Option<Followed>>,
    /// What was sent and not taken, and under which key: the same words again are the same message.
    unsent: StoredValue<Option<(String, IdempotencyKey)>>,
    /// The name of the draft that what is left over goes to.
    pub(super) place: StoredValue<String>,
}

impl Driver {
    pub(super) fn new(field: NodeRef<html::Textarea>) -> Self {
        Self {
            session: ChatSession::of_page(),
            reader: use_reader(),
            field,
            user: use_session(),
            person: StoredValue::new(None),
            call: StoredValue::new(Call::default()),
            state: RwSignal::default(),
            level: RwSignal::new(0),
            sent_words: RwSignal::default(),
            line: StoredValue::new(Line::default()),
            answer: StoredValue::new(None),
            unsent: StoredValue::new(None),
            place: StoredValue::new(String::new()),
        }
    }

    /// Begins. Runs in the browser, in an effect that ends with the call.
    pub(super) fn start(self) {
        untrack(|| {
            Effect::new(move || {
                let user = self.user.get().and_then(Result::ok).flatten();
                self.person.set_value(user.map(|user| user.id));
            });
            self.watch_place();
            self.watch_answer();
            self.watch_voice();
            let call = self.session.call;
            let leaving = window_event_listener_untyped("pagehide", move |_| call.is_on.set(false));
            on_cleanup(move || {
                leaving.remove();
                self.on(CallEvent::HangUp);
                self.reader.stop();
            });
            // What is read just now would be heard by the microphone.
            self.reader.stop();
            self.connect();
        });
    }

    pub(super) fn phase(self) -> Memo<CallPhase> {
        Memo::new(move |_| self.state.with(|state| state.phase))
    }

    /// Tells the call what happened.
    pub(super) fn on(self, event: CallEvent) {
        let todo = self.call.try_update_value(|call| call.on(event));
        self.carry_out(todo.unwrap_or_default());
        self.show();
    }

    /// Tells it what the microphone heard.
    pub(super) fn hear(self, samples: &[f32]) {
        let Some((todo, level)) = self.call.try_update_value(|call| {
            let todo = call.hear(samples);
            (todo, call.level())
        }) else {
            return;
        };
        self.carry_out(todo);
        self.show();
        let is_speaking = self
            .state
            .try_with_untracked(|state| state.phase == CallPhase::Speaking);
        let level = match is_speaking {
            Some(true) => speaker::level(),
            _ => level,
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 100"
        )]
        change(self.level, (level * 100.0) as u8);
    }

    fn show(self) {
        if let Some(state) = self.call.try_with_value(Call::state) {
            change(self.state, state);
        }
    }

    fn carry_out(self, todo: Vec<CallEffect>) {
        for effect in todo {
            match effect {
                CallEffect::Connect => self.connect(),
                CallEffect::OpenMicrophone => self.open_microphone(),
                CallEffect::CloseMicrophone => self.close_line(),
                CallEffect::Transcribe(errand) => self.transcribe(errand),
                CallEffect::Send { text, heard } => self.send(text, heard),
                CallEffect::StopAnswer => self.stop_answer(),
                CallEffect::AskAgain => self.ask_again(),
                CallEffect::Read => self.read(),
                CallEffect::Hush => {
                    self.reader.stop();
                }
                CallEffect::Unblock => self.reader.toggle(),
                CallEffect::Keep(pieces) => self.keep(pieces),
            }
        }
    }

    fn connect(self) {
        spawn_local(async move {
            let terms = self.terms().await;
            self.on(CallEvent::Connected(terms));
        });
    }

    async fn terms(self) -> AppResult<CallTerms> {
        let shared = self.session.dictation.options;
        let is_of_use = |options: &SpeechOptions| options.deaf_because.is_none();
        let options = match shared.get_untracked().filter(is_of_use) {
            Some(options) => options,
            None => api::speech::speech_options().await?,
        };
        let listens_locally = chosen(&options).is_some_and(|listener| listener.is_local);
        let (deaf, mute_because) = (options.deaf_because.clone(), options.mute_because.clone());
        let _ = shared.try_set(Some(options));
        match deaf {
            Some(why) => Err(AppError::new(ErrorKind::Unavailable, why)),
            None => Ok(CallTerms {
                listens_locally,
                mute_because,
            }),
        }
    }

    fn send(self, text: String, heard: Vec<TranscriptionId>) {
        let last = self.unsent.get_value().filter(|(words, _)| *words == text);
        let key = last.map_or_else(IdempotencyKey::new, |(_, key)| key);
        self.unsent.set_value(Some((text.clone(), key)));
        self.sent_words.set(text.clone());
        self.session.call.spoken.set(Some(Spoken {
            text,
            heard,
            key,
            done: Arc::new(move |outcome| self.sent(outcome)),
        }));
    }

    fn sent(self, outcome: AppResult<Sent>) {
        let outcome = outcome.map(|sent| {
            let _ = self.unsent.try_set_value(None);
            self.follow(Followed {
                run: sent.run_id,
                message: sent.message_id,
                conversation: sent.conversation_id,
                is_over: false,
            });
        });
        self.on(CallEvent::Sent(outcome));
    }

    pub(super) fn follow(self, answer: Followed) {
        let _ = self.answer.try_set_value(Some(answer));
    }

    fn stop_answer(self) {
        let Some(answer) = self.answer.try_get_value().flatten() else {
            return;
        };
        spawn_local(async move {
            // One that cannot be stopped ends by itself; the call waits for that.
            let _ = api::chat::stop_run(answer.run).await;
        });
    }

    fn ask_again(self) {
        let Some(answer) = self.answer.try_get_value().flatten() else {
            return;
        };
        spawn_local(async move {
            let key = Some(IdempotencyKey::new());
            let outcome = api::chat::regenerate_answer(answer.message, key).await;
            let open = self.session.open.try_get_untracked().flatten();
            if let (Ok(sent), Some(open)) = (&outcome, open) {
                open.show_regenerated(sent);
            }
            self.sent(outcome);
        });
    }

    fn read(self) {
        let Some(answer) = self.answer.try_get_value().flatten() else {
            return;
        };
        let is_shaped = |settings: &ChatSettings| settings.output.is_some();
        if self.session.settings.with_untracked(is_shaped) {
            // Nobody wants to hear braces.
            return self.on(CallEvent::Voicing(Voicing::Ended));
        }
        let author = untrack(|| self.session.tool()).map(|tool| tool.name);
        self.reader.read_open_answer(Asked {
            message: answer.message,
            conversation: answer.conversation,
            author: author.unwrap_or_default(),
            speed: untrack(|| self.session.speed()),
        });
    }
}

/// Sets what is not so already: most blocks of sound change nothing that is seen.
fn change<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|before| *before != value) == Some(true) {
        let _ = signal.try_set(value);
    }
}
