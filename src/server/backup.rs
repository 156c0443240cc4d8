//! Backups: everything of an installation in one file, and the way back. A file is a `tar.gz` that says nothing about which
//! database it came from: `tables/NAME/NUMBER.jsonl`, `files/KEY`, and last `manifest.json`, which lists all of it with
//! checksums. No SQL and nothing about how files are stored.

mod archive;
mod error;
mod manifest;
mod restore;
mod transfer;

pub use error::BackupError;
pub use restore::restore;
pub use transfer::transfer;

use super::{
    db::{Db, now_ms},
    storage::{Storage, StorageError},
};
use archive::Writer;
use futures::TryStreamExt;
use manifest::{FORMAT, Manifest, TableContents};
use std::{
    fs::{File, OpenOptions},
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// Rows are collected up to here before they are written: all that a backup holds of a table at a time.
const CHUNK_BYTES: usize = 4 * 1024 * 1024;

/// What was taken or written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The tables with how many rows each has.
    pub tables: Vec<(String, u64)>,
    /// How many files of the storage.
    pub files: u64,
    /// Their length together.
    pub file_bytes: u64,
    /// Answers that were being written, and that end as interrupted where they are restored.
    pub interrupted: u64,
}

/// Writes everything into `out`, as it is at one moment, while others go on writing to the database.
///
/// Files are read after the rows: whoever stores a file writes its row last, so that no row is without its file. One that is
/// deleted in between is missing, as its row soon will be. The writing blocks its thread: it is all that its process does.
///
/// # Errors
/// When the database or the storage cannot be read, or `out` takes no more.
pub async fn write<W: Write>(
    db: &Db,
    storage: &Storage,
    out: W,
) -> Result<(W, Summary), BackupError> {
    let state = db.migration_state().await?;
    if state.applied == 0 {
        return Err(BackupError::NothingThere);
    }
    let taken_at_ms = now_ms();
    let mut archive = Writer::new(out, taken_at_ms);
    let tables = write_tables(db, &mut archive).await?;
    let (files, file_bytes) = write_files(storage, &mut archive).await?;
    let summary = Summary {
        tables: manifest::row_counts(&tables),
        files,
        file_bytes,
        interrupted: 0,
    };
    let out = archive.finish(|entries| Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema: state.schema,
        database: db.kind().to_owned(),
        taken_at_ms,
        tables,
        entries,
    })?;
    Ok((out, summary))
}

async fn write_tables<W: Write>(
    db: &Db,
    archive: &mut Writer<W>,
) -> Result<Vec<TableContents>, BackupError> {
    let mut snapshot = db.snapshot().await?;
    let mut written = Vec::new();
    for table in snapshot.tables().to_vec() {
        let mut rows_left = snapshot.rows(&table);
        let (mut rows, mut part) = (0, 0);
        let mut chunk = Vec::new();
        loop {
            let row = rows_left.try_next().await?;
            if let Some(row) = &row {
                serde_json::to_writer(&mut chunk, row).map_err(io::Error::from)?;
                chunk.push(b'\n');
                rows += 1;
            }
            if chunk.len() >= CHUNK_BYTES || (row.is_none() && !chunk.is_empty()) {
                part += 1;
                archive.add(&manifest::table_entry(&table.name, part), &chunk)?;
                chunk.clear();
            }
            if row.is_none() {
                break;
            }
        }
        drop(rows_left);
        written.push(TableContents { table, rows });
    }
    Ok(written)
}

async fn write_files<W: Write>(
    storage: &Storage,
    archive: &mut Writer<W>,
) -> Result<(u64, u64), BackupError> {
    let (mut files, mut bytes) = (0, 0);
    let mut keys = storage.list();
    while let Some(key) = keys.try_next().await? {
        let mut blob = match storage.get(key).await {
            Err(StorageError::NotFound) => continue,
            found => found?,
        };
        let mut entry = archive.begin(&manifest::file_entry(key), blob.size_bytes)?;
        while let Some(piece) = blob.content.try_next().await? {
            entry.write(&piece)?;
        }
        entry.end()?;
        files += 1;
        bytes += blob.size_bytes;
    }
    Ok((files, bytes))
}

/// Writes everything into a file of its own, which only its owner may read and which is there whole or not at all; reads it
/// back before it says so. Returns also how long the file is.
///
/// # Errors
/// As [`write()`], when the file is there already and `is_replacing` is not said, or when it reads back otherwise.
pub async fn write_file(
    db: &Db,
    storage: &Storage,
    path: &Path,
    is_replacing: bool,
) -> Result<(Summary, u64), BackupError> {
    if path.exists() && !is_replacing {
        return Err(BackupError::Exists(path.to_owned()));
    }
    let unwritable = |source| BackupError::Unwritable {
        path: path.to_owned(),
        source,
    };
    let (part, file) = PartFile::create(path).map_err(unwritable)?;
    let written = write(db, storage, BufWriter::new(file)).await;
    let (out, summary) = written.map_err(|error| match error {
        BackupError::Output(source) => unwritable(source),
        other => other,
    })?;
    let size_bytes = part.finish(out, path)?;
    Ok((summary, size_bytes))
}

/// A file in the making, beside the one that it will be. It is removed unless it was finished.
struct PartFile(PathBuf);

impl PartFile {
    fn create(path: &Path) -> io::Result<(Self, File)> {
        let mut name = path.as_os_str().to_owned();
        name.push(".part");
        let part = PathBuf::from(name);
        // What a killed backup left behind.
        if let Err(error) = std::fs::remove_file(&part)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&part)?;
        Ok((Self(part), file))
    }

    /// Makes it last under its name, after it was read back.
    fn finish(self, out: BufWriter<File>, path: &Path) -> Result<u64, BackupError> {
        let unwritable = |source| BackupError::Unwritable {
            path: path.to_owned(),
            source,
        };
        let file = out
            .into_inner()
            .map_err(|error| unwritable(error.into_error()))?;
        file.sync_all().map_err(unwritable)?;
        let size_bytes = file.metadata().map_err(unwritable)?.len();
        archive::verify(&self.0)?;
        std::fs::rename(&self.0, path).map_err(unwritable)?;
        // The name is in the directory, which is stored apart from the file.
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        File::open(directory)
            .and_then(|directory| directory.sync_all())
            .map_err(unwritable)?;
        Ok(size_bytes)
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        // After a rename there is none, which is as well.
        let _ = std::fs::remove_file(&self.0);
    }
}
