//! Writing rows into a database: all of them or, when anything fails, none.

use super::{
    super::{Db, DbError, DbResult, Transaction, within},
    Row, Table, Value, schema,
};
use sqlx::AssertSqlSafe;

/// Rows of one statement, and about how many bytes: enough to make the way to the database cheap, little enough to hold.
const BATCH_ROWS: usize = 200;
const BATCH_BYTES: usize = 1024 * 1024;
/// SQLite takes 32,766 values in one statement, PostgreSQL 65,535.
const BATCH_VALUES: usize = 30_000;

/// A transaction that replaces everything in a database. Dropped before [`Import::finish`] it leaves all as it was.
pub struct Import {
    tx: Transaction,
    known: Vec<Table>,
    /// Where rows go, and those that wait for the next statement.
    table: Table,
    batch: Vec<Row>,
    batch_bytes: usize,
}

impl Db {
    /// Whether anybody has an account here; `false` also where the schema was never made.
    ///
    /// # Errors
    /// When the database fails, or is of a newer version.
    pub async fn has_accounts(&self) -> DbResult<bool> {
        if self.migration_state().await?.applied == 0 {
            return Ok(false);
        }
        self.begin().await?.has_accounts().await
    }

    /// Begins to replace what the database holds. Where people have accounts, that takes `is_replacing`.
    ///
    /// # Errors
    /// [`DbError::NotEmpty`], or when the database fails.
    pub async fn begin_import(&self, is_replacing: bool) -> DbResult<Import> {
        const SETTINGS_POSTGRES: [&str; 2] = [
            // Nobody signs up from here on.
            "lock table app_user in exclusive mode",
            "set constraints all deferred",
        ];
        const SETTINGS_SQLITE: [&str; 1] = ["pragma defer_foreign_keys = on"];
        let mut tx = self.begin().await?;
        tx.lift_time_limits().await?;
        let settings: &[&str] = match tx {
            Transaction::Sqlite(_) => &SETTINGS_SQLITE,
            Transaction::Postgres(_) => &SETTINGS_POSTGRES,
        };
        for setting in settings.iter().copied() {
            within!(&mut tx, |tx| sqlx::query(AssertSqlSafe(setting))
                .execute(tx)
                .await
                .map(|_| ()))?;
        }
        if !is_replacing && tx.has_accounts().await? {
            return Err(DbError::NotEmpty);
        }
        let known = schema::tables(&mut tx).await?;
        for table in known.iter().rev() {
            let sql = format!("delete from {}", schema::quoted(&table.name));
            within!(&mut tx, |tx| sqlx::query(AssertSqlSafe(sql))
                .execute(tx)
                .await
                .map(|_| ()))?;
        }
        Ok(Import {
            tx,
            known,
            table: Table {
                name: String::new(),
                columns: Vec::new(),
            },
            batch: Vec::new(),
            batch_bytes: 0,
        })
    }
}

impl Transaction {
    async fn has_accounts(&mut self) -> DbResult<bool> {
        const SQL: &str = "select count(*) from app_user";
        let count: i64 = within!(self, |tx| sqlx::query_scalar(SQL).fetch_one(tx).await)?;
        Ok(count > 0)
    }
}

impl Import {
    /// Says where the next rows go. Columns that the table has besides get their defaults.
    ///
    /// # Errors
    /// When there is no such table here, or its columns are others.
    pub async fn begin_table(&mut self, table: &Table) -> DbResult<()> {
        self.flush().await?;
        let is_known = self.known.iter().any(|known| {
            known.name == table.name
                && table
                    .columns
                    .iter()
                    .all(|column| known.columns.contains(column))
        });
        if !is_known {
            return Err(DbError::Corrupt(format!(
                "there is no table {} here with such columns",
                table.name
            )));
        }
        self.table = table.clone();
        Ok(())
    }

    /// Adds a row to the table that was named last.
    ///
    /// # Errors
    /// When the database does not take it or one before it.
    pub async fn push(&mut self, row: Row) -> DbResult<()> {
        self.batch_bytes += row.size();
        self.batch.push(row);
        let values = (self.batch.len() + 1) * self.table.columns.len();
        if self.batch.len() >= BATCH_ROWS
            || self.batch_bytes >= BATCH_BYTES
            || values > BATCH_VALUES
        {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> DbResult<()> {
        let rows = std::mem::take(&mut self.batch);
        self.batch_bytes = 0;
        if rows.is_empty() {
            return Ok(());
        }
        let width = self.table.columns.len();
        let places: Vec<_> = (0..rows.len())
            .map(|row| {
                let row: Vec<_> = (1..=width)
                    .map(|column| format!("${}", row * width + column))
                    .collect();
                format!("({})", row.join(", "))
            })
            .collect();
        let sql = format!(
            "insert into {} ({}) values {}",
            schema::quoted(&self.table.name),
            self.table.column_list(),
            places.join(", ")
        );
        let is_whole = rows.len() == BATCH_ROWS;
        within!(&mut self.tx, |tx| {
            // A statement of full size comes again, any other hardly.
            let mut statement = sqlx::query(AssertSqlSafe(sql)).persistent(is_whole);
            for value in rows.into_iter().flat_map(|row| row.0) {
                statement = match value {
                    Value::Text(text) => statement.bind(text),
                    Value::Bigint(number) => statement.bind(number),
                    Value::Boolean(answer) => statement.bind(answer),
                    Value::Bytes(bytes) => statement.bind(bytes),
                };
            }
            statement.execute(tx).await.map(|_| ())
        })?;
        Ok(())
    }

    /// How many rows each table here has now, in the order of their dependence.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_rows(&mut self) -> DbResult<Vec<(String, u64)>> {
        self.flush().await?;
        let mut counts = Vec::with_capacity(self.known.len());
        for table in &self.known {
            let sql = format!("select count(*) from {}", schema::quoted(&table.name));
            let count: i64 = within!(&mut self.tx, |tx| sqlx::query_scalar(AssertSqlSafe(sql))
                .fetch_one(tx)
                .await)?;
            counts.push((table.name.clone(), u64::try_from(count).unwrap_or(0)));
        }
        Ok(counts)
    }

    /// Makes it last. Runs that were open where the rows come from have no driver here, so they end as interrupted; returns
    /// how many did.
    ///
    /// # Errors
    /// When the database does not take it all, and then it takes none of it.
    pub async fn finish(mut self) -> DbResult<u64> {
        self.flush().await?;
        let interrupted = self.tx.interrupt_open_runs().await?;
        self.tx.commit().await?;
        Ok(interrupted)
    }
}
