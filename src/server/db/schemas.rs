//! Schemas that people keep.

use super::{Db, DbResult, Transaction, now_ms, on, parse_id, within};
use crate::model::{
    ids::{SchemaId, UserId},
    schema::saved::SavedSchema,
};

#[derive(sqlx::FromRow)]
struct SchemaRow {
    schema_id: String,
    name: String,
    schema: String,
    is_strict: bool,
}

impl Db {
    /// A person's schemas, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_schemas(&self, user: UserId) -> DbResult<Vec<SavedSchema>> {
        const SQL: &str = "select schema_id, name, schema, is_strict from saved_schema where user_id = $1 \
             order by lower(name), schema_id";
        let rows: Vec<SchemaRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(user.to_string())
            .fetch_all(pool)
            .await)?;
        rows.into_iter()
            .map(|row| {
                Ok(SavedSchema {
                    id: parse_id(&row.schema_id)?,
                    name: row.name,
                    schema: row.schema,
                    is_strict: row.is_strict,
                })
            })
            .collect()
    }

    /// Gives one of a person's schemas another name; tells whether there was one.
    ///
    /// # Errors
    /// `Constraint` when they have another of that name; when the database fails.
    pub async fn update_schema_name(
        &self,
        user: UserId,
        schema: SchemaId,
        name: &str,
    ) -> DbResult<bool> {
        const SQL: &str = "update saved_schema set name = $1, updated_at = $2 where schema_id = $3 and user_id = $4";
        let rows = on!(&self.write, |pool| sqlx::query(SQL)
            .bind(name)
            .bind(now_ms())
            .bind(schema.to_string())
            .bind(user.to_string())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }

    /// Deletes one of a person's schemas; tells whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_schema(&self, user: UserId, schema: SchemaId) -> DbResult<bool> {
        const SQL: &str = "delete from saved_schema where schema_id = $1 and user_id = $2";
        let rows = on!(&self.write, |pool| sqlx::query(SQL)
            .bind(schema.to_string())
            .bind(user.to_string())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows > 0)
    }
}

impl Transaction {
    /// The person's schema of a name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_schema_by_name(
        &mut self,
        user: UserId,
        name: &str,
    ) -> DbResult<Option<SchemaId>> {
        const SQL: &str = "select schema_id from saved_schema where user_id = $1 and name = $2";
        let id: Option<String> = within!(self, |tx| sqlx::query_scalar(SQL)
            .bind(user.to_string())
            .bind(name)
            .fetch_optional(tx)
            .await)?;
        id.as_deref().map(parse_id).transpose()
    }

    /// How many schemas a person keeps.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_schemas(&mut self, user: UserId) -> DbResult<i64> {
        const SQL: &str = "select count(*) from saved_schema where user_id = $1";
        let count: i64 = within!(self, |tx| sqlx::query_scalar(SQL)
            .bind(user.to_string())
            .fetch_one(tx)
            .await)?;
        Ok(count)
    }

    /// Adds a schema, or gives the person's schema of that id what this one has.
    ///
    /// # Errors
    /// `Constraint` when they have another of that name; when the database fails.
    pub async fn save_schema(&mut self, user: UserId, schema: &SavedSchema) -> DbResult<()> {
        const SQL: &str = "insert into saved_schema (schema_id, user_id, name, schema, is_strict, created_at, updated_at) \
             values ($1, $2, $3, $4, $5, $6, $6) \
             on conflict (schema_id) do update set schema = excluded.schema, is_strict = excluded.is_strict, \
               updated_at = excluded.updated_at where saved_schema.user_id = excluded.user_id";
        within!(self, |tx| sqlx::query(SQL)
            .bind(schema.id.to_string())
            .bind(user.to_string())
            .bind(&schema.name)
            .bind(&schema.schema)
            .bind(schema.is_strict)
            .bind(now_ms())
            .execute(tx)
            .await
            .map(|_| ()))?;
        Ok(())
    }
}
