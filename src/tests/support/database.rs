//! A database of its own for each test: a SQLite file, or one on the PostgreSQL that `make test` starts.

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use std::path::Path;
use uuid::Uuid;

/// Where a test's server keeps its data; gone with the test.
pub enum Database {
    /// A file in the test's data directory.
    Sqlite,
    /// One made for the test.
    Postgres {
        /// The server's own database.
        server: String,
        /// The test's.
        name: String,
    },
}

impl Database {
    /// A fresh database on the PostgreSQL that the environment names.
    pub async fn postgres() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "which PostgreSQL there is concerns the tests, not the product's configuration"
        )]
        let server = std::env::var("TEST_POSTGRES_URL")
            .expect("this test needs PostgreSQL: run `make test`, or set TEST_POSTGRES_URL to a server it may use");
        let name = format!("inspireai_test_{}", Uuid::new_v4().simple());
        run(&server, format!("create database {name}")).await;
        Self::Postgres { server, name }
    }

    /// The value of `DATABASE_URL`.
    pub fn url(&self, data_dir: &Path) -> String {
        match self {
            Self::Sqlite => format!("sqlite:{}", data_dir.join("inspireai.db").display()),
            Self::Postgres { server, name } => {
                let mut url = reqwest::Url::parse(server).expect("TEST_POSTGRES_URL is an address");
                url.set_path(name);
                url.into()
            }
        }
    }
}

/// Runs a statement behind the server's back.
pub async fn execute(url: &str, statement: String) {
    if url.starts_with("postgres") {
        return run(url, statement).await;
    }
    let mut connection = SqliteConnection::connect(url)
        .await
        .expect("the file opens");
    sqlx::query(AssertSqlSafe(statement))
        .execute(&mut connection)
        .await
        .expect("the statement runs");
}

/// Keeps everybody else from writing to a table until it is released.
pub async fn hold_table(url: &str, table: &str) -> HeldTable {
    if url.starts_with("postgres") {
        let mut connection = PgConnection::connect(url).await.expect("PostgreSQL");
        let lock = format!("begin; lock table {table} in exclusive mode");
        sqlx::raw_sql(AssertSqlSafe(lock))
            .execute(&mut connection)
            .await
            .expect("the lock");
        return HeldTable::Postgres(connection);
    }
    let mut connection = SqliteConnection::connect(url).await.expect("the file");
    // SQLite has one lock for all of its tables.
    sqlx::raw_sql("begin immediate")
        .execute(&mut connection)
        .await
        .expect("the lock");
    HeldTable::Sqlite(connection)
}

/// A table that nobody else may write to.
pub enum HeldTable {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl HeldTable {
    /// Lets others write again.
    pub async fn release(self) {
        match self {
            Self::Sqlite(connection) => connection.close().await,
            Self::Postgres(connection) => connection.close().await,
        }
        .expect("the connection closes");
    }
}

async fn run(server: &str, statement: String) {
    let mut connection = PgConnection::connect(server)
        .await
        .expect("the PostgreSQL of TEST_POSTGRES_URL answers");
    sqlx::query(AssertSqlSafe(statement))
        .execute(&mut connection)
        .await
        .expect("the statement runs");
}

impl Drop for Database {
    fn drop(&mut self) {
        let Self::Postgres { server, name } = self else {
            return;
        };
        let (server, statement) = (server.clone(), format!("drop database {name} with (force)"));
        // The test's own runtime is on its way out here.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(run(&server, statement));
        });
        let _ = dropping.join();
    }
}

/// Writes each test twice, as `sqlite::name` and as `postgres::name`. What follows the name is the running server.
macro_rules! on_both_databases {
    ($(async fn $name:ident($app:ident: $type:ty) $body:block)*) => {
        $(async fn $name($app: $type) $body)*

        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let app = $crate::support::test_app::TestApp::builder().start().await;
                    super::$name(app).await;
                }
            )*
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let database = $crate::support::database::Database::postgres().await;
                    let builder = $crate::support::test_app::TestApp::builder();
                    super::$name(builder.database(database).start().await).await;
                }
            )*
        }
    };
}
pub(crate) use on_both_databases;
