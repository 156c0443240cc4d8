//! Speech: what is to be said and in which portions, when somebody speaks, and sound as numbers: rules that the server and
//! the browser share; and what they tell each other about speech.
//!
//! Pure functions of texts and of samples: no devices, no models, no state but that of what still grows.

mod activity;
pub mod call;
mod dictated;
mod growing;
mod languages;
mod listening;
pub mod on_page;
mod pieces;
mod resampling;
mod room;
mod script;
mod sentences;
mod settings;
mod speaking;
mod spoken;
pub mod tempo;
mod trim;
pub mod wav;

pub use activity::{
    Activity, ActivityDetector, ActivityRules, LISTENING_RATE, milliseconds, samples,
};
pub use dictated::{join, place};
pub use growing::{GrowingSpeech, Sentence};
pub use languages::LANGUAGES;
pub use listening::{Transcription, TranscriptionLine};
pub use pieces::pieces;
pub use resampling::Resampler;
pub use script::{Script, foreign_script, say_foreign};
pub use sentences::{SentenceSplitter, sentences};
pub use settings::{
    ListenerOption, MAX_SPEED, MIN_SPEED, SPEED_PERCENTS, SpeechOptions, SpeechSettings,
    VoiceChoice, VoiceOption, checked_speed,
};
pub use speaking::{MAX_SPOKEN_CHARS, SPEECH_RATE_HZ, SpeakRequest};
pub use spoken::{Tables, spoken_text};
pub use trim::Trimmer;

#[cfg(test)]
mod tests;
