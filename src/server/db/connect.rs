//! Opening a database: pools, migrations, transactions, and what a failure means.

use super::DbResult;
use crate::server::config::DatabaseConfig;
use sqlx::{
    ConnectOptions, Connection, PgPool, SqlitePool,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::PathBuf, str::FromStr, time::Duration};

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// A database that is open.
#[derive(Clone, Debug)]
pub struct Db {
    pub(super) read: Pool,
    pub(super) write: Pool,
}

/// A pool of one of the two kinds.
#[derive(Clone, Debug)]
pub(super) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// A transaction of one of the two kinds.
pub enum Transaction {
    /// On SQLite.
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    /// On PostgreSQL.
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// What a database can answer besides rows.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A named constraint forbids it.
    #[error("the constraint {0} forbids it")]
    Constraint(String),
    /// A stored value is not what it should be.
    #[error("a stored value is damaged: {0}")]
    Corrupt(String),
    /// There is no room left, or the disk does not take what is written.
    #[error("the disk or the database is full")]
    Full,
    /// A text holds a character that cannot be stored.
    #[error("a text holds a character that cannot be stored")]
    BadText,
    /// There is no such database.
    #[error("there is no database file {}", .0.display())]
    Missing(PathBuf),
    /// What was to be filled holds accounts.
    #[error("people have accounts in it")]
    NotEmpty,
    /// The schema is newer than this program.
    #[error(
        "the database was written by a newer version of InspireAI (it has migration {0}, which this version does not know)"
    )]
    NewerSchema(i64),
    /// The schema could not be brought up to date.
    #[error("a migration failed: {0}")]
    Migration(String),
    /// Anything else the driver says.
    #[error(transparent)]
    Driver(sqlx::Error),
}

/// How a database's schema stands against this program's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MigrationState {
    /// How many migrations are applied.
    pub applied: usize,
    /// How many are not yet.
    pub pending: usize,
    /// The newest that is applied; 0 where none is.
    pub schema: i64,
}

/// How busy a pool of connections is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUse {
    /// Which pool.
    pub name: &'static str,
    /// Connections that work, or were lent to whoever will.
    pub in_use: u32,
    /// Connections that wait for work.
    pub idle: u32,
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        if let sqlx::Error::Database(database) = &error {
            if database.is_unique_violation() || database.is_check_violation() {
                let constraint = database
                    .constraint()
                    .map_or_else(|| database.message().to_owned(), ToOwned::to_owned);
                return Self::Constraint(constraint);
            }
            match database.code().unwrap_or_default().as_ref() {
                // SQLITE_FULL; SQLITE_IOERR_WRITE and _SHMSIZE, which is how a quota or a limit on a file's size shows;
                // PostgreSQL's disk_full.
                "13" | "778" | "4874" | "53100" => return Self::Full,
                // PostgreSQL's character_not_in_repertoire: text with a NUL.
                "22021" => return Self::BadText,
                _ => {}
            }
        }
        Self::Driver(error)
    }
}

impl DbError {
    /// Whether the database cannot be reached at the moment, as while it restarts: the same may well succeed later.
    #[must_use]
    pub fn is_away(&self) -> bool {
        let Self::Driver(error) = self else {
            return false;
        };
        match error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
            // Class 57: stopped by its operator, not yet up; class 08: the connection broke; 25006: read-only, as a
            // standby is before it takes over; 53300: too many connections, as when everybody comes back at once.
            sqlx::Error::Database(database) => database.code().is_some_and(|code| {
                code.starts_with("57P")
                    || code.starts_with("08")
                    || code == "25006"
                    || code == "53300"
            }),
            _ => false,
        }
    }
}

impl From<MigrateError> for DbError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) => Self::NewerSchema(version),
            other => Self::Migration(other.to_string()),
        }
    }
}

impl Db {
    /// Opens the database that the configuration names; creates a SQLite file that is not there.
    ///
    /// # Errors
    /// When it cannot be reached or opened.
    pub async fn open(config: &DatabaseConfig) -> DbResult<Self> {
        if config.is_postgres() {
            Self::open_postgres(config).await
        } else {
            Self::open_sqlite(config).await
        }
    }

    /// SQLite takes one writer at a time, so it gets one connection to write with and a few to read with: writers queue in
    /// memory in order instead of colliding on the file's lock.
    async fn open_sqlite(config: &DatabaseConfig) -> DbResult<Self> {
        let options = SqliteConnectOptions::from_str(&config.url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("temp_store", "memory");
        let options = with_statement_log(options, config.slow_query);
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            // A transaction that could be neither committed nor rolled back, as on a full disk, stays open for the driver
            // and spoils every later one. Such a connection is replaced.
            .before_acquire(|connection, _| {
                let is_usable = !connection.is_in_transaction();
                Box::pin(async move { Ok(is_usable) })
            })
            .connect_with(options.clone())
            .await?;
        let read = SqlitePoolOptions::new()
            .max_connections(config.max_connections)
            .connect_with(options.read_only(true))
            .await?;
        Ok(Self {
            read: Pool::Sqlite(read),
            write: Pool::Sqlite(write),
        })
    }

    async fn open_postgres(config: &DatabaseConfig) -> DbResult<Self> {
        let options = PgConnectOptions::from_str(&config.url)?.application_name("inspireai");
        let options = with_statement_log(options, config.slow_query);
        let pool = PgPoolOptions::new()
            .max_connections(config.max_connections)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options)
            .await?;
        Ok(Self {
            read: Pool::Postgres(pool.clone()),
            write: Pool::Postgres(pool),
        })
    }

