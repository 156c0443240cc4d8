//! The database.

use super::{Environment, Mistake};
use secrecy::ExposeSecret;
use std::{path::Path, time::Duration};

/// Which database, and how many connections to it.
#[derive(Clone)]
pub struct DatabaseConfig {
    /// Read from `DATABASE_URL`, or the file that `DATABASE_URL_FILE` names: `sqlite:FILE` or `postgres://…`; default a
    /// SQLite file in the data directory.
    pub url: String,
    /// Read from `INSPIREAI_DATABASE_CONNECTIONS`; default 8.
    pub max_connections: u32,
    /// From which duration a statement is logged as slow; `None` when never. Read from `INSPIREAI_SLOW_QUERY_MS`; default
    /// 250, and 0 means never.
    pub slow_query: Option<Duration>,
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
            .field("slow_query", &self.slow_query)
            .finish()
    }
}

impl DatabaseConfig {
    /// Whether it is a PostgreSQL server.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// The same settings for another database, if its address is one.
    #[must_use]
    pub fn at(&self, url: &str) -> Option<Self> {
        is_database_url(url).then(|| Self {
            url: url.to_owned(),
            ..self.clone()
        })
    }

    pub(super) fn from_env(
        environment: &Environment,
        data_dir: &Path,
        mistakes: &mut Vec<Mistake>,
    ) -> Self {
        let default = format!("sqlite:{}", data_dir.join("inspireai.db").display());
        let url = environment
            .secret("DATABASE_URL", mistakes)
            .map_or(default, |url| url.expose_secret().to_owned());
        if !is_database_url(&url) {
            mistakes.push(Mistake {
                variable: "DATABASE_URL".to_owned(),
                problem: "names neither a SQLite file nor a PostgreSQL server".to_owned(),
                example: "sqlite:data/inspireai.db".to_owned(),
            });
        }
        let slow_query_ms = environment.parse(
            "INSPIREAI_SLOW_QUERY_MS",
            250,
            "a number of milliseconds",
            "250",
            mistakes,
        );
        Self {
            url,
            slow_query: (slow_query_ms > 0).then(|| Duration::from_millis(slow_query_ms)),
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

fn is_database_url(url: &str) -> bool {
    ["sqlite:", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variable: &str, value: &str) -> (DatabaseConfig, Vec<Mistake>) {
        let environment = Environment::from_pairs([(variable, value)]);
        let mut mistakes = Vec::new();
        let config = DatabaseConfig::from_env(&environment, Path::new("data"), &mut mistakes);
        (config, mistakes)
    }

    #[test]
    fn the_address_with_its_password_may_stand_in_a_file_and_an_empty_file_counts_as_none() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let path = file.path().to_string_lossy();
        let (config, mistakes) = read("DATABASE_URL_FILE", &path);
        assert_eq!(
            (config.url.as_str(), mistakes.len()),
            ("sqlite:data/inspireai.db", 0)
        );

        std::fs::write(file.path(), "postgres://ada:pa55@db/x\n").expect("write");
        let (config, mistakes) = read("DATABASE_URL_FILE", &path);
        assert_eq!(
            (config.url.as_str(), mistakes.len()),
            ("postgres://ada:pa55@db/x", 0)
        );
        assert!(!format!("{config:?}").contains("pa55"));
    }
}
