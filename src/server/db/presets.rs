//! Presets. Each function takes the person whose they are: somebody else's is not there.

use super::{Db, DbResult, Transaction, from_json, now_ms, on, preset_id, to_json, within};
use crate::model::{
    ids::{PresetId, UserId},
    settings::{ChatSettings, Preset},
};

#[derive(sqlx::FromRow)]
struct PresetRow {
    preset_id: String,
    name: String,
    settings: String,
    is_default: bool,
}

impl TryFrom<PresetRow> for Preset {
    type Error = super::DbError;

    fn try_from(row: PresetRow) -> DbResult<Self> {
        Ok(Self {
            id: preset_id(&row.preset_id)?,
            name: row.name,
            settings: from_json(&row.settings)?,
            is_default: row.is_default,
        })
    }
}

impl Db {
    /// A person's presets, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_presets(&self, user: UserId) -> DbResult<Vec<Preset>> {
        const SQL: &str = "select preset_id, name, settings, is_default from preset where user_id = $1 \
             order by lower(name), name";
        let rows: Vec<PresetRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(user.to_string())
            .fetch_all(pool)
            .await)?;
        rows.into_iter().map(Preset::try_from).collect()
    }

    /// What the preset sets with which a person's new chats begin.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_default_settings(&self, user: UserId) -> DbResult<Option<ChatSettings>> {
        const SQL: &str = "select settings from preset where user_id = $1 and is_default limit 1";
        let settings: Option<String> = on!(&self.read, |pool| sqlx::query_scalar(SQL)
            .bind(user.to_string())
            .fetch_optional(pool)
            .await)?;
        settings.as_deref().map(from_json).transpose()
    }

    /// Gives one of a person's presets another name; tells whether there was one.
    ///
    /// # Errors
    /// `Constraint` where the name is taken; when the database fails.
    pub async fn update_preset_name(
        &self,
        user: UserId,
        preset: PresetId,
        name: &str,
    ) -> DbResult<bool> {
        const SQL: &str =
            "update preset set name = $1, updated_at = $2 where preset_id = $3 and user_id = $4";
        let rows = on!(&self.write, |pool| sqlx::query(SQL)
            .bind(name)
            .bind(now_ms())
            .bind(preset.to_string())
            .bind(user.to_string())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }

    /// Deletes one of a person's presets; tells whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_preset(&self, user: UserId, preset: PresetId) -> DbResult<bool> {
        const SQL: &str = "delete from preset where preset_id = $1 and user_id = $2";
        let rows = on!(&self.write, |pool| sqlx::query(SQL)
            .bind(preset.to_string())
            .bind(user.to_string())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }
}

impl Transaction {
    /// How many presets a person has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_presets(&mut self, user: UserId) -> DbResult<i64> {
        const SQL: &str = "select count(*) from preset where user_id = $1";
        let count: i64 = within!(self, |tx| sqlx::query_scalar(SQL)
            .bind(user.to_string())
            .fetch_one(tx)
            .await)?;
        Ok(count)
    }

    /// Adds a preset, or changes what the preset of that name sets where `replace` says so. Returns it as it stands.
    ///
    /// # Errors
    /// `Constraint` where the name is taken and not to be replaced; when the database fails.
    pub async fn upsert_preset(
        &mut self,
        user: UserId,
        name: &str,
        settings: &ChatSettings,
        replace: bool,
    ) -> DbResult<Preset> {
        const INSERT: &str = "insert into preset (preset_id, user_id, name, settings, is_default, created_at, updated_at) \
             values ($1, $2, $3, $4, $5, $6, $6) returning preset_id, name, settings, is_default";
        const UPSERT: &str = "insert into preset (preset_id, user_id, name, settings, is_default, created_at, updated_at) \
             values ($1, $2, $3, $4, $5, $6, $6) on conflict (user_id, name) do update set settings = excluded.settings, \
             updated_at = excluded.updated_at returning preset_id, name, settings, is_default";
        let settings = to_json(settings)?;
        let sql = if replace { UPSERT } else { INSERT };
        let row: PresetRow = within!(self, |tx| sqlx::query_as(sql)
            .bind(PresetId::new().to_string())
            .bind(user.to_string())
            .bind(name)
            .bind(settings)
            .bind(false)
            .bind(now_ms())
            .fetch_one(tx)
            .await)?;
        row.try_into()
    }

    /// Has a person's new chats begin with one preset, or with none; tells whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_default_preset(
        &mut self,
        user: UserId,
        preset: Option<PresetId>,
    ) -> DbResult<bool> {
        const SQL: &str = "update preset set is_default = (preset_id = $1) where user_id = $2";
        const FIND: &str = "select count(*) from preset where preset_id = $1 and user_id = $2";
        let id = preset.map(|id| id.to_string()).unwrap_or_default();
        within!(self, |tx| sqlx::query(SQL)
            .bind(&id)
            .bind(user.to_string())
            .execute(tx)
            .await
            .map(|_| ()))?;
        let found: i64 = within!(self, |tx| sqlx::query_scalar(FIND)
            .bind(&id)
            .bind(user.to_string())
            .fetch_one(tx)
            .await)?;
        Ok(preset.is_none() || found > 0)
    }
}
