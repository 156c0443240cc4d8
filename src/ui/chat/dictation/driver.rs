//! What makes a dictation go: it turns wishes into what the microphone, the server and the browser's storage do, and what
//! those tell into what the page shows.

use super::{
    keeping::Keeper,
    recording::Recording,
    state::{Desk, Dictation, Notice, Phase, Wish},
    work::Work,
};
use crate::{
    api,
    browser::{
        microphone::{Microphone, MicrophoneEvent},
        text_field,
    },
    model::{AppError, ErrorKind},
};
use futures::future::abortable;
use gloo_timers::future::TimeoutFuture;
use leptos::{
    __reexports::send_wrapper::SendWrapper, html, leptos_dom::helpers::request_animation_frame,
    prelude::*, task::spawn_local,
};

/// Listened on after somebody has stopped, in milliseconds: the last word is on its way from the device.
const TAIL_MS: u32 = 120;
/// How long what was cancelled can be had back, in milliseconds.
const REGRET_MS: u32 = 15_000;
/// What is shorter nobody misses, in milliseconds.
const WORTH_REGRET_MS: u32 = 1_500;
/// From when on it is told how much is left, in milliseconds.
const WARN_MS: u32 = 60_000;
/// How often it is looked whether the microphone gives anything, in milliseconds.
const WATCH_MS: u32 = 5_000;
/// For how long nobody speaks before that is told, in milliseconds.
const SILENT_MS: u32 = 6_000;

/// Makes a dictation go, for as long as the part of the page is there.
#[derive(Clone, Copy)]
pub(super) struct Driver {
    pub(super) dictation: Dictation,
    pub(super) field: NodeRef<html::Textarea>,
    desk: Signal<Option<Desk>>,
    work: StoredValue<Option<SendWrapper<Work>>>,
    pub(super) keeper: StoredValue<Keeper>,
}

impl Driver {
    /// Does what is wished from now on. Runs in the browser.
    pub(super) fn start(
        dictation: Dictation,
        field: NodeRef<html::Textarea>,
        desk: Signal<Option<Desk>>,
    ) -> Self {
        let driver = Self {
            dictation,
            field,
            desk,
            work: StoredValue::new(None),
            keeper: StoredValue::new(Keeper::start()),
        };
        Effect::new(move |before: Option<Option<Desk>>| {
            let desk = desk.get();
            if before.is_some_and(|before| before != desk) {
                untrack(|| driver.leave());
            }
            desk
        });
        Effect::new(move || {
            let wishes = dictation.wishes.get();
            if !wishes.is_empty() && desk.with(Option::is_some) {
                dictation.wishes.set(Vec::new());
                untrack(|| wishes.into_iter().for_each(|wish| driver.grant(wish)));
            }
        });
        on_cleanup(move || driver.leave());
        driver
    }

    fn grant(self, wish: Wish) {
        match wish {
            Wish::Look => self.look(),
            Wish::Start => self.begin(),
            Wish::Stop => self.stop(),
            Wish::Cancel => self.cancel(),
            Wish::Retry => self.retry(),
            Wish::Settle => self.settle(),
            Wish::Discard => self.discard(),
        }
    }

    pub(super) fn with<T>(self, of: impl FnOnce(&mut Work) -> T) -> Option<T> {
        let of = |work: &mut Option<SendWrapper<Work>>| work.as_mut().map(|work| of(work));
        self.work.try_update_value(of).flatten()
    }

    fn put(self, work: Option<Work>) {
        // What was there before goes after the new one is in place.
        let before = self
            .work
            .try_update_value(|place| std::mem::replace(place, work.map(SendWrapper::new)));
        drop(before);
    }

    pub(super) fn show(self, phase: Phase) {
        let _ = self.dictation.phase.try_set(phase);
        // The button that was pressed may be gone by the next frame.
        request_animation_frame(move || {
            if let Some(field) = self.field.try_get_untracked().flatten() {
                text_field::regain_focus(&field);
            }
        });
    }

