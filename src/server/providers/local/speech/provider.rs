//! The voice in this process: no key, no network, four files.
//!
//! A text is said sentence by sentence. One sentence is computed at a time, and those who wait take turns, so that a long text
//! holds nobody up; whoever does not read what was said is not computed for. Only `voice` knows the models.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::{StreamExt, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task;
use tokio_util::bytes::Bytes;

use crate::model::speech::{foreign_script, pieces, say_foreign, sentences};
use crate::server::config::LocalSpeechConfig;
use crate::server::providers::on_demand::OnDemand;
use crate::server::providers::speech::{Speech, SpeechFormat, SpeechProvider, SpeechRequest};
use crate::server::providers::{ProviderError, ProviderErrorKind};
use voice::{MAX_SOUNDS, Voice, VoiceFiles};

mod sounds;
#[cfg(test)]
mod tests;
mod unknown_words;
mod vocoder;
mod voice;
mod wave;
mod writing;

/// What the one voice is called.
const VOICE: &str = "heart";
/// Longest text that is said at once, in characters: about an hour and a half.
const MAX_CHARS: usize = 100_000;
/// Longest part of a sentence that is read at once, in characters.
const MAX_PIECE_CHARS: usize = 300;

/// Speech by a model in this process.
///
/// Making one is cheap; the model is loaded by [`LocalSpeech::warm_up`] or by the first request.
pub struct LocalSpeech {
    shared: Arc<Shared>,
    /// Those that wait for their first sound.
    places: Arc<Semaphore>,
    waiting: usize,
    /// The one that computes. It is given in the order in which it is asked for.
    turn: Arc<Semaphore>,
}

struct Shared {
    files: VoiceFiles,
    voice: OnDemand<Voice>,
}

impl Shared {
    fn voice(&self) -> Result<Arc<Voice>, ProviderError> {
        let load = || Voice::load(&self.files);
        self.voice.get(&self.files.model, load)
    }
}

impl LocalSpeech {
    /// A local voice that is not loaded yet.
    #[must_use]
    pub fn new(config: LocalSpeechConfig) -> Self {
        Self {
            shared: Arc::new(Shared {
                files: VoiceFiles::beside(config.model_path),
                voice: OnDemand::new("the local voice"),
            }),
            places: Arc::new(Semaphore::new(config.queue + 1)),
            waiting: config.queue,
            turn: Arc::new(Semaphore::new(1)),
        }
    }

    /// Why the voice cannot be used, in a sentence, or `None` when it can as far as one knows without loading it.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        self.shared.files.check().err().map(|error| error.message)
    }

    /// Loads the voice in the background, so that the first sentence need not wait for it.
    pub fn warm_up(&self) {
        let shared = Arc::clone(&self.shared);
        if shared.files.check().is_ok() {
            task::spawn_blocking(move || shared.voice().map(drop));
        }
    }
}

#[async_trait]
impl SpeechProvider for LocalSpeech {
    fn default_format(&self) -> SpeechFormat {
        SpeechFormat::Wav
    }

    fn max_chars(&self) -> usize {
        MAX_CHARS
    }

    async fn speak(&self, request: SpeechRequest) -> Result<Speech, ProviderError> {
        check(&request)?;
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| busy(self.waiting))?;
        let mut saying = Saying {
            shared: Arc::clone(&self.shared),
            turn: Arc::clone(&self.turn),
            span: tracing::Span::current(),
            left: Left::of(&request),
        };
        let first = saying.next().await?.ok_or_else(nothing_to_say)?;
        drop(place);
        let head = match request.format {
            SpeechFormat::Wav => wave::header(),
            _ => Bytes::new(),
        };
        let begin = [head, first].map(Ok);
        let begin = stream::iter(
            begin
                .into_iter()
                .filter(|piece| !matches!(piece, Ok(bytes) if bytes.is_empty())),
        );
        let rest = stream::try_unfold(saying, |mut saying| async move {
            Ok(saying.next().await?.map(|piece| (piece, saying)))
        });
        Ok(Speech {
            media_type: request.format.media_type().to_owned(),
            bytes: begin.chain(rest).boxed(),
        })
    }
}

/// One text on its way to sound. Dropping it ends it with the piece that is computed just now.
struct Saying {
    shared: Arc<Shared>,
    turn: Arc<Semaphore>,
    span: tracing::Span,
    left: Left,
}

