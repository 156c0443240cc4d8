//! The models that run inside this process. What computes them is chosen in `lib.rs`, by the feature `local`: the files in
//! `local/`, or, without it, a sentence that says so.

pub use crate::local_chat::LocalChat;
pub use crate::local_speech::LocalSpeech;
pub use crate::local_transcription::LocalTranscription;
