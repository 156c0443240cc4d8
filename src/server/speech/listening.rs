//! Recordings made into text.

use super::{
    Listener, Speech, Turn,
    recording::{Recording, Room, wav_ms},
};
use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        file::FileKind,
        ids::{FileId, TranscriptionId, UserId},
        speech::{Transcription, TranscriptionLine},
    },
    server::{
        db::files::FileRecord,
        providers::{
            ProviderError, ProviderErrorKind,
            transcription::{TranscriptionEvent, TranscriptionRequest, TranscriptionStream},
        },
    },
};
use futures::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use std::{io, sync::Arc};
use tokio_util::bytes::Bytes;

/// Longest prompt, in characters: what models look at of it.
const MAX_PROMPT_CHARS: usize = 1_000;
/// As much of a file as is looked at to tell how long it plays.
const HEAD_BYTES: u64 = 4_096;

/// What is known of a recording before it is heard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// Who is to listen.
    pub tool: Option<String>,
    /// The language spoken, as ISO 639-1 has it.
    pub language: Option<String>,
    /// The words before.
    pub prompt: Option<String>,
}

impl Speech {
    /// Waits until it is the person's turn to be listened to. To be taken before their recording is read.
    ///
    /// # Errors
    /// `RateLimited` when too many of theirs wait already.
    pub async fn turn_to_be_heard(&self, user: UserId) -> AppResult<Turn> {
        self.listening.take(user).await
    }

    /// Waits for room in the memory: whoever comes with a recording takes some before they read it.
    ///
    /// # Errors
    /// When the server is stopping.
    pub async fn room(&self) -> AppResult<Room> {
        let room = Arc::clone(&self.rooms).acquire_owned().await;
        room.map(Room::from).map_err(|_| AppError::internal())
    }

    /// What was said in a recording. Where nobody spoke there are no words, and that is no failure.
    ///
    /// # Errors
    /// A sentence when it is no recording, too large or too long, or nobody listens.
    pub async fn transcribe(
        &self,
        user: UserId,
        turn: Turn,
        recording: Recording,
        hints: Hints,
    ) -> AppResult<Transcription> {
        let language = self.language(user, hints.language).await?;
        let listener = self
            .choose_listener(user, hints.tool.as_deref(), language.as_deref())
            .await?;
        let length_ms = recording.length_ms();
        self.check_length(length_ms)?;
        let hints = Hints { language, ..hints };
        let mut words = self
            .listen(turn, &listener, recording, hints, false)
            .await?;
        while let Some(event) = words.next().await {
            if let TranscriptionEvent::Done { text, heard_ms } = event? {
                return self.remember(user, text, length_ms.or(heard_ms)).await;
            }
        }
        Err(broken_off().into())
    }

