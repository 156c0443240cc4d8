//! Speech in and out: who speaks and who listens, in which order people are served, and what is kept of it. It knows no HTTP
//! and no SQL; how a model computes is the providers' business.
//!
//! Pages come through [`Speech::transcribe`], [`Speech::transcribe_file`] and [`Speech::speak`]; programs, who choose for
//! themselves, through [`Speech::listen`] and [`Speech::say`], in the same turns.

mod cache;
mod choice;
mod listening;
mod recording;
mod speaking;
mod turns;

pub use choice::{Listener, Speaker};
pub use listening::Hints;
pub use recording::{MAX_RECORDING_BYTES, Recording, Room};
pub use turns::Turn;

use super::{
    assistants::Assistants,
    catalog::{Catalog, ModelUse},
    chat::engine::Engine,
    config::SpeechConfig,
    db::{Db, now_ms, tools::ToolRecord},
    files::Files,
    providers::Providers,
    storage::Storage,
};
use crate::model::{
    AppError, AppResult,
    catalog::ApiType,
    ids::UserId,
    speech::{ListenerOption, SpeechOptions, SpeechSettings},
};
use cache::Cache;
use std::{sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use turns::Turns;

/// Recordings of one person that are listened to at once, and texts that are said to one person at once: the sentence that
/// plays, those that are fetched ahead, and a second tab.
const LISTENING_AT_ONCE: usize = 2;
const SPEAKING_AT_ONCE: usize = 4;
/// What may wait of one person beyond that.
const MAX_WAITING: usize = 40;
/// Recordings that lie in the memory at once, of all people.
const ROOMS: usize = 12;
/// How often old rows and bytes are looked for.
const TIDY_INTERVAL: Duration = Duration::from_secs(60 * 60);
/// A transcription of which no message came is forgotten after this long.
const TRANSCRIPTION_AGE_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// The rules of speech.
#[derive(Clone)]
pub struct Speech {
    db: Db,
    catalog: Catalog,
    providers: Providers,
    assistants: Assistants,
    files: Files,
    cache: Cache,
    config: SpeechConfig,
    listening: Turns,
    speaking: Turns,
    rooms: Arc<Semaphore>,
}

impl Speech {
    /// The service over its parts. Sound is kept in a corner of the storage.
    #[must_use]
    pub fn new(
        db: Db,
        catalog: Catalog,
        assistants: Assistants,
        engine: &Engine,
        storage: &Storage,
        config: SpeechConfig,
    ) -> Self {
        Self {
            cache: Cache::new(db.clone(), storage, config.cache_bytes),
            providers: engine.providers().clone(),
            files: engine.files().clone(),
            db,
            catalog,
            assistants,
            config,
            listening: Turns::new("recordings", LISTENING_AT_ONCE, MAX_WAITING),
            speaking: Turns::new("texts", SPEAKING_AT_ONCE, MAX_WAITING),
            rooms: Arc::new(Semaphore::new(ROOMS)),
        }
    }

    /// The voices and listeners there are here, and what a person chose.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn options(&self, user: UserId) -> AppResult<SpeechOptions> {
        let speakers = self.catalog.served(ModelUse::Speech).await?;
        let listeners = self.catalog.served(ModelUse::Transcription).await?;
        let voices = speakers.voices();
        let listener = |tool: ToolRecord| ListenerOption {
            is_local: tool.api_type == ApiType::Local,
            languages: tool.features.languages,
            tool: tool.slug,
            tool_name: tool.name,
        };
        Ok(SpeechOptions {
            settings: self.settings(user).await?,
            mute_because: voices.is_empty().then(|| speakers.reason("speaks")),
            deaf_because: listeners
                .tools
                .is_empty()
                .then(|| listeners.reason("listens")),
            voices,
            listeners: listeners.tools.into_iter().map(listener).collect(),
            max_recording_bytes: MAX_RECORDING_BYTES.min(self.config.max_recording_bytes),
            max_recording_ms: u64::try_from(self.config.max_recording.as_millis())
                .unwrap_or(u64::MAX),
        })
    }

    /// How a person is spoken to and listened to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settings(&self, user: UserId) -> AppResult<SpeechSettings> {
        Ok(self
            .db
            .find_speech_settings(user)
            .await?
            .unwrap_or_default())
    }

    /// Changes it.
    ///
    /// # Errors
    /// A sentence about the field that cannot be as it is.
    pub async fn save_settings(&self, user: UserId, settings: SpeechSettings) -> AppResult<()> {
        let settings = settings.checked()?;
        Ok(self.db.upsert_speech_settings(user, &settings).await?)
    }

    /// Removes what nobody needs any more, once.
    ///
    /// # Errors
    /// When the storage or the database does not answer.
    pub async fn tidy(&self) -> AppResult<()> {
        let oldest = now_ms() - TRANSCRIPTION_AGE_MS;
        self.db.delete_old_transcriptions(oldest).await?;
        self.cache.tidy().await
    }

    /// Removes what nobody needs any more, again and again, until the server stops.
    pub async fn keep_tidy(&self, shutdown: CancellationToken) {
        let mut ticks = tokio::time::interval(TIDY_INTERVAL);
        while shutdown.run_until_cancelled(ticks.tick()).await.is_some() {
            if let Err(error) = self.tidy().await {
                tracing::warn!(%error, "old speech was not removed; it is tried again in an hour");
            }
        }
    }
}

/// A name of somebody who is not here, or not good for it.
fn unknown(message: String) -> AppError {
    AppError::field("tool", message)
}
