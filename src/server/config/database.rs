//! The database.

use super::{Environment, Mistake};
use std::path::Path;

/// Which database, and how many connections to it.
#[derive(Clone)]
pub struct DatabaseConfig {
    /// Read from `DATABASE_URL`: `sqlite:FILE` or `postgres://…`; default a SQLite file in the data directory.
    pub url: String,
    /// Read from `INSPIREAI_DATABASE_CONNECTIONS`; default 8.
    pub max_connections: u32,
}

/// The address may hold a password, so it is not printed.
impl std::fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseConfig")
            .field(
                "kind",
                &if self.is_postgres() {
                    "postgres"
                } else {
                    "sqlite"
                },
            )
            .field("max_connections", &self.max_connections)
            .finish()
    }
}

impl DatabaseConfig {
    /// Whether it is a PostgreSQL server.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    pub(super) fn from_env(
        environment: &Environment,
        data_dir: &Path,
        mistakes: &mut Vec<Mistake>,
    ) -> Self {
        let default = format!("sqlite:{}", data_dir.join("inspireai.db").display());
        let url = environment
            .get("DATABASE_URL")
            .map_or(default, ToOwned::to_owned);
        let is_known = ["sqlite:", "postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.starts_with(scheme));
        if !is_known {
            mistakes.push(Mistake {
                variable: "DATABASE_URL".to_owned(),
                problem: "names neither a SQLite file nor a PostgreSQL server".to_owned(),
                example: "sqlite:data/inspireai.db".to_owned(),
            });
        }
        Self {
            url,
            max_connections: environment
                .parse(
                    "INSPIREAI_DATABASE_CONNECTIONS",
                    8,
                    "a number above 0",
                    "8",
                    mistakes,
                )
                .max(1),
        }
    }
}
