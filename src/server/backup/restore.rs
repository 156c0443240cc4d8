//! The way back: from a file into a database and a storage.

use super::{
    BackupError, Summary,
    archive::{self, PIECE},
    manifest::{self, Manifest, TableContents},
};
use crate::server::{
    db::{
        Db, DbError,
        dump::{Import, Row},
    },
    storage::Storage,
};
use futures::stream;
use std::{
    io::{self, BufRead, BufReader, Read},
    path::Path,
};
use tokio_util::bytes::Bytes;

/// Puts everything of a backup into a database and a storage. All of the file is checked before anything is changed; the
/// rows replace what was there in one transaction, or not at all. Files come first: one without a row hurts nobody.
///
/// # Errors
/// When the file is damaged or newer, when people have accounts there and `is_replacing` is not said, or when the database or
/// the storage does not take it.
pub async fn restore(
    db: &Db,
    storage: &Storage,
    path: &Path,
    is_replacing: bool,
) -> Result<Summary, BackupError> {
    let manifest = archive::verify(path)?;
    if manifest.schema > Db::known_schema() {
        return Err(BackupError::Newer {
            program: manifest.program,
        });
    }
    if !is_replacing && db.has_accounts().await? {
        return Err(BackupError::NotEmpty);
    }
    db.migrate().await?;
    let (files, file_bytes) = restore_files(path, &manifest, storage).await?;
    let mut import = db
        .begin_import(is_replacing)
        .await
        .map_err(|error| refused(error, BackupError::NotEmpty))?;
    restore_tables(path, &manifest, &mut import).await?;
    let tables = manifest::row_counts(&manifest.tables);
    compare(&tables, &import.count_rows().await?)?;
    Ok(Summary {
        interrupted: import.finish().await?,
        tables,
        files,
        file_bytes,
    })
}

async fn restore_files(
    path: &Path,
    manifest: &Manifest,
    storage: &Storage,
) -> Result<(u64, u64), BackupError> {
    let (mut files, mut bytes) = (0, 0);
    let has_files = |manifest: &Manifest| {
        let mut entries = manifest.entries.iter();
        entries.any(|entry| manifest::file_of(&entry.name).is_some())
    };
    if !has_files(manifest) {
        return Ok((0, 0));
    }
    let unreadable = |source| BackupError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut archive = archive::open(path)?;
    for entry in archive.entries().map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if let Some(key) = manifest::file_of(&name) {
            bytes += storage.put(key, stream::iter(pieces(entry))).await?;
            files += 1;
        }
    }
    Ok((files, bytes))
}

/// What is read, piece by piece.
fn pieces(mut content: impl Read) -> impl Iterator<Item = io::Result<Bytes>> {
    std::iter::from_fn(move || {
        let mut piece = vec![0; PIECE];
        match content.read(&mut piece) {
            Ok(0) => None,
            Ok(read) => {
                piece.truncate(read);
                Some(Ok(Bytes::from(piece)))
            }
            Err(error) => Some(Err(error)),
        }
    })
}

async fn restore_tables(
    path: &Path,
    manifest: &Manifest,
    import: &mut Import,
) -> Result<(), BackupError> {
    let damaged = |why: String| BackupError::Damaged {
        path: path.to_owned(),
        why,
    };
    let unreadable = |source| BackupError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut current: Option<&TableContents> = None;
    let mut archive = archive::open(path)?;
    for entry in archive.entries().map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let Some(name) = manifest::table_of(&name) else {
            continue;
        };
        if current.is_none_or(|contents| contents.table.name != name) {
            let contents = manifest
                .tables
                .iter()
                .find(|contents| contents.table.name == name)
                .ok_or_else(|| damaged(format!("its list of contents has no table {name}")))?;
            import.begin_table(&contents.table).await?;
            current = Some(contents);
        }
        let columns = current.map_or(&[][..], |contents| &contents.table.columns);
        for line in BufReader::new(entry).lines() {
            let row = Row::parse(&line.map_err(unreadable)?, columns)
                .map_err(|error| damaged(error.to_string()))?;
            import.push(row).await?;
        }
    }
    Ok(())
}

/// Holds that every table has as many rows as it should: those that are not named, none.
pub(super) fn compare(
    expected: &[(String, u64)],
    written: &[(String, u64)],
) -> Result<(), BackupError> {
    for (table, written) in written {
        let expected = expected
            .iter()
            .find(|(name, _)| name == table)
            .map_or(0, |(_, rows)| *rows);
        if *written != expected {
            return Err(BackupError::Incomplete {
                table: table.clone(),
                expected,
                written: *written,
            });
        }
    }
    Ok(())
}

/// A database that refused for accounts which came in between says so in the words of this command.
pub(super) fn refused(error: DbError, not_empty: BackupError) -> BackupError {
    match error {
        DbError::NotEmpty => not_empty,
        other => other.into(),
    }
}
