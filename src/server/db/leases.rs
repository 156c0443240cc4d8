//! Which process drives a run, that it lives, and what is wanted of it.

use super::{Db, DbResult, Transaction, now_ms, on, run_id, to_json, within};
use crate::model::{
    chat::RunState,
    ids::{RunId, UserId},
};
use std::collections::HashMap;

impl Db {
    /// Asks for the end of one of a person's runs; tells which process drives it, or `None` when there is no such run.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn request_stop(&self, user: UserId, run: RunId) -> DbResult<Option<String>> {
        const SQL: &str = "update run set is_stop_requested = true where run_id = $1 and user_id = $2 returning node_id";
        let node: Option<String> = on!(&self.write, |pool| sqlx::query_scalar(SQL)
            .bind(run.to_string())
            .bind(user.to_string())
            .fetch_optional(pool)
            .await)?;
        Ok(node)
    }

    /// Says that the open runs of a process are alive; gives them, each with whether its end was asked for. `lease` must
    /// differ from the one before: others watch it change.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_leases(&self, node: &str, lease: i64) -> DbResult<HashMap<RunId, bool>> {
        const SQL: &str = "update run set lease_expires_at = $1 where node_id = $2 and not is_ended \
             returning run_id, is_stop_requested";
        let rows: Vec<(String, bool)> = on!(&self.write, |pool| sqlx::query_as(SQL)
            .bind(lease)
            .bind(node)
            .fetch_all(pool)
            .await)?;
        rows.into_iter()
            .map(|(run, is_stop_requested)| Ok((run_id(&run)?, is_stop_requested)))
            .collect()
    }

    /// The leases of all open runs but those of `node`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_leases(&self, node: &str) -> DbResult<Vec<(RunId, i64)>> {
        const SQL: &str =
            "select run_id, lease_expires_at from run where not is_ended and node_id <> $1";
        let rows: Vec<(String, i64)> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(node)
            .fetch_all(pool)
            .await)?;
        rows.into_iter()
            .map(|(run, lease)| Ok((run_id(&run)?, lease)))
            .collect()
    }

    /// Ends all open runs as interrupted, with the text they have: for a database that no other process uses, at the
    /// start. Tells how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn interrupt_open_runs(&self) -> DbResult<u64> {
        let mut tx = self.begin().await?;
        let runs = tx.interrupt_open_runs().await?;
        tx.commit().await?;
        Ok(runs)
    }
}

impl Transaction {
    /// Ends all open runs as interrupted, with the text they have. Tells how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn interrupt_open_runs(&mut self) -> DbResult<u64> {
        const TEXT: &str = "update message set run_seq = run_seq + 1, updated_at = $1 \
             where run_id in (select run_id from run where not is_ended)";
        const RUN: &str =
            "update run set state = $1, is_ended = true, ended_at = $2 where not is_ended";
        let state = to_json(&RunState::Interrupted)?;
        let now = now_ms();
        within!(self, |tx| sqlx::query(TEXT)
            .bind(now)
            .execute(tx)
            .await
            .map(|_| ()))?;
        let rows = within!(self, |tx| sqlx::query(RUN)
            .bind(state)
            .bind(now)
            .execute(tx)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(rows)
    }
}
