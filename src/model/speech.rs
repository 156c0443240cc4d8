//! What is to be said, and in which portions: rules that the server and the browser share.
//!
//! Pure functions of a text: no sound, no models, no state but that of a text that still grows.

mod pieces;
mod script;
mod sentences;
mod spoken;

pub use pieces::pieces;
pub use script::{Script, foreign_script, say_foreign};
pub use sentences::{SentenceSplitter, sentences};
pub use spoken::{Tables, spoken_text};

#[cfg(test)]
mod tests;
