//! A recording with all that is under way for it.

use super::{
    recording::{Recording, Sent},
    state::Desk,
};
use crate::browser::microphone::Microphone;
use futures::future::AbortHandle;

/// A recording that goes on or waits for somebody.
pub(super) struct Work {
    pub(super) recording: Recording,
    pub(super) desk: Desk,
    /// While it is on.
    pub(super) microphone: Option<Microphone>,
    /// Breaks the question for the microphone off.
    pub(super) opening: Option<AbortHandle>,
    /// What was sent and is not answered yet, and what breaks that off.
    pub(super) in_flight: Option<(Sent, AbortHandle)>,
    /// How much of it was kept when what was being said was kept last, in milliseconds.
    pub(super) kept_ms: u32,
}

impl Drop for Work {
    fn drop(&mut self) {
        let in_flight = self.in_flight.take().map(|(_, abort)| abort);
        for abort in self.opening.take().into_iter().chain(in_flight) {
            abort.abort();
        }
    }
}

impl Work {
    pub(super) fn new(recording: Recording, desk: Desk) -> Self {
        Self {
            recording,
            desk,
            microphone: None,
            opening: None,
            in_flight: None,
            kept_ms: 0,
        }
    }

    /// Switches the microphone off; what was said is complete.
    pub(super) fn finish(&mut self) {
        self.microphone = None;
        self.recording.finish();
        self.recording.retry();
    }
}