    /// What is said in one of a person's files, as it is found. It ends with all of it, or with what went wrong.
    ///
    /// # Errors
    /// `NotFound`; a sentence when it is no recording, too large or too long, or nobody listens.
    pub async fn transcribe_file(
        &self,
        user: UserId,
        file: FileId,
        tool: Option<String>,
        language: Option<String>,
    ) -> AppResult<BoxStream<'static, TranscriptionLine>> {
        let file = self.files.get(user, file).await?;
        // What nobody here recognises may be sound all the same.
        let kind = file.view.kind;
        if !matches!(kind, FileKind::Audio | FileKind::Video | FileKind::Other) {
            return Err(no_recording(&file.view.name));
        }
        let tool = tool.filter(|tool| !tool.is_empty());
        let language = self.language(user, language).await?;
        let listener = self
            .choose_listener(user, tool.as_deref(), language.as_deref())
            .await?;
        let length_ms = self.length_of(&file).await?;
        self.check_length(length_ms)?;
        let turn = self.turn_to_be_heard(user).await?;
        let content = self.files.open(&file, None).await?.content;
        let hints = Hints {
            language,
            ..Hints::default()
        };
        let request = TranscriptionRequest {
            name: file.view.name,
            media_type: file.view.media_type,
            size_bytes: file.view.size_bytes,
            audio: content.map_err(io::Error::other).boxed(),
            ..request(&listener, hints, true)
        };
        let words = hear(turn, &listener, request).await?;
        let speech = self.clone();
        Ok(words
            .then(move |event| {
                let speech = speech.clone();
                async move { speech.line(user, event, length_ms).await }
            })
            .boxed())
    }

    /// Listens to a recording that has come whole, in somebody's turn.
    ///
    /// # Errors
    /// When it is refused before a word comes.
    pub async fn listen(
        &self,
        turn: Turn,
        listener: &Listener,
        recording: Recording,
        hints: Hints,
        is_streamed: bool,
    ) -> Result<TranscriptionStream, ProviderError> {
        let request = recording.sent(request(listener, hints, is_streamed));
        hear(turn, listener, request).await
    }

    /// The language that is named, else the person's; none where it is to be found out.
    async fn language(&self, user: UserId, named: Option<String>) -> AppResult<Option<String>> {
        // Of `de-CH` the language is `de`.
        let named = named.and_then(|code| Some(code.split('-').next()?.trim().to_lowercase()));
        match named.filter(|code| !code.is_empty()) {
            Some(code) => Ok(Some(code)),
            None => Ok(self.settings(user).await?.language),
        }
    }

    /// How long a stored file plays, where its first bytes tell.
    async fn length_of(&self, file: &FileRecord) -> AppResult<Option<u64>> {
        let size_bytes = file.view.size_bytes;
        let head = self
            .files
            .open(file, Some(0..size_bytes.min(HEAD_BYTES)))
            .await?;
        // Whoever cannot read the beginning finds out with the rest.
        let head = head.bytes().await.unwrap_or_default();
        Ok(wav_ms(&head, size_bytes))
    }

    fn check_length(&self, length_ms: Option<u64>) -> AppResult<()> {
        let longest = self.config.max_recording;
        if length_ms.is_none_or(|length| u128::from(length) <= longest.as_millis()) {
            return Ok(());
        }
        Err(AppError::new(
            ErrorKind::TooLarge,
            format!(
                "The recording is longer than the {} minutes that are listened to at once. Send it in parts.",
                longest.as_secs() / 60
            ),
        ))
    }

    async fn line(
        &self,
        user: UserId,
        event: Result<TranscriptionEvent, ProviderError>,
        length_ms: Option<u64>,
    ) -> TranscriptionLine {
        match event {
            Ok(TranscriptionEvent::Delta(words)) => TranscriptionLine::Delta(words),
            Ok(TranscriptionEvent::Done { text, heard_ms }) => {
                match self.remember(user, text, length_ms.or(heard_ms)).await {
                    Ok(done) => TranscriptionLine::Done(done),
                    Err(error) => TranscriptionLine::Error(error),
                }
            }
            Err(error) => TranscriptionLine::Error(error.into()),
        }
    }

    /// Notes how long was listened, so that a message can say so. The words are the person's alone.
    async fn remember(
        &self,
        user: UserId,
        text: String,
        heard_ms: Option<u64>,
    ) -> AppResult<Transcription> {
        let heard_ms = u32::try_from(heard_ms.unwrap_or(0)).unwrap_or(u32::MAX);
        // Some write marks where nobody spoke.
        let has_words = text.contains(char::is_alphanumeric);
        let text = text.trim().to_owned();
        let id = TranscriptionId::new();
        self.db.insert_transcription(user, id, heard_ms).await?;
        Ok(Transcription {
            id,
            text: if has_words { text } else { String::new() },
            heard_ms,
        })
    }
}

/// A request of which only the sound is missing.
fn request(listener: &Listener, hints: Hints, is_streamed: bool) -> TranscriptionRequest {
    let tool = &listener.tool;
    let prompt = hints.prompt.map(|prompt| last_chars(&prompt).to_owned());
    TranscriptionRequest {
        model: tool.model_id().to_owned(),
        name: String::new(),
        media_type: String::new(),
        size_bytes: 0,
        audio: stream::empty::<io::Result<Bytes>>().boxed(),
        language: hints.language,
        prompt: prompt.filter(|prompt| !prompt.trim().is_empty()),
        is_streamed,
    }
}

async fn hear(
    turn: Turn,
    listener: &Listener,
    request: TranscriptionRequest,
) -> Result<TranscriptionStream, ProviderError> {
    if request.size_bytes == 0 {
        return Err(ProviderError::new(
            ProviderErrorKind::BadRequest,
            "The recording is empty.",
        ));
    }
    let most = listener.provider.max_bytes();
    if request.size_bytes > most {
        let message = format!(
            "The recording is larger than the {} MB that {} takes. Send it in parts, or in a format that packs it smaller.",
            most / 1_000_000,
            listener.tool.name
        );
        return Err(ProviderError::new(ProviderErrorKind::BadRequest, message));
    }
    let words = listener.provider.transcribe(request).await?;
    Ok(turn.during(words))
}

/// The end of a text that is nearest to what comes.
fn last_chars(text: &str) -> &str {
    let start = text.char_indices().rev().nth(MAX_PROMPT_CHARS - 1);
    start.map_or(text, |(at, _)| &text[at..])
}

fn no_recording(name: &str) -> AppError {
    AppError::new(
        ErrorKind::Invalid,
        format!("{name} is no recording. Choose WebM, MP4, Ogg, WAV, MP3 or FLAC."),
    )
}

fn broken_off() -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::Disconnected,
        "The transcription broke off before it was complete. Try again.",
    )
}
