//! What the button, the rest of the composer and the lazy part know of a dictation.

use crate::{
    browser::{microphone::MicrophoneProblem, recordings::Shelf},
    model::{AppError, speech::SpeechOptions},
};
use leptos::prelude::*;

/// Where a dictation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nobody dictates.
    Idle,
    /// The microphone has been asked for.
    Asking,
    /// It is on.
    Listening,
    /// It is off, and the last words are on their way.
    Finishing,
    /// Something that was said is no text yet, and somebody has to decide.
    Stuck,
}

/// What somebody wants of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Look whether something was kept here.
    Look,
    /// Listen.
    Start,
    /// Listen no more, and give the words.
    Stop,
    /// Listen no more, and let go of what was said.
    Cancel,
    /// Try again what is no text yet.
    Retry,
    /// Give the words that there are, and let go of the rest.
    Settle,
    /// Let go of what was said, for good.
    Discard,
}

/// What there is to say while nobody dictates.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// There is no microphone.
    Microphone(MicrophoneProblem),
    /// Something did not work, or nobody listens here.
    Failed(AppError),
    /// Nobody said anything.
    NothingHeard,
    /// So many milliseconds are kept from before.
    Kept(u32),
    /// So many milliseconds were let go of, and can be had back for a moment.
    Cancelled(u32),
    /// The microphone was gone in the middle.
    Lost,
    /// It was the longest recording that there can be, in milliseconds.
    Longest(u32),
}

/// What cannot be turned into text.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// How long it is.
    pub ms: u32,
    /// Why.
    pub error: AppError,
}

/// Where words go: to the draft of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// Where what is said is kept until it is text.
    pub shelf: Shelf,
    /// The name of the draft.
    pub place: String,
}

/// A dictation, as everything on the page sees it.
#[derive(Clone, Copy)]
pub struct Dictation {
    /// Where it stands.
    pub phase: RwSignal<Phase>,
    /// What is wanted and was not done yet, in order.
    pub wishes: RwSignal<Vec<Wish>>,
    /// Whether the lazy part is needed.
    pub is_needed: RwSignal<bool>,
    /// What there is to say about it.
    pub notice: RwSignal<Option<Notice>>,
    /// The words so far.
    pub words: RwSignal<String>,
    /// What is no text, of what was said.
    pub failure: RwSignal<Option<Failure>>,
    /// Seconds that were listened.
    pub elapsed_s: RwSignal<u32>,
    /// Seconds that are left, when there are few.
    pub left_s: RwSignal<Option<u32>>,
    /// How loud it is, from 0 to 100.
    pub level: RwSignal<u8>,
    /// Whether nobody has been heard for a while.
    pub is_silent: RwSignal<bool>,
    /// Who listens here, once that is known.
    pub options: RwSignal<Option<SpeechOptions>>,
    /// What screen readers are told.
    pub said: RwSignal<String>,
}

impl Default for Dictation {
    fn default() -> Self {
        Self {
            phase: RwSignal::new(Phase::Idle),
            wishes: RwSignal::default(),
            is_needed: RwSignal::new(false),
            notice: RwSignal::new(None),
            words: RwSignal::default(),
            failure: RwSignal::new(None),
            elapsed_s: RwSignal::new(0),
            left_s: RwSignal::new(None),
            level: RwSignal::new(0),
            is_silent: RwSignal::new(false),
            options: RwSignal::new(None),
            said: RwSignal::default(),
        }
    }
}

impl Dictation {
    /// Wants something of it. What has not come yet is fetched for that.
    pub fn wish(self, wish: Wish) {
        if wish == Wish::Start {
            self.notice.set(None);
            self.phase.set(Phase::Asking);
        }
        if !self.is_needed.get_untracked() {
            self.is_needed.set(true);
        }
        self.wishes.update(|wishes| wishes.push(wish));
    }

    /// Begins, or ends what goes on.
    pub fn toggle(self) {
        match self.phase.get_untracked() {
            Phase::Idle => self.wish(Wish::Start),
            Phase::Listening => self.wish(Wish::Stop),
            Phase::Asking => self.wish(Wish::Cancel),
            Phase::Finishing | Phase::Stuck => {}
        }
    }

    /// Whether words are on their way.
    #[must_use]
    pub fn is_underway(self) -> bool {
        !matches!(self.phase.get(), Phase::Idle | Phase::Stuck)
    }
}
