//! Speech: what people prefer, how long they were listened to, and which sound is kept. Each function takes the person whose
//! it is, but for those that keep order among all.

mod cache;

pub use cache::{CachedSound, NewSound};

use super::{Db, DbResult, Transaction, from_json, now_ms, on, to_json, within};
use crate::model::{
    ids::{MessageId, TranscriptionId, UserId},
    settings::ChatSettings,
    speech::SpeechSettings,
};

impl Db {
    /// What a person prefers, where they said so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_speech_settings(&self, user: UserId) -> DbResult<Option<SpeechSettings>> {
        const SQL: &str = "select settings from speech_settings where user_id = $1";
        let settings: Option<String> = on!(&self.read, |pool| sqlx::query_scalar(SQL)
            .bind(user.to_string())
            .fetch_optional(pool)
            .await)?;
        settings.as_deref().map(from_json).transpose()
    }

    /// Stores what a person prefers.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upsert_speech_settings(
        &self,
        user: UserId,
        settings: &SpeechSettings,
    ) -> DbResult<()> {
        const SQL: &str = "insert into speech_settings (user_id, settings, updated_at) values ($1, $2, $3) \
             on conflict (user_id) do update set settings = excluded.settings, updated_at = excluded.updated_at";
        let settings = to_json(settings)?;
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(user.to_string())
            .bind(settings)
            .bind(now_ms())
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// Notes how long a person was listened to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_transcription(
        &self,
        user: UserId,
        id: TranscriptionId,
        heard_ms: u32,
    ) -> DbResult<()> {
        const SQL: &str = "insert into transcription (transcription_id, user_id, heard_ms, created_at) values ($1, $2, $3, $4)";
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(id.to_string())
            .bind(user.to_string())
            .bind(i64::from(heard_ms))
            .bind(now_ms())
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// Forgets what was noted before a time and has not become part of a message.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_old_transcriptions(&self, before: i64) -> DbResult<()> {
        const SQL: &str = "delete from transcription where created_at < $1";
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(before)
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// How the conversation asks that a person's message is in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_settings_of_message(
        &self,
        user: UserId,
        message: MessageId,
    ) -> DbResult<Option<ChatSettings>> {
        const SQL: &str = "select c.settings from message m join conversation c on c.conversation_id = m.conversation_id \
             where m.message_id = $1 and c.user_id = $2";
        let settings: Option<String> = on!(&self.read, |pool| sqlx::query_scalar(SQL)
            .bind(message.to_string())
            .bind(user.to_string())
            .fetch_optional(pool)
            .await)?;
        settings.as_deref().map(from_json).transpose()
    }

    /// Notes that so many characters of a person's message were made into sound.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_spoken_chars(
        &self,
        user: UserId,
        message: MessageId,
        chars: u32,
    ) -> DbResult<()> {
        const SQL: &str = "update message set spoken_chars = spoken_chars + $1 where message_id = $2 \
             and conversation_id in (select conversation_id from conversation where user_id = $3)";
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(i64::from(chars))
            .bind(message.to_string())
            .bind(user.to_string())
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }
}

impl Transaction {
    /// Takes over what was noted of a person's transcriptions, each once, and gives how long they were listened to
    /// altogether, in milliseconds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_transcriptions(
        &mut self,
        user: UserId,
        ids: &[TranscriptionId],
    ) -> DbResult<u32> {
        const SQL: &str = "delete from transcription where transcription_id = $1 and user_id = $2 returning heard_ms";
        let mut heard_ms = 0_u32;
        for id in ids {
            let one: Option<i64> = within!(self, |tx| sqlx::query_scalar(SQL)
                .bind(id.to_string())
                .bind(user.to_string())
                .fetch_optional(tx)
                .await)?;
            let one = one.and_then(|ms| u32::try_from(ms).ok());
            heard_ms = heard_ms.saturating_add(one.unwrap_or(0));
        }
        Ok(heard_ms)
    }
}
