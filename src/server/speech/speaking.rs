//! Texts made into sound.

use super::{Speaker, Speech, Turn, cache::SoundKey};
use crate::{
    model::{
        AppResult,
        ids::UserId,
        speech::{SpeakRequest, pieces, sentences},
    },
    server::providers::{
        ProviderError, ProviderErrorKind,
        speech::{self, SpeechFormat, SpeechRequest},
    },
};
use futures::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use tokio_util::bytes::Bytes;

/// Sound on its way to a page; it ends whole or with a failure.
pub type SoundStream = BoxStream<'static, AppResult<Bytes>>;

impl Speech {
    /// Says a text to a person, as it is made, or as it was kept: 16-bit samples, 24,000 a second, one channel. Dropping it
    /// stops it, with whoever speaks too.
    ///
    /// # Errors
    /// A sentence about what cannot be as it is, or why nobody says it.
    pub async fn speak(&self, user: UserId, request: SpeakRequest) -> AppResult<SoundStream> {
        let request = request.checked()?;
        let (speaker, voice) = self.choose_speaker(user, &request).await?;
        let key = SoundKey::of(&speaker.tool, &voice, &request.text);
        if let Some(kept) = self.cache.find(user, &key).await {
            return Ok(kept);
        }
        let turn = self.turn_to_be_told(user).await?;
        let wanted = SpeechRequest {
            model: speaker.tool.model_id().to_owned(),
            text: request.text.clone(),
            voice,
            format: SpeechFormat::Pcm,
            speed: None,
            instructions: None,
        };
        let said = self.say(turn, &speaker, wanted).await?;
        check_form(&speaker, &said.media_type)?;
        if let Some(message) = request.message {
            let chars = u32::try_from(request.text.chars().count()).unwrap_or(u32::MAX);
            self.db.add_spoken_chars(user, message, chars).await?;
        }
        let sound = said.bytes.map_err(Into::into).boxed();
        Ok(self.cache.keep(user, key, sound))
    }

    /// Waits until it is the person's turn to be told something.
    ///
    /// # Errors
    /// `RateLimited` when too many of theirs wait already.
    pub async fn turn_to_be_told(&self, user: UserId) -> AppResult<Turn> {
        self.speaking.take(user).await
    }

    /// Has a text said, in somebody's turn: in parts, where it is longer than whoever speaks takes at once.
    ///
    /// # Errors
    /// When it is refused before a sound comes.
    pub async fn say(
        &self,
        turn: Turn,
        speaker: &Speaker,
        request: SpeechRequest,
    ) -> Result<speech::Speech, ProviderError> {
        let mut parts = portions(&request.text, speaker.provider.max_chars()).into_iter();
        let part = |text| SpeechRequest {
            text,
            ..request.clone()
        };
        let first = part(parts.next().unwrap_or_default());
        let first = speaker.provider.speak(first).await?;
        let rest: Vec<_> = parts.map(part).collect();
        let provider = speaker.provider.clone();
        let rest = stream::iter(rest)
            .then(move |part| {
                let provider = provider.clone();
                async move { provider.speak(part).await.map(|said| said.bytes) }
            })
            .try_flatten();
        Ok(speech::Speech {
            media_type: first.media_type,
            bytes: turn.during(first.bytes.chain(rest).boxed()),
        })
    }
}

/// Servers that do not know a form send another, which would be noise.
fn check_form(speaker: &Speaker, media_type: &str) -> Result<(), ProviderError> {
    let kind = media_type.split(';').next().unwrap_or_default().trim();
    if matches!(kind, "audio/pcm" | "audio/l16" | "audio/L16" | "audio/raw") {
        return Ok(());
    }
    let message = format!(
        "{} answers with {kind} where plain samples were asked for, which cannot be played. Choose another voice.",
        speaker.tool.name
    );
    Err(ProviderError::new(ProviderErrorKind::Protocol, message))
}

/// A text in parts of at most so many characters, each of as many whole sentences as fit.
fn portions(text: &str, max_chars: usize) -> Vec<String> {
    if text.chars().count() <= max_chars {
        return vec![text.to_owned()];
    }
    let mut portions: Vec<String> = Vec::new();
    let mut room = 0;
    let short = sentences(text)
        .into_iter()
        .flat_map(|sentence| pieces(sentence, max_chars));
    for piece in short {
        let length = piece.chars().count() + 1;
        match portions.last_mut() {
            Some(portion) if length <= room => {
                portion.push(' ');
                portion.push_str(piece);
                room -= length;
            }
            _ => {
                portions.push(piece.to_owned());
                room = max_chars.saturating_sub(length - 1);
            }
        }
    }
    portions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_said_in_whole_sentences() {
        assert_eq!(portions("One. Two.", 100), ["One. Two."]);
        assert_eq!(
            portions("One is here. Two is here. Three is here.", 26),
            ["One is here. Two is here.", "Three is here."]
        );
        let endless = "word ".repeat(3_000);
        let parts = portions(&endless, 4_096);
        assert!(parts.iter().all(|part| part.chars().count() <= 4_096));
        let words: usize = parts.iter().map(|part| part.split(' ').count()).sum();
        assert_eq!((parts.len(), words), (4, 3_000));
    }
}
