//! Having speech made into text by the server.

use crate::{
    api,
    model::{
        AppError, AppResult,
        speech::{LISTENING_RATE, Transcription, wav},
    },
};
use js_sys::{Array, Uint8Array};
use web_sys::{Blob, BlobPropertyBag, FormData};

/// Longest part of the words before that is sent along, in characters: it helps to hear, and costs.
const MAX_PROMPT_CHARS: usize = 240;

/// Sends sound of one channel at [`LISTENING_RATE`] and gives what is said in it; no words where nobody speaks. The language
/// is found out where it is missing; `prompt` are the words before. Who drops the future breaks the request off.
///
/// # Errors
/// What the server says; `Network` when it could not be reached.
pub async fn transcribe(
    audio: &[f32],
    language: Option<&str>,
    prompt: &str,
) -> AppResult<Transcription> {
    let file = wav::encode(audio, LISTENING_RATE);
    transcribe_file(&file, language, prompt).await
}

/// The same for a recording that is a file already.
///
/// # Errors
/// What the server says; `Network` when it could not be reached.
pub async fn transcribe_file(
    wav: &[u8],
    language: Option<&str>,
    prompt: &str,
) -> AppResult<Transcription> {
    // A browser that cannot make a form of a few fields has no memory left.
    let form = form(wav, language, prompt).ok_or_else(AppError::internal)?;
    api::speech::transcribe(form.into()).await
}

/// What the recording is has to stand before it: the server listens while it comes.
fn form(wav: &[u8], language: Option<&str>, prompt: &str) -> Option<FormData> {
    let form = FormData::new().ok()?;
    if let Some(language) = language {
        form.append_with_str("language", language).ok()?;
    }
    let prompt = end_of(prompt);
    if !prompt.is_empty() {
        form.append_with_str("prompt", prompt).ok()?;
    }
    let options = BlobPropertyBag::new();
    options.set_type("audio/wav");
    let parts = Array::of1(&Uint8Array::from(wav));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
    form.append_with_blob_and_filename("audio", &blob, "speech.wav")
        .ok()?;
    Some(form)
}

/// The last words of a text.
fn end_of(text: &str) -> &str {
    let text = text.trim();
    let Some((start, _)) = text.char_indices().rev().nth(MAX_PROMPT_CHARS) else {
        return text;
    };
    let end = &text[start..];
    end.split_once(char::is_whitespace)
        .map_or(end, |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_of_a_long_text_are_sent_along() {
        assert_eq!(end_of("  a few words "), "a few words");
        let long = "wörter ".repeat(100);
        let end = end_of(&long);
        assert!(end.chars().count() <= MAX_PROMPT_CHARS && end.chars().count() > 200);
        assert!(end.split(' ').all(|word| word == "wörter"));
        assert_eq!(
            end_of(&"字".repeat(300)).chars().count(),
            MAX_PROMPT_CHARS + 1
        );
    }
}
