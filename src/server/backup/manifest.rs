//! What a backup says about itself: the last thing in it, so that a file that is cut short has none.

use crate::server::{db::dump::Table, storage::BlobKey};
use serde::{Deserialize, Serialize};

/// The name of the last entry.
pub(super) const MANIFEST: &str = "manifest.json";
/// How backups are laid out. It grows when an older program could no longer read one.
pub(super) const FORMAT: u32 = 1;

/// The list of contents.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// [`FORMAT`] at its time.
    pub format: u32,
    /// The program's version.
    pub program: String,
    /// The newest migration that the database had.
    pub schema: i64,
    /// The kind of database it came from, for people.
    pub database: String,
    /// When, milliseconds since 1970.
    pub taken_at_ms: i64,
    /// The tables, in an order in which they can be written.
    pub tables: Vec<TableContents>,
    /// Everything else in the file, in order.
    pub entries: Vec<Entry>,
}

/// A table, and how many rows of it there are.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TableContents {
    /// Its columns, in the order of each row's values.
    #[serde(flatten)]
    pub table: Table,
    /// How many rows.
    pub rows: u64,
}

/// One entry of the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Its path.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its content, hexadecimal.
    pub sha256: String,
}

/// The path of some of a table's rows.
pub(super) fn table_entry(table: &str, part: u32) -> String {
    format!("tables/{table}/{part:06}.jsonl")
}

/// The table whose rows an entry holds.
pub(super) fn table_of(entry: &str) -> Option<&str> {
    let (table, _) = entry.strip_prefix("tables/")?.split_once('/')?;
    Some(table)
}

/// The path of a file.
pub(super) fn file_entry(key: BlobKey) -> String {
    format!("files/{key}")
}

/// The key of the file that an entry holds.
pub(super) fn file_of(entry: &str) -> Option<BlobKey> {
    entry.strip_prefix("files/")?.parse().ok()
}

/// The tables with how many rows each has.
pub(super) fn row_counts(tables: &[TableContents]) -> Vec<(String, u64)> {
    tables
        .iter()
        .map(|contents| (contents.table.name.clone(), contents.rows))
        .collect()
}
