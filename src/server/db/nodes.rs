//! Servers that share the database.

use super::{Db, DbResult, from_json, on, to_json};
use std::collections::BTreeMap;

/// A server as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRecord {
    /// Its process among all that ever share the database.
    pub instance: String,
    /// Its name for people.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What its values must be compared by, by variable; no value can be read from it.
    pub fingerprints: BTreeMap<String, String>,
}

#[derive(sqlx::FromRow)]
struct NodeRow {
    instance: String,
    name: String,
    version: String,
    fingerprints: String,
}

impl Db {
    /// Notes that a server is there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn store_node(&self, node: &NodeRecord, seen_at: i64) -> DbResult<()> {
        const SQL: &str = "insert into node (instance, name, version, fingerprints, seen_at) values ($1, $2, $3, $4, $5) \
             on conflict (instance) do update set seen_at = excluded.seen_at";
        let fingerprints = to_json(&node.fingerprints)?;
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(&node.instance)
            .bind(&node.name)
            .bind(&node.version)
            .bind(fingerprints)
            .bind(seen_at)
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// The servers that were there after a time, in milliseconds since 1970.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_nodes(&self, after: i64) -> DbResult<Vec<NodeRecord>> {
        const SQL: &str = "select instance, name, version, fingerprints from node where seen_at > $1 order by name";
        let rows: Vec<NodeRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(after)
            .fetch_all(pool)
            .await)?;
        rows.into_iter()
            .map(|row| {
                Ok(NodeRecord {
                    fingerprints: from_json(&row.fingerprints)?,
                    instance: row.instance,
                    name: row.name,
                    version: row.version,
                })
            })
            .collect()
    }

    /// Forgets a server.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_node(&self, instance: &str) -> DbResult<()> {
        const SQL: &str = "delete from node where instance = $1";
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(instance)
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// Forgets servers that were not there any more at a time, in milliseconds since 1970.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_nodes_before(&self, seen_at: i64) -> DbResult<()> {
        const SQL: &str = "delete from node where seen_at < $1";
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(seen_at)
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }
}
