//! Why a backup, a restore or a move did not happen, in words for whoever asked for it.

use crate::server::{db::DbError, storage::StorageError};
use std::{io, path::PathBuf};

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The schema was never made.
    #[error("There is nothing in the database yet: no version of InspireAI has used it.")]
    NothingThere,
    /// A file of that name is there.
    #[error("{0} is there already. Give another name, or say --force to replace it.")]
    Exists(PathBuf),
    /// The output takes no more.
    #[error("The backup could not be written ({0}).")]
    Output(#[from] io::Error),
    /// The file cannot be written.
    #[error(
        "{path} could not be written ({source}), and nothing of it was left. Make room, or name a file in another place."
    )]
    Unwritable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be opened.
    #[error("{path} cannot be read ({source}). Nothing was changed.")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is something else.
    #[error("{0} is no backup of InspireAI. Nothing was changed.")]
    Foreign(PathBuf),
    /// It is not as it was written.
    #[error(
        "{path} was cut short or altered after it was written ({why}). Nothing was changed; use another backup."
    )]
    Damaged {
        /// Which.
        path: PathBuf,
        /// What shows it.
        why: String,
    },
    /// A newer program made it.
    #[error(
        "The backup was made by InspireAI {program}, which is newer than this one ({}). Nothing was changed; restore it with that version.",
        env!("CARGO_PKG_VERSION")
    )]
    Newer {
        /// Which version.
        program: String,
    },
    /// Restoring would replace what people have.
    #[error(
        "People have accounts in the database, so nothing was changed. Say --replace to replace everything in it."
    )]
    NotEmpty,
    /// So would moving.
    #[error(
        "People have accounts in the database of --to, so nothing was changed. Name one that is new."
    )]
    TargetNotEmpty,
    /// Rows got lost on the way.
    #[error("Of {expected} rows of the table {table}, {written} arrived. Nothing was changed.")]
    Incomplete {
        /// Which table.
        table: String,
        /// How many there are.
        expected: u64,
        /// How many came.
        written: u64,
    },
    /// The database.
    #[error("The database failed: {0}. Nothing was changed in it.")]
    Database(#[from] DbError),
    /// The storage of files.
    #[error("The storage of files failed: {0}.")]
    Storage(#[from] StorageError),
}
