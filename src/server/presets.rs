//! Presets: settings that a person saves under a name, applies to conversations, and may begin every new chat with. Rules
//! only: no HTTP, no SQL.

use super::db::{Db, DbError};
use crate::model::{
    AppError, AppResult, ErrorKind,
    ids::{PresetId, UserId},
    settings::{ChatSettings, MAX_PRESET_NAME_CHARS, Preset, parse_label},
};

/// Most presets of one person.
const MAX_PRESETS: i64 = 100;

/// The rules of presets.
#[derive(Clone)]
pub struct Presets {
    db: Db,
}

impl Presets {
    /// The service over a database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// A person's presets, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self, user: UserId) -> AppResult<Vec<Preset>> {
        Ok(self.db.list_presets(user).await?)
    }

    /// What a person's new chats begin with, where they bring nothing of their own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn default_settings(&self, user: UserId) -> AppResult<ChatSettings> {
        let settings = self.db.find_default_settings(user).await?;
        Ok(settings.unwrap_or_default())
    }

    /// Saves settings under a name; those of a preset that has the name only where `replace` says so.
    ///
    /// # Errors
    /// A sentence about `name` or about what is set; `Conflict` for a taken name.
    pub async fn save(
        &self,
        user: UserId,
        name: &str,
        settings: ChatSettings,
        replace: bool,
    ) -> AppResult<Preset> {
        let name = parse_label("preset", name, MAX_PRESET_NAME_CHARS)?;
        // An assistant brings instructions of its own; a preset is what may be set over any of them.
        let settings = ChatSettings {
            assistant: None,
            ..settings.checked()?
        };
        if settings.is_empty() {
            return Err(AppError::new(
                ErrorKind::Invalid,
                "Nothing is set here that a preset could keep. Change a parameter or the system prompt first.",
            ));
        }
        let mut tx = self.db.begin().await?;
        if tx.count_presets(user).await? >= MAX_PRESETS {
            return Err(AppError::new(
                ErrorKind::Conflict,
                format!(
                    "You have {MAX_PRESETS} presets, which is as many as fit. Delete one first."
                ),
            ));
        }
        let saved = tx.upsert_preset(user, &name, &settings, replace).await;
        let saved = saved.map_err(|error| taken(error, &name))?;
        tx.commit().await?;
        Ok(saved)
    }

    /// Gives a preset another name.
    ///
    /// # Errors
    /// `NotFound`; a sentence about `name`; `Conflict` for a taken one.
    pub async fn rename(&self, user: UserId, preset: PresetId, name: &str) -> AppResult<()> {
        let name = parse_label("preset", name, MAX_PRESET_NAME_CHARS)?;
        let renamed = self.db.update_preset_name(user, preset, &name).await;
        found(renamed.map_err(|error| taken(error, &name))?)
    }

    /// Deletes a preset. Conversations that it was applied to keep what it set.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete(&self, user: UserId, preset: PresetId) -> AppResult<()> {
        found(self.db.delete_preset(user, preset).await?)
    }

    /// Has new chats begin with a preset, or with nothing set.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn set_default(&self, user: UserId, preset: Option<PresetId>) -> AppResult<()> {
        let mut tx = self.db.begin().await?;
        found(tx.update_default_preset(user, preset).await?)?;
        tx.commit().await?;
        Ok(())
    }
}

fn found(is_there: bool) -> AppResult<()> {
    if is_there {
        Ok(())
    } else {
        Err(AppError::not_found("preset"))
    }
}

fn taken(error: DbError, name: &str) -> AppError {
    match error {
        DbError::Constraint(_) => AppError {
            kind: ErrorKind::Conflict,
            ..AppError::field("name", format!("You have a preset “{name}” already."))
        },
        error => error.into(),
    }
}
