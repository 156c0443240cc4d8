//! What is to be said, and in which portions: rules that the server and the browser share; and what they tell each other
//! about speech.
//!
//! Pure functions of a text: no sound, no models, no state but that of a text that still grows.

mod languages;
mod listening;
mod pieces;
mod script;
mod sentences;
mod settings;
mod speaking;
mod spoken;

pub use languages::LANGUAGES;
pub use listening::{Transcription, TranscriptionLine};
pub use pieces::pieces;
pub use script::{Script, foreign_script, say_foreign};
pub use sentences::{SentenceSplitter, sentences};
pub use settings::{
    ListenerOption, MAX_SPEED, MIN_SPEED, SpeechOptions, SpeechSettings, VoiceChoice, VoiceOption,
};
pub use speaking::{MAX_SPOKEN_CHARS, SPEECH_RATE_HZ, SpeakRequest};
pub use spoken::{Tables, spoken_text};

#[cfg(test)]
mod tests;
