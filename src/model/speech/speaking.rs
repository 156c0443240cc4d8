//! Text made into speech.

use crate::model::{AppError, AppResult, ids::MessageId};
use serde::{Deserialize, Serialize};

/// Longest text that is spoken at once, in characters: more than ten minutes.
pub const MAX_SPOKEN_CHARS: usize = 10_000;
/// Samples a second of speech on its way to the browser: 16-bit, little-endian, one channel.
pub const SPEECH_RATE_HZ: u32 = 24_000;

/// What is to be said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpeakRequest {
    /// Prose: markdown has been made into it by [`super::spoken_text`].
    pub text: String,
    /// The answer that it belongs to.
    #[serde(default)]
    pub message: Option<MessageId>,
    /// Who speaks; where it is missing, whom the message's assistant, else the person, else the server prefers.
    #[serde(default)]
    pub tool: Option<String>,
    /// With which voice; the tool's first where it is missing.
    #[serde(default)]
    pub voice: Option<String>,
}

impl SpeakRequest {
    /// The request with its text tidied, or what is wrong with it.
    ///
    /// # Errors
    /// A sentence about `text`.
    pub fn checked(self) -> AppResult<Self> {
        let text = self.text.replace('\0', "");
        let text = text.trim();
        if !text.contains(char::is_alphanumeric) {
            return Err(AppError::field(
                "text",
                "There is nothing to say in this text: it has no words.",
            ));
        }
        if text.chars().count() > MAX_SPOKEN_CHARS {
            return Err(AppError::field(
                "text",
                format!(
                    "At most {MAX_SPOKEN_CHARS} characters are said at once. Send the text in parts."
                ),
            ));
        }
        let named = |name: Option<String>| name.filter(|name| !name.is_empty());
        Ok(Self {
            text: text.to_owned(),
            message: self.message,
            tool: named(self.tool),
            voice: named(self.voice),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> AppResult<SpeakRequest> {
        let text = text.to_owned();
        SpeakRequest {
            text,
            ..SpeakRequest::default()
        }
        .checked()
    }

    #[test]
    fn what_is_said_has_words_and_a_length() {
        assert_eq!(
            of(" Hello.\0 ").map(|said| said.text).as_deref(),
            Ok("Hello.")
        );
        assert!(of("x".repeat(MAX_SPOKEN_CHARS).as_str()).is_ok());
        for (text, told) in [
            ("", "no words"),
            (" … \n", "no words"),
            (&"ä".repeat(MAX_SPOKEN_CHARS + 1), "10000 characters"),
        ] {
            let error = of(text).expect_err("refused");
            assert!(error.message.contains(told), "{}", error.message);
        }
    }
}