/// What is still to be said.
#[derive(Default)]
struct Left {
    sentences: VecDeque<String>,
    /// The rest of the sentence that is being said, as the voice's sounds.
    sounds: VecDeque<String>,
    speed: f32,
}

impl Left {
    fn of(request: &SpeechRequest) -> Self {
        let text = say_foreign(&request.text);
        let short = sentences(&text)
            .into_iter()
            .flat_map(|sentence| pieces(sentence, MAX_PIECE_CHARS))
            .map(ToOwned::to_owned)
            .collect();
        Self {
            sentences: short,
            sounds: VecDeque::new(),
            speed: request.speed.unwrap_or(1.0).clamp(0.25, 4.0),
        }
    }

    /// Computes the next piece; `None` at the end.
    fn say(&mut self, voice: &Voice) -> Result<Option<Bytes>, ProviderError> {
        loop {
            if let Some(sounds) = self.sounds.pop_front() {
                let samples = voice.say(&sounds, self.speed)?;
                if !samples.is_empty() {
                    return Ok(Some(wave::pcm(&samples)));
                }
            } else if let Some(sentence) = self.sentences.pop_front() {
                let sounds = voice.read(&sentence);
                // Slow speech is longer, and its memory must not be.
                let most = if self.speed < 1.0 {
                    MAX_SOUNDS / 4
                } else {
                    MAX_SOUNDS
                };
                self.sounds = pieces(&sounds, most)
                    .into_iter()
                    .map(ToOwned::to_owned)
                    .collect();
            } else {
                return Ok(None);
            }
        }
    }
}

impl Saying {
    async fn next(&mut self) -> Result<Option<Bytes>, ProviderError> {
        let turn = Arc::clone(&self.turn).acquire_owned().await;
        let turn = turn.map_err(|_| stopped())?;
        let (shared, span, mut left) = (
            Arc::clone(&self.shared),
            self.span.clone(),
            std::mem::take(&mut self.left),
        );
        // The turn ends with the computation, even when nobody waits for it any more.
        let compute = move || -> Computed {
            let _turn: OwnedSemaphorePermit = turn;
            let _inside = span.entered();
            let said = shared.voice().and_then(|voice| left.say(&voice));
            (said, left)
        };
        let (said, left) = task::spawn_blocking(compute).await.map_err(|error| {
            tracing::error!(%error, "the local voice failed");
            stopped()
        })?;
        self.left = left;
        said
    }
}

type Computed = (Result<Option<Bytes>, ProviderError>, Left);

fn check(request: &SpeechRequest) -> Result<(), ProviderError> {
    let problem = if !matches!(request.voice.as_str(), VOICE | "default") {
        format!(
            "The local voice is called `{VOICE}`, and there is no `{}` here.",
            request.voice
        )
    } else if !matches!(request.format, SpeechFormat::Wav | SpeechFormat::Pcm) {
        format!(
            "The local voice gives `wav` and `pcm`, not `{}`. Ask for one of these, or choose another speech model.",
            request.format.as_str()
        )
    } else if request.text.chars().count() > MAX_CHARS {
        format!("The local voice reads {MAX_CHARS} characters at once. Send the text in parts.")
    } else if let Some(script) = foreign_script(&request.text) {
        format!(
            "The local voice only reads English, and most of this text is in {}. Choose a speech model that speaks its language.",
            script.name()
        )
    } else if !request.text.contains(char::is_alphanumeric) {
        return Err(nothing_to_say());
    } else {
        return Ok(());
    };
    Err(ProviderError::new(ProviderErrorKind::BadRequest, problem))
}

fn nothing_to_say() -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::BadRequest,
        "There is nothing to say in this text: it has no words.",
    )
}

fn busy(waiting: usize) -> ProviderError {
    let message = format!(
        "The local voice is busy, and {waiting} others are waiting for it. Try again in a moment."
    );
    ProviderError {
        retry_after: Some(Duration::from_secs(5)),
        ..ProviderError::new(ProviderErrorKind::Busy, message)
    }
}

/// A bug met this sentence, or the server is shutting down.
fn stopped() -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::Disconnected,
        "The local voice stopped before the text was said. Try again.",
    )
}