    pub(super) fn tell(self, notice: Notice) {
        let _ = self.dictation.notice.try_set(Some(notice));
    }

    pub(super) fn say(self, words: impl Into<String>) {
        let _ = self.dictation.said.try_set(words.into());
    }

    pub(super) fn clear(self) {
        let dictation = self.dictation;
        let _ = dictation.words.try_set(String::new());
        let _ = dictation.failure.try_set(None);
        let _ = dictation.elapsed_s.try_set(0);
        let _ = dictation.left_s.try_set(None);
        let _ = dictation.level.try_set(0);
        let _ = dictation.is_silent.try_set(false);
    }

    /// Offers what was kept here.
    pub(super) fn look(self) {
        let Some(desk) = self.desk.get_untracked() else {
            return;
        };
        let Some(keeper) = self.keeper.try_get_value() else {
            return;
        };
        spawn_local(async move {
            keeper.settled().await;
            let kept = desk.shelf.pieces().await;
            let is_idle = self.dictation.phase.try_get_untracked() == Some(Phase::Idle);
            let is_here = self.desk.try_get_untracked().flatten().as_ref() == Some(&desk);
            if kept.is_empty() || !is_idle || !is_here || self.with(|_| ()).is_some() {
                return;
            }
            let recording = Recording::restored(kept);
            self.tell(Notice::Kept(recording.spoken_ms()));
            self.say("A recording was not turned into text yet.");
            self.put(Some(Work::new(recording, desk)));
        });
    }

