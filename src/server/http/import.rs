//! The form with a file of threads, as it comes over HTTP.

use super::session;
use crate::model::{
    AppError, AppResult, ErrorKind,
    import::{ImportReport, MAX_IMPORT_BYTES},
};
use leptos::server_fn::codec::MultipartData;

/// The bytes of the form's field `file`, as many as are read of one.
///
/// # Errors
/// A sentence about `file`: it is missing, or too large.
pub async fn read_file(form: MultipartData) -> AppResult<Vec<u8>> {
    let mut form = form.into_inner().ok_or_else(missing)?;
    while let Some(mut field) = form.next_field().await.map_err(unreadable)? {
        if field.name() != Some("file") {
            continue;
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
            if bytes.len() + chunk.len() > MAX_IMPORT_BYTES {
                return Err(AppError {
                    kind: ErrorKind::TooLarge,
                    ..AppError::field(
                        "file",
                        format!(
                            "The file is larger than {} MB. Export the threads in parts.",
                            MAX_IMPORT_BYTES / (1024 * 1024)
                        ),
                    )
                });
            }
            bytes.extend_from_slice(&chunk);
        }
        if !bytes.is_empty() {
            return Ok(bytes);
        }
    }
    Err(missing())
}

/// Goes, without a script, to the page that tells what was imported.
pub fn show(report: &ImportReport) {
    session::go_on_without_script(&format!(
        "/assistants?imported={}&known={}&messages={}",
        report.imported, report.known, report.messages
    ));
}

fn missing() -> AppError {
    AppError::field("file", "Choose the file with the exported threads.")
}

fn unreadable(error: impl std::fmt::Display) -> AppError {
    tracing::debug!(%error, "an upload broke off");
    AppError::field("file", "The file did not arrive whole. Try again.")
}
