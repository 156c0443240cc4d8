//! Recordings on their way in: put on disk as they come, for some containers can only be read from their end.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use futures::TryStreamExt;
use tokio::task::{JoinError, spawn_blocking};
use uuid::Uuid;

use crate::server::providers::files::UploadStream;
use crate::server::providers::{ProviderError, ProviderErrorKind};

/// Bytes that are gathered before they are written.
const PIECE_BYTES: usize = 256 * 1024;

/// Receives a recording in constant memory. The file has no name any more, so it is gone with its last handle, even when the
/// server is killed.
pub async fn receive(
    spool_dir: &Path,
    size_bytes: u64,
    max_bytes: u64,
    mut audio: UploadStream,
) -> Result<File, ProviderError> {
    if size_bytes > max_bytes {
        return Err(too_large(max_bytes));
    }
    let spool_dir = spool_dir.to_owned();
    let mut file = on_disk(spawn_blocking(move || nameless_file(&spool_dir)).await)?;
    let (mut received, mut piece) = (0, Vec::new());
    loop {
        let bytes = audio.try_next().await.map_err(|_| broken_off())?;
        let is_end = bytes.is_none();
        if let Some(bytes) = bytes {
            received += bytes.len() as u64;
            if received > max_bytes {
                return Err(too_large(max_bytes));
            }
            piece.extend_from_slice(&bytes);
        }
        if is_end || piece.len() >= PIECE_BYTES {
            let full = std::mem::take(&mut piece);
            let written = spawn_blocking(move || file.write_all(&full).map(|()| file));
            file = on_disk(written.await)?;
        }
        if is_end {
            break;
        }
    }
    if received == 0 {
        return Err(ProviderError::new(
            ProviderErrorKind::BadRequest,
            "The recording is empty.",
        ));
    }
    on_disk(Ok(file.rewind().map(|()| file)))
}

fn nameless_file(spool_dir: &Path) -> io::Result<File> {
    fs::create_dir_all(spool_dir)?;
    let path = spool_dir.join(format!("recording-{}.part", Uuid::now_v7()));
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    options.mode(0o600);
    let file = options.open(&path)?;
    fs::remove_file(&path)?;
    Ok(file)
}

fn on_disk<T>(result: Result<io::Result<T>, JoinError>) -> Result<T, ProviderError> {
    result
        .map_err(io::Error::other)
        .and_then(|result| result)
        .map_err(|error| {
            tracing::error!(%error, "a recording could not be put on disk");
            ProviderError::new(
                ProviderErrorKind::Unavailable,
                "The recording could not be stored for listening. Is the server's disk full? Try again later.",
            )
        })
}

fn too_large(max_bytes: u64) -> ProviderError {
    let message = format!(
        "The recording is larger than the {} MB that are taken here. Send it in parts, or in a format that packs it smaller.",
        max_bytes / 1_000_000
    );
    ProviderError::new(ProviderErrorKind::BadRequest, message)
}

fn broken_off() -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::BadRequest,
        "The recording broke off on its way here. Send it again.",
    )
}
