//! All of an answer's speech as one file.

use super::{Player, fetching::fetch};
use crate::{
    browser::download::download_bytes,
    model::{
        AppResult,
        speech::{SPEECH_RATE_HZ, wav},
    },
};
use futures::future::abortable;
use leptos::{prelude::*, task::spawn_local};

/// Longest name of a file without its ending, in characters.
const MAX_NAME_CHARS: usize = 40;

impl Player {
    /// Hands out the file, once every sentence was spoken. What was read already is asked for again: the server kept it.
    pub(super) fn save(&self) {
        let texts: Vec<String> = match self.reading.borrow().as_ref() {
            Some(reading) if reading.saving.is_none() && reading.lines.is_whole() => {
                let lines = reading.lines.iter();
                lines.map(|line| line.sentence.text.clone()).collect()
            }
            _ => return,
        };
        let Some(player) = self.me.upgrade() else {
            return;
        };
        let (saving, stop) = abortable(async move {
            let outcome = player.write(&texts).await;
            player.reader.saving.set(None);
            player.change(|reading| reading.saving = None);
            if let Err(problem) = outcome {
                player.reader.save_problem.set(Some(problem));
            }
        });
        self.change(|reading| reading.saving = Some(stop));
        self.reader.save_problem.set(None);
        self.reader.saving.set(Some(0));
        spawn_local(async move {
            let _ = saving.await;
        });
    }

    async fn write(&self, texts: &[String]) -> AppResult<()> {
        let mut sound = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let percent = index * 100 / texts.len();
            self.reader.saving.set(u8::try_from(percent).ok());
            let request = self.request(text.clone());
            fetch(request, |samples| sound.extend_from_slice(&samples)).await?;
        }
        let first = texts.first().map(String::as_str).unwrap_or_default();
        let file = wav::encode(&sound, SPEECH_RATE_HZ);
        download_bytes(&file_name(first), "audio/wav", &file);
        Ok(())
    }
}

/// A file's name by the first words in it.
fn file_name(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    let mut name = String::new();
    for word in words.filter(|word| !word.is_empty()) {
        if name.chars().count() + word.chars().count() > MAX_NAME_CHARS {
            break;
        }
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(&word.to_lowercase());
    }
    if name.is_empty() {
        name.push_str("answer");
    }
    name + ".wav"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_its_first_words() {
        assert_eq!(
            file_name("It costs $9.99, doesn't it?"),
            "it-costs-9-99-doesn-t-it.wav"
        );
        assert_eq!(file_name("…"), "answer.wav");
        assert_eq!(file_name(&"x".repeat(99)), "answer.wav");
    }
}
