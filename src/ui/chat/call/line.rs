//! The microphone of a call, and what is asked about its sound.

use super::driver::Driver;
use crate::{
    browser::{
        microphone::{Microphone, MicrophoneEvent},
        transcribe::transcribe,
    },
    model::speech::call::{CallErrand, CallEvent},
    ui::chat::dictation::{explained::explained, flow::spoken},
};
use futures::future::{AbortHandle, abortable};
use leptos::{__reexports::send_wrapper::SendWrapper, prelude::*, task::spawn_local};

/// What a call holds of the browser.
#[derive(Default)]
pub(super) struct Line {
    microphone: Option<SendWrapper<Microphone>>,
    /// Breaks the question for the microphone off.
    opening: Option<AbortHandle>,
    /// Breaks off what is being made into words.
    asking: Option<AbortHandle>,
}

impl Drop for Line {
    fn drop(&mut self) {
        let both = self.opening.take().into_iter().chain(self.asking.take());
        both.for_each(|it| it.abort());
    }
}

impl Driver {
    /// Lets go of everything.
    pub(super) fn close_line(self) {
        let closed = self.line.try_update_value(std::mem::take);
        drop(closed);
        let _ = self.level.try_set(0);
    }

    pub(super) fn open_microphone(self) {
        let on_event = move |event| match event {
            MicrophoneEvent::Heard(samples) => self.hear(&samples),
            MicrophoneEvent::Lost => self.lose(),
        };
        let (opening, abort) = abortable(Microphone::open(on_event));
        let _ = self
            .line
            .try_update_value(|line| line.opening = Some(abort));
        spawn_local(async move {
            let Ok(outcome) = opening.await else { return };
            match outcome {
                Ok(microphone) => {
                    let microphone = SendWrapper::new(microphone);
                    let hold = |line: &mut Line| line.microphone = Some(microphone);
                    // A call that is over lets it go here.
                    if self.line.try_update_value(hold).is_some() {
                        self.on(CallEvent::Opened);
                    }
                }
                Err(problem) => self.on(CallEvent::NoMicrophone(explained(problem).to_owned())),
            }
        });
    }

    /// The microphone is gone. What it called this with is not dropped while it calls.
    fn lose(self) {
        spawn_local(async move {
            let gone = self.line.try_update_value(|line| line.microphone.take());
            drop(gone);
            let _ = self.level.try_set(0);
            self.on(CallEvent::Lost);
        });
    }

    pub(super) fn transcribe(self, errand: CallErrand) {
        let CallErrand {
            place,
            audio,
            before,
        } = errand;
        let options = self.session.dictation.options;
        let language = options
            .try_with_untracked(|options| options.as_ref().and_then(spoken))
            .flatten();
        let (asking, abort) =
            abortable(async move { transcribe(&audio, language.as_deref(), &before).await });
        let before = self
            .line
            .try_update_value(|line| line.asking.replace(abort));
        if let Some(before) = before.flatten() {
            before.abort();
        }
        spawn_local(async move {
            if let Ok(answer) = asking.await {
                self.on(CallEvent::Transcribed(place, answer));
            }
        });
    }
}