    /// Brings the schema up to date. Several nodes may call it at once: PostgreSQL's advisory lock and SQLite's single
    /// writer let one do the work.
    ///
    /// # Errors
    /// When the schema is newer than this program, or a migration fails.
    pub async fn migrate(&self) -> DbResult<()> {
        match &self.write {
            Pool::Sqlite(pool) => SQLITE_MIGRATIONS.run(pool).await?,
            Pool::Postgres(pool) => POSTGRES_MIGRATIONS.run(pool).await?,
        }
        Ok(())
    }

    /// The newest migration that this program knows, for either database.
    #[must_use]
    pub fn known_schema() -> i64 {
        [&SQLITE_MIGRATIONS, &POSTGRES_MIGRATIONS]
            .into_iter()
            .flat_map(|known| known.iter())
            .map(|migration| migration.version)
            .max()
            .unwrap_or(0)
    }

    /// How the schema stands, changing nothing.
    ///
    /// # Errors
    /// When the schema is newer than this program or cannot be read.
    pub async fn migration_state(&self) -> DbResult<MigrationState> {
        const APPLIED: &str = "select version from _sqlx_migrations where success order by version";
        const TABLE_SQLITE: &str =
            "select count(*) from sqlite_master where name = '_sqlx_migrations'";
        const TABLE_POSTGRES: &str =
            "select count(*) from information_schema.tables where table_name = '_sqlx_migrations'";
        let (known, applied): (&Migrator, Vec<i64>) = match &self.write {
            Pool::Sqlite(pool) => {
                let tables: i64 = sqlx::query_scalar(TABLE_SQLITE).fetch_one(pool).await?;
                let applied = match tables {
                    0 => Vec::new(),
                    _ => sqlx::query_scalar(APPLIED).fetch_all(pool).await?,
                };
                (&SQLITE_MIGRATIONS, applied)
            }
            Pool::Postgres(pool) => {
                let tables: i64 = sqlx::query_scalar(TABLE_POSTGRES).fetch_one(pool).await?;
                let applied = match tables {
                    0 => Vec::new(),
                    _ => sqlx::query_scalar(APPLIED).fetch_all(pool).await?,
                };
                (&POSTGRES_MIGRATIONS, applied)
            }
        };
        if let Some(unknown) = applied
            .iter()
            .find(|version| !known.version_exists(**version))
        {
            return Err(DbError::NewerSchema(*unknown));
        }
        let pending = known
            .iter()
            .filter(|migration| !applied.contains(&migration.version))
            .count();
        Ok(MigrationState {
            applied: applied.len(),
            pending,
            schema: applied.last().copied().unwrap_or(0),
        })
    }

    /// Begins a transaction that writes. On SQLite it takes the write lock at once, so that it cannot fail half-way for
    /// having read first.
    ///
    /// # Errors
    /// When no connection is to be had.
    pub async fn begin(&self) -> DbResult<Transaction> {
        Ok(match &self.write {
            Pool::Sqlite(pool) => Transaction::Sqlite(pool.begin_with("begin immediate").await?),
            Pool::Postgres(pool) => Transaction::Postgres(pool.begin().await?),
        })
    }

    /// Proves that the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> DbResult<()> {
        super::on!(&self.read, |pool| sqlx::query("select 1")
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// Which kind it is, for people.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.write {
            Pool::Sqlite(_) => "SQLite",
            Pool::Postgres(_) => "PostgreSQL",
        }
    }

    /// Whether one process alone uses it, as with a SQLite file.
    #[must_use]
    pub fn is_exclusive(&self) -> bool {
        self.is_sqlite()
    }

    /// How busy its pools are.
    #[must_use]
    pub fn connections(&self) -> Vec<PoolUse> {
        let pools: &[(&str, &Pool)] = match &self.write {
            Pool::Sqlite(_) => &[("read", &self.read), ("write", &self.write)],
            // Reading and writing share one.
            Pool::Postgres(_) => &[("all", &self.write)],
        };
        pools
            .iter()
            .map(|(name, pool)| {
                let (size, idle) = super::with_pool!(pool, |pool| (pool.size(), pool.num_idle()));
                let idle = u32::try_from(idle).unwrap_or(size).min(size);
                PoolUse {
                    name,
                    in_use: size - idle,
                    idle,
                }
            })
            .collect()
    }

    /// Whether statements are written for SQLite where the two differ.
    pub(super) fn is_sqlite(&self) -> bool {
        matches!(self.write, Pool::Sqlite(_))
    }

    /// Closes the pools, finishing what runs.
    pub async fn close(&self) {
        for pool in [&self.read, &self.write] {
            super::with_pool!(pool, |pool| pool.close().await);
        }
    }
}

/// Has statements logged that take at least `slow`, as a warning with the statement's text, and no others. The text holds
/// no values: those are bound to it.
fn with_statement_log<O: ConnectOptions>(options: O, slow: Option<Duration>) -> O {
    let options = options.disable_statement_logging();
    // The level is of a type that only the driver knows; it reads it from a word.
    match (slow, "warn".parse()) {
        (Some(slow), Ok(level)) => options.log_slow_statements(level, slow),
        _ => options,
    }
}

impl Transaction {
    /// Makes what was done in it last.
    ///
    /// # Errors
    /// When the database cannot.
    pub async fn commit(self) -> DbResult<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
