//! Tools that are reached through an interface, rather than on a site of their own.

use super::{COLUMNS, ToolRecord, ToolRow, category_list};
use crate::server::db::{Db, DbResult, on};
use sqlx::AssertSqlSafe;

#[derive(sqlx::FromRow)]
struct DatedRow {
    #[sqlx(flatten)]
    tool: ToolRow,
    created_at: i64,
}

impl Db {
    /// Every tool that is reached through an interface, by editorial weight, each with when the catalogue got to know it, in
    /// milliseconds since 1970.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_reachable_tools(&self) -> DbResult<Vec<(ToolRecord, i64)>> {
        let sql = format!(
            "select {COLUMNS}, t.created_at, {} from tool t where t.api_type <> 'link' order by t.popularity desc, t.slug",
            category_list(self)
        );
        let rows: Vec<DatedRow> = on!(&self.read, |pool| sqlx::query_as(AssertSqlSafe(sql))
            .fetch_all(pool)
            .await)?;
        rows.into_iter()
            .map(|row| Ok((ToolRecord::try_from(row.tool)?, row.created_at)))
            .collect()
    }

    /// The tools that ask a model of this id, by editorial weight.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_tools_by_model(&self, model: &str) -> DbResult<Vec<ToolRecord>> {
        let sql = format!(
            "select {COLUMNS}, {} from tool t where t.model = $1 and t.api_type <> 'link' order by t.popularity desc, t.slug",
            category_list(self)
        );
        let rows: Vec<ToolRow> = on!(&self.read, |pool| sqlx::query_as(AssertSqlSafe(sql))
            .bind(model)
            .fetch_all(pool)
            .await)?;
        rows.into_iter().map(ToolRecord::try_from).collect()
    }
}
