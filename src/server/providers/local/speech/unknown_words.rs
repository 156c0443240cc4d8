//! Words that are in no dictionary: a small model reads them letter by letter, as the voice's package has it.

use std::collections::HashMap;
use std::sync::Arc;

use misaki_rs::fallback::{Fallback, FallbackError};
use rten::{Model, NodeId, RunOptions, ThreadPool, Value};
use serde::Deserialize;

use super::voice::single;

/// What the model reads and writes, as its file has it.
#[derive(Deserialize)]
pub struct Letters {
    #[serde(rename = "in")]
    letters: Vec<String>,
    #[serde(rename = "out")]
    sounds: Vec<String>,
    /// Longest word, in letters.
    maxlen: usize,
}

/// Digits within words, for a number by itself is read elsewhere.
const DIGITS: [&str; 10] = [
    "zˈɪɹO",
    "wˈʌn",
    "tˈu",
    "θɹˈi",
    "fˈɔɹ",
    "fˈIv",
    "sˈɪks",
    "sˈɛvən",
    "ˈAt",
    "nˈIn",
];

/// Signs that are read, as the voice's package reads them.
const SIGNS: [(char, &str); 14] = [
    ('/', "slˈæʃ"),
    ('\\', "bˈækslˌæʃ"),
    ('=', "ˈikwᵊlz"),
    ('+', "plˈʌs"),
    ('&', "ænd"),
    ('@', "æt"),
    ('%', "pəɹsˈɛnt"),
    ('#', "hˈæʃ"),
    ('*', "ˈæstəɹˌɪsk"),
    ('~', "tˈɪldə"),
    ('^', "kˈɛɹət"),
    ('<', "lˈɛs ðən"),
    ('>', "ɡɹˈATəɹ ðən"),
    ('—', "—"),
];

/// Reads words that no dictionary has.
pub struct UnknownWords {
    model: Model,
    input: NodeId,
    output: NodeId,
    letters: HashMap<char, i32>,
    /// The first is number 1; 0 is none.
    sounds: Vec<String>,
    longest: usize,
    threads: Arc<ThreadPool>,
}

/// What stands together in a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    Sign,
}

impl Kind {
    fn of(character: char) -> Self {
        match character {
            '\'' | '’' => Self::Letter,
            _ if character.is_alphabetic() => Self::Letter,
            _ if character.is_ascii_digit() => Self::Digit,
            _ => Self::Sign,
        }
    }
}

impl UnknownWords {
    /// `None` for a model that does not read words.
    pub fn new(model: Model, known: Letters, threads: Arc<ThreadPool>) -> Option<Self> {
        let numbers = known.letters.iter().zip(1..);
        Some(Self {
            input: model.node_id("chars").ok()?,
            output: *model.output_ids().first()?,
            letters: numbers
                .filter_map(|(letter, number)| Some((single(letter)?, number)))
                .collect(),
            sounds: known.sounds,
            longest: known.maxlen.max(1),
            threads,
            model,
        })
    }

    /// The sounds of a word of whatever kind; empty where nothing of it can be said.
    pub fn read(&self, word: &str) -> String {
        let mut read = Vec::new();
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            let kind = Kind::of(first);
            let end = rest
                .find(|each| Kind::of(each) != kind)
                .unwrap_or(rest.len());
            let (part, after) = rest.split_at(end);
            rest = after;
            let sounds = match kind {
                Kind::Letter => self.letters(part),
                Kind::Digit => digits(part),
                Kind::Sign => signs(part),
            };
            if !sounds.is_empty() {
                read.push(sounds);
            }
        }
        read.join(" ")
    }

    /// A word longer than the model takes is read in parts.
    fn letters(&self, word: &str) -> String {
        let known = word
            .chars()
            .filter_map(|letter| self.letters.get(&letter).copied());
        let numbers: Vec<i32> = known.collect();
        let parts = numbers.chunks(self.longest);
        parts.filter_map(|part| self.run(part.to_vec())).collect()
    }

    /// The model tells a sound for each place, the same one again while it lasts, and 0 for none.
    fn run(&self, letters: Vec<i32>) -> Option<String> {
        let input = Value::from_shape([1, letters.len()], letters).ok()?;
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.threads)));
        let inputs = vec![(self.input, input.into())];
        let [output] = self
            .model
            .run_n(inputs, [self.output], Some(options))
            .inspect_err(|error| tracing::error!(%error, "an unknown word could not be read"))
            .ok()?;
        let (_, numbers) = output.into_shape_vec::<i32, 2>().ok()?;
        let mut before = 0;
        let mut read = String::new();
        for number in numbers {
            if number != before
                && let Ok(index) = usize::try_from(number - 1)
                && let Some(sound) = self.sounds.get(index)
            {
                read.push_str(sound);
            }
            before = number;
        }
        Some(read)
    }
}

impl Fallback for UnknownWords {
    fn phonemize(&self, word: &str) -> Result<String, FallbackError> {
        Ok(self.read(word))
    }
}

fn digits(digits: &str) -> String {
    let read = digits.chars().filter_map(|digit| digit.to_digit(10));
    let read = read.filter_map(|digit| DIGITS.get(usize::try_from(digit).ok()?).copied());
    read.collect::<Vec<_>>().join(" ")
}

fn signs(signs: &str) -> String {
    let read = signs.chars().filter_map(|sign| {
        let (_, sounds) = SIGNS.iter().find(|(known, _)| *known == sign)?;
        Some(*sounds)
    });
    read.collect::<Vec<_>>().join(" ")
}
