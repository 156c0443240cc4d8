//! `inspireai backup` and `inspireai restore`.

use super::Outcome;
use crate::server::{
    backup::{self, Summary},
    config::Config,
    db::Db,
    serve::{StartError, install_tls, open_database},
    storage::Storage,
};
use clap::Args;
use std::{
    fmt::Write as _,
    fs::OpenOptions,
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Says that standard input or output is meant.
const STANDARD: &str = "-";

/// Where to.
#[derive(Args)]
pub(super) struct BackupArgs {
    /// The file to write, or - for standard output
    file: PathBuf,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
}

/// Where from.
#[derive(Args)]
pub(super) struct RestoreArgs {
    /// The file to read, or - for standard input
    file: PathBuf,
    /// Replace everything in the database, also what people have stored
    #[arg(long)]
    replace: bool,
}

pub(super) async fn backup(config: &Config, args: &BackupArgs) -> Outcome {
    install_tls();
    let began = Instant::now();
    let db = Db::open_existing(&config.database)
        .await
        .map_err(StartError::from)?;
    let storage = Storage::open(&config.storage).map_err(StartError::from)?;
    if args.file == Path::new(STANDARD) {
        let (_, summary) = backup::write(&db, &storage, io::stdout().lock()).await?;
        eprint!("{}", report(&summary, began.elapsed()));
    } else {
        let (summary, size_bytes) =
            backup::write_file(&db, &storage, &args.file, args.force).await?;
        print!("{}", report(&summary, began.elapsed()));
        println!("{}: {}", args.file.display(), megabytes(size_bytes));
    }
    db.close().await;
    Ok(())
}

pub(super) async fn restore(config: &Config, args: &RestoreArgs) -> Outcome {
    install_tls();
    let began = Instant::now();
    let spooled;
    let file = if args.file == Path::new(STANDARD) {
        spooled = SpooledInput::read(&config.data_dir)?;
        &spooled.0
    } else {
        &args.file
    };
    let db = open_database(config).await?;
    let storage = Storage::open(&config.storage).map_err(StartError::from)?;
    let restored = backup::restore(&db, &storage, file, args.replace).await;
    db.close().await;
    print!("{}", report(&restored?, began.elapsed()));
    Ok(())
}

/// Standard input as a file: a backup is read to its end before anything of it is used.
struct SpooledInput(PathBuf);

impl SpooledInput {
    fn read(data_dir: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(data_dir)?;
        let path = data_dir.join(format!("restore-{}.part", std::process::id()));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        let spooled = Self(path);
        io::copy(&mut io::stdin().lock(), &mut file)?;
        Ok(spooled)
    }
}

impl Drop for SpooledInput {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// What was done, a line a table.
pub(super) fn report(summary: &Summary, took: Duration) -> String {
    let width = summary.tables.iter().map(|(name, _)| name.len()).max();
    let width = width.unwrap_or(0);
    let mut text = String::new();
    let mut rows = 0;
    for (name, count) in &summary.tables {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "  {name:width$} {count:>9}");
        rows += count;
    }
    let _ = write!(text, "{} tables with {rows} rows, ", summary.tables.len());
    if summary.files > 0 {
        let size = megabytes(summary.file_bytes);
        let _ = write!(text, "{} files of {size}, ", summary.files);
    }
    let _ = write!(text, "in {:.1} s", took.as_secs_f64());
    if summary.interrupted > 0 {
        let _ = write!(
            text,
            "; {} answers that were being written are marked as interrupted",
            summary.interrupted
        );
    }
    text.push('\n');
    text
}

#[expect(clippy::cast_precision_loss, reason = "it is for people")]
fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
