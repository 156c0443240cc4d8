//! The servers that share a database: which are there, and whether they are configured alike. Which of them drives a run
//! is the chat's matter.

use super::{
    config::Config,
    db::{Db, DbResult, nodes::NodeRecord, now_ms},
};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

/// How often a server says that it is there.
const ANNOUNCE: Duration = Duration::from_secs(20);
/// How long ago a server may have said so to count as being there.
const PRESENT_MS: i64 = 60_000;

/// This server among those that share its database.
#[derive(Clone)]
pub struct Cluster {
    db: Db,
    node: NodeRecord,
}

/// Another server that is configured differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name.
    pub node: String,
    /// The variables whose values differ.
    pub variables: Vec<String>,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "This server and {} share a database but are configured differently: {}. What people get depends on the server that takes their request; give both the same values.",
            self.node,
            self.variables.join(", ")
        )
    }
}

impl Cluster {
    /// The server that `config` describes. `instance` is its process among all that ever share the database.
    #[must_use]
    pub fn new(db: Db, config: &Config, instance: &str) -> Self {
        let node = NodeRecord {
            instance: instance.to_owned(),
            name: config.cluster.node.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            fingerprints: config.fingerprints(),
        };
        Self { db, node }
    }

    /// The servers that are there and configured differently from this one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn differences(&self) -> DbResult<Vec<Difference>> {
        let others = self.db.list_nodes(now_ms() - PRESENT_MS).await?;
        Ok(others
            .into_iter()
            .filter(|other| other.instance != self.node.instance)
            .filter_map(|other| {
                let variables = differing(&self.node.fingerprints, &other.fingerprints);
                (!variables.is_empty()).then_some(Difference {
                    node: other.name,
                    variables,
                })
            })
            .collect())
    }

    /// Says that this server is there, until `shutdown`; tells in the log when others are configured differently.
    pub async fn announce(&self, shutdown: CancellationToken) {
        let mut told = Vec::new();
        let mut tick = interval(ANNOUNCE);
        while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
            match self.meet().await {
                Ok(differences) => {
                    for difference in &differences {
                        if !told.contains(difference) {
                            tracing::warn!("{difference}");
                        }
                    }
                    told = differences;
                }
                Err(error) => tracing::debug!(%error, "other servers could not be looked for"),
            }
        }
        let _ = self.db.delete_node(&self.node.instance).await;
    }

    async fn meet(&self) -> DbResult<Vec<Difference>> {
        let differences = self.differences().await?;
        let now = now_ms();
        self.db.store_node(&self.node, now).await?;
        self.db.delete_nodes_before(now - PRESENT_MS).await?;
        Ok(differences)
    }
}

/// The variables whose values are not the same; one that only one of the two knows is of another version.
fn differing(here: &BTreeMap<String, String>, there: &BTreeMap<String, String>) -> Vec<String> {
    here.iter()
        .filter(|(variable, value)| there.get(*variable).is_some_and(|other| other != *value))
        .map(|(variable, _)| variable.clone())
        .collect()
}