    fn begin(self) {
        let Some(desk) = self.desk.get_untracked() else {
            return;
        };
        self.clear();
        self.dictation.notice.set(None);
        self.show(Phase::Asking);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "milliseconds since 1970"
        )]
        let stamp = format!("{:014}", js_sys::Date::now() as u64);
        let (opening, abort) = abortable(self.open());
        let mut work = Work::new(Recording::new(stamp), desk);
        work.opening = Some(abort);
        self.put(Some(work));
        spawn_local(async move {
            let Ok(outcome) = opening.await else { return };
            match outcome {
                Ok(microphone) => {
                    self.with(|work| work.microphone = Some(microphone));
                    self.show(Phase::Listening);
                    self.say("Listening.");
                    self.watch().await;
                }
                Err(notice) => {
                    self.put(None);
                    self.show(Phase::Idle);
                    self.tell(notice);
                }
            }
        });
    }

    async fn open(self) -> Result<Microphone, Notice> {
        if self.dictation.options.with_untracked(Option::is_none) {
            let options = api::speech::speech_options()
                .await
                .map_err(Notice::Failed)?;
            self.dictation.options.set(Some(options));
        }
        let deaf = self.dictation.options.with_untracked(|options| {
            options
                .as_ref()
                .and_then(|options| options.deaf_because.clone())
        });
        if let Some(why) = deaf {
            return Err(Notice::Failed(AppError::new(ErrorKind::Unavailable, why)));
        }
        let on_event = move |event| match event {
            MicrophoneEvent::Heard(samples) => self.hear(&samples),
            MicrophoneEvent::Lost => self.lose(),
        };
        Microphone::open(on_event).await.map_err(Notice::Microphone)
    }

    fn hear(self, samples: &[f32]) {
        let Some((listened_ms, level, silent_ms)) = self.with(|work| {
            let recording = &mut work.recording;
            recording.hear(samples);
            (
                recording.listened_ms(),
                recording.level(),
                recording.silent_ms(),
            )
        }) else {
            return;
        };
        let dictation = self.dictation;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 100"
        )]
        change(dictation.level, (level * 100.0) as u8);
        change(dictation.elapsed_s, listened_ms / 1_000);
        change(dictation.is_silent, silent_ms >= SILENT_MS);
        self.keep();
        self.pump();
        let longest_ms = dictation.options.with_untracked(|options| {
            let longest_ms = options.as_ref().map(|options| options.max_recording_ms);
            u32::try_from(longest_ms.unwrap_or(u64::MAX)).unwrap_or(u32::MAX)
        });
        let left_ms = longest_ms.saturating_sub(listened_ms);
        change(
            dictation.left_s,
            (left_ms < WARN_MS).then_some(left_ms / 1_000),
        );
        if left_ms == 0 && dictation.phase.get_untracked() == Phase::Listening {
            self.tell(Notice::Longest(longest_ms));
            self.stop();
        }
    }

    /// A microphone that gives nothing at all, not even silence, is gone, whether or not the browser says so.
    async fn watch(self) {
        let listened = || self.with(|work| work.recording.listened_ms());
        let mut before = listened();
        loop {
            TimeoutFuture::new(WATCH_MS).await;
            let now = listened();
            if self.dictation.phase.try_get_untracked() != Some(Phase::Listening) {
                return;
            }
            if now == before {
                return self.lose();
            }
            before = now;
        }
    }

    /// The microphone is gone; what was said is not.
    fn lose(self) {
        if self.dictation.phase.try_get_untracked() == Some(Phase::Listening) {
            self.tell(Notice::Lost);
            self.show(Phase::Finishing);
            self.finish();
        }
    }

    fn stop(self) {
        if self.dictation.phase.get_untracked() != Phase::Listening {
            return self.cancel();
        }
        self.show(Phase::Finishing);
        self.say("Recording stopped.");
        spawn_local(async move {
            TimeoutFuture::new(TAIL_MS).await;
            if self.dictation.phase.try_get_untracked() == Some(Phase::Finishing) {
                self.finish();
            }
        });
    }

    fn finish(self) {
        self.with(Work::finish);
        change(self.dictation.level, 0);
        self.refresh();
        self.pump();
    }

    pub(super) fn retry(self) {
        let Some(()) = self.with(|work| work.recording.retry()) else {
            return;
        };
        self.dictation.notice.set(None);
        self.show(Phase::Finishing);
        self.refresh();
        self.pump();
    }

    /// Stops everything; what was said can be had back for a moment.
    fn cancel(self) {
        let spoken_ms = self.with(|work| {
            if let Some(opening) = work.opening.take() {
                opening.abort();
            }
            if let Some((_, abort)) = work.in_flight.take() {
                abort.abort();
            }
            work.finish();
            work.recording.spoken_ms()
        });
        self.keep();
        self.clear();
        self.show(Phase::Idle);
        let spoken_ms = spoken_ms.unwrap_or_default();
        self.say("Recording cancelled.");
        if spoken_ms < WORTH_REGRET_MS {
            return self.forget();
        }
        let notice = Notice::Cancelled(spoken_ms);
        self.tell(notice.clone());
        spawn_local(async move {
            TimeoutFuture::new(REGRET_MS).await;
            let told = self.dictation.notice.try_get_untracked().flatten();
            if told == Some(notice) {
                self.discard();
            }
        });
    }

    fn discard(self) {
        self.dictation.notice.set(None);
        self.forget();
        self.show(Phase::Idle);
    }

    /// Lets go of the recording, also where it is kept.
    pub(super) fn forget(self) {
        if let Some((shelf, names)) =
            self.with(|work| (work.desk.shelf.clone(), work.recording.names()))
        {
            self.keeper
                .try_with_value(|keeper| keeper.forget(&shelf, names));
        }
        self.put(None);
        self.clear();
    }

    /// Somebody looks at another conversation: what was said here is kept here.
    fn leave(self) {
        self.with(Work::finish);
        self.keep();
        self.put(None);
        self.clear();
        self.show(Phase::Idle);
        let _ = self.dictation.notice.try_set(None);
    }
}

/// Sets what is not so already: most blocks of sound change nothing that is seen.
pub(super) fn change<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|before| *before != value) == Some(true) {
        let _ = signal.try_set(value);
    }
}
