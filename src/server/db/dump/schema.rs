//! What a database holds, read from its own description of itself.

use super::super::{DbError, DbResult, Transaction, within};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A table whose rows are taken along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, without those that the database computes itself.
    pub columns: Vec<Column>,
}

/// A column of such a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: ColumnType,
}

/// What both databases can hold with the same meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// Text.
    Text,
    /// Whole numbers of 64 bits, times among them.
    Bigint,
    /// Yes or no.
    Boolean,
    /// Bytes.
    Bytes,
}

impl ColumnType {
    /// The type of a declaration, as either database writes it.
    fn parse(declared: &str) -> Option<Self> {
        match declared.to_ascii_lowercase().as_str() {
            "text" => Some(Self::Text),
            "bigint" | "integer" => Some(Self::Bigint),
            "boolean" => Some(Self::Boolean),
            "bytea" | "blob" => Some(Self::Bytes),
            _ => None,
        }
    }
}

impl Table {
    /// The columns' names for a statement.
    pub(super) fn column_list(&self) -> String {
        let names: Vec<_> = self
            .columns
            .iter()
            .map(|column| quoted(&column.name))
            .collect();
        names.join(", ")
    }
}

/// A name for a statement.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Left out: sqlx's own list, the servers that are up at the moment, sound that can be made again, what the database computes, and the numbers by which SQLite's full-text indexes know rows, which
/// triggers give anew (`…_search_key`). The indexes themselves are no tables of type `table`.
const COLUMNS_SQLITE: &str = "select t.name, c.name, c.type from pragma_table_list t join pragma_table_xinfo(t.name) c \
     where t.schema = 'main' and t.type = 'table' and t.name not in ('_sqlx_migrations', 'node', 'speech_cache') and t.name not like 'sqlite\\_%' escape '\\' \
     and t.name not like '%\\_search\\_key' escape '\\' and c.hidden = 0 order by t.name, c.cid";
const COLUMNS_POSTGRES: &str = "select t.relname::text, c.attname::text, format_type(c.atttypid, null) \
     from pg_class t join pg_namespace n on n.oid = t.relnamespace join pg_attribute c on c.attrelid = t.oid \
     where n.nspname = current_schema() and t.relkind in ('r', 'p') and t.relname not in ('_sqlx_migrations', 'node', 'speech_cache') \
     and c.attnum > 0 and not c.attisdropped and c.attgenerated = '' \
     order by t.relname, c.attnum";
/// Which table refers to which.
const REFERENCES_SQLITE: &str = "select t.name, f.\"table\" from pragma_table_list t join pragma_foreign_key_list(t.name) f \
     where t.schema = 'main'";
const REFERENCES_POSTGRES: &str = "select t.relname::text, o.relname::text from pg_constraint f \
     join pg_class t on t.oid = f.conrelid join pg_class o on o.oid = f.confrelid \
     join pg_namespace n on n.oid = t.relnamespace where f.contype = 'f' and n.nspname = current_schema()";

/// The tables there are, in an order in which their rows can be written.
pub(super) async fn tables(tx: &mut Transaction) -> DbResult<Vec<Table>> {
    let (columns, references) = match tx {
        Transaction::Sqlite(_) => (COLUMNS_SQLITE, REFERENCES_SQLITE),
        Transaction::Postgres(_) => (COLUMNS_POSTGRES, REFERENCES_POSTGRES),
    };
    let columns: Vec<(String, String, String)> =
        within!(tx, |tx| sqlx::query_as(columns).fetch_all(tx).await)?;
    let references: Vec<(String, String)> =
        within!(tx, |tx| sqlx::query_as(references).fetch_all(tx).await)?;
    let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for (table, name, declared) in columns {
        let kind = ColumnType::parse(&declared).ok_or_else(|| {
            DbError::Corrupt(format!(
                "{table}.{name} is of type {declared}, which cannot be taken to another database"
            ))
        })?;
        tables.entry(table).or_default().push(Column { name, kind });
    }
    Ok(in_order(tables, &references))
}

/// Sorts tables so that each comes after those that it refers to; one that refers to itself needs only be there.
fn in_order(
    mut left: BTreeMap<String, Vec<Column>>,
    references: &[(String, String)],
) -> Vec<Table> {
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let is_ready = |table: &String| {
            references
                .iter()
                .filter(|(from, to)| from == table && to != table)
                .all(|(_, to)| !left.contains_key(to))
        };
        // In a circle nobody comes first; there, constraints that wait for the end of the transaction are needed.
        let Some(next) = left
            .keys()
            .find(|table| is_ready(table))
            .or(left.keys().next())
        else {
            break;
        };
        let name = next.clone();
        let columns = left.remove(&name).unwrap_or_default();
        ordered.push(Table { name, columns });
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_come_after_those_they_refer_to_and_circles_end() {
        let names = ["answer", "author", "question", "ring_a", "ring_b"];
        let left = names.map(|name| (name.to_owned(), Vec::new())).into();
        let references = [
            ("answer", "question"),
            ("answer", "answer"),
            ("question", "author"),
            ("ring_a", "ring_b"),
            ("ring_b", "ring_a"),
        ]
        .map(|(from, to)| (from.to_owned(), to.to_owned()));
        let ordered = in_order(left, &references);
        let ordered: Vec<_> = ordered.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(
            ordered,
            ["author", "question", "answer", "ring_a", "ring_b"]
        );
    }
}
