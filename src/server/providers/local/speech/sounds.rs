//! From a sentence to the voice's alphabet.

use misaki_rs::{G2P, Language};

use super::unknown_words::UnknownWords;

/// Signs that stand for words, and spellings that the reader takes for something else.
const WORDS: [(char, &str); 27] = [
    ('’', "'"),
    ('‘', "'"),
    ('=', " equals "),
    ('<', " less than "),
    ('>', " greater than "),
    ('≤', " at most "),
    ('≥', " at least "),
    ('≠', " is not "),
    ('≈', " about "),
    ('±', " plus or minus "),
    ('×', " times "),
    ('÷', " divided by "),
    ('√', " the root of "),
    ('∞', " infinity "),
    ('°', " degrees "),
    ('§', " section "),
    ('©', " copyright "),
    ('½', " one half "),
    ('¼', " one quarter "),
    ('¾', " three quarters "),
    ('²', " squared "),
    ('³', " cubed "),
    ('→', " to "),
    ('•', " "),
    ('|', ", "),
    ('*', " "),
    ('`', " "),
];

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

/// A sentence with its signs as words.
fn written_out(sentence: &str) -> String {
    let mut written = String::with_capacity(sentence.len());
    for character in sentence.chars() {
        match WORDS.iter().find(|(sign, _)| *sign == character) {
            Some((_, words)) => written.push_str(words),
            None if character.is_control() => written.push(' '),
            None => written.push(character),
        }
    }
    let words: Vec<_> = written
        .split_whitespace()
        .map(|word| match word {
            "-" | "–" | "--" => "—",
            word => word,
        })
        .collect();
    words.join(" ")
}
