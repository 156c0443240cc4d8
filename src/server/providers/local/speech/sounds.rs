//! From a sentence to the voice's alphabet.

use misaki_rs::{G2P, Language};

use super::unknown_words::UnknownWords;
use super::writing::written_out;

/// Reads sentences.
pub struct Sounds {
    reader: G2P,
}

impl Sounds {
    /// A reader of American English. Takes about a second: it holds its dictionaries in memory.
    pub fn new(unknown_words: UnknownWords) -> Self {
        let mut reader = G2P::with_fallback(Language::EnglishUS, Some(Box::new(unknown_words)));
        // What even the model for unknown words cannot read is left out.
        reader.unk = String::new();
        Self { reader }
    }

    /// How a sentence sounds.
    pub fn of(&self, sentence: &str) -> String {
        match self.reader.g2p(&written_out(sentence)) {
            Ok((sounds, _)) => sounds.trim().replace('ɾ', "T").replace('ʔ', "t"),
            Err(error) => {
                tracing::warn!(%error, "a sentence could not be read");
                String::new()
            }
        }
    }
}
