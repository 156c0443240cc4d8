//! `/v1/audio`: text made into speech, and speech into text.

mod speech;
mod transcription;

pub(super) use speech::speak;
pub(super) use transcription::transcribe;
