//! A database's rows apart from the database: read as of one moment, written all or not at all. What there is to read is
//! found out from the schema, so that a new table or column is never forgotten. Formats of files live in `backup`.

mod import;
mod schema;
mod value;

pub use import::Import;
pub use schema::{Column, ColumnType, Table};
pub use value::{BadRow, Row, Value, hex};

use super::{Db, DbError, DbResult, Transaction, connect::Pool, within};
use crate::server::config::DatabaseConfig;
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use sqlx::{AssertSqlSafe, Row as _, sqlite::SqliteConnectOptions};
use std::str::FromStr;

/// Everything in a database as it was at one moment, however long it takes to read and whatever others write meanwhile.
pub struct Snapshot {
    tx: Transaction,
    tables: Vec<Table>,
}

impl Db {
    /// Opens a database that must be there: reading from a mistyped name must not make an empty file of that name.
    ///
    /// # Errors
    /// [`DbError::Missing`], or when it cannot be reached.
    pub async fn open_existing(config: &DatabaseConfig) -> DbResult<Self> {
        if !config.is_postgres() {
            let file = SqliteConnectOptions::from_str(&config.url)?
                .get_filename()
                .to_owned();
            if !file.exists() {
                return Err(DbError::Missing(file));
            }
        }
        Self::open(config).await
    }

    /// What the database holds now.
    ///
    /// # Errors
    /// When the database fails, or holds a column of a type that cannot be taken along.
    pub async fn snapshot(&self) -> DbResult<Snapshot> {
        let mut tx = match &self.read {
            Pool::Sqlite(pool) => Transaction::Sqlite(pool.begin().await?),
            Pool::Postgres(pool) => Transaction::Postgres(
                pool.begin_with("begin isolation level repeatable read, read only")
                    .await?,
            ),
        };
        tx.lift_time_limits().await?;
        // Its first statement is what fixes the moment.
        let tables = schema::tables(&mut tx).await?;
        Ok(Snapshot { tx, tables })
    }
}

impl Snapshot {
    /// The tables, those that others refer to before those that refer to them.
    #[must_use]
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The rows of one of the tables.
    pub fn rows<'a>(&'a mut self, table: &'a Table) -> BoxStream<'a, DbResult<Row>> {
        let sql = format!(
            "select {} from {}",
            table.column_list(),
            schema::quoted(&table.name)
        );
        let columns = &table.columns;
        within!(&mut self.tx, |tx| sqlx::query(AssertSqlSafe(sql))
            .fetch(tx)
            .map_err(DbError::from)
            .and_then(move |row| async move {
                let mut values = Vec::with_capacity(columns.len());
                for (index, column) in columns.iter().enumerate() {
                    values.push(match column.kind {
                        ColumnType::Text => Value::Text(row.try_get(index)?),
                        ColumnType::Bigint => Value::Bigint(row.try_get(index)?),
                        ColumnType::Boolean => Value::Boolean(row.try_get(index)?),
                        ColumnType::Bytes => Value::Bytes(row.try_get(index)?),
                    });
                }
                Ok(Row(values))
            })
            .boxed())
    }
}

impl Transaction {
    /// Lets statements of this transaction take their time where a server would end them.
    async fn lift_time_limits(&mut self) -> DbResult<()> {
        const STATEMENTS: [&str; 2] = [
            "set local statement_timeout = 0",
            "set local idle_in_transaction_session_timeout = 0",
        ];
        if let Self::Postgres(tx) = self {
            for statement in STATEMENTS {
                sqlx::query(statement).execute(&mut **tx).await?;
            }
        }
        Ok(())
    }
}
