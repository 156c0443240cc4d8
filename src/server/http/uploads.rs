//! Forms with files in them: their fields, one after the other, as the service takes them.

use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        file::{FileView, MAX_ATTACHMENTS},
        ids::UserId,
    },
    server::files::{Files, Upload},
};
use futures::TryStreamExt;
use leptos::server_fn::codec::MultipartData;
use std::io;

/// The field that files are in.
const FIELD: &str = "file";

/// Stores the first file of a form.
///
/// # Errors
/// As [`Files::store`]; when there is no file.
pub async fn store_one(files: &Files, user: UserId, form: MultipartData) -> AppResult<FileView> {
    let stored = store(files, user, form, 1).await?;
    stored.into_iter().next().ok_or_else(no_file)
}

/// Stores all files of a form, up to as many as a message takes.
///
/// # Errors
/// As [`Files::store`]; when there is no file.
pub async fn store_all(
    files: &Files,
    user: UserId,
    form: MultipartData,
) -> AppResult<Vec<FileView>> {
    let stored = store(files, user, form, MAX_ATTACHMENTS).await?;
    match stored.is_empty() {
        true => Err(no_file()),
        false => Ok(stored),
    }
}

async fn store(
    files: &Files,
    user: UserId,
    form: MultipartData,
    limit: usize,
) -> AppResult<Vec<FileView>> {
    let mut fields = form.into_inner().ok_or_else(AppError::internal)?;
    let mut stored = Vec::new();
    while stored.len() < limit
        && let Some(field) = fields.next_field().await.map_err(|_| unreadable())?
    {
        let name = field.file_name().unwrap_or_default().to_owned();
        // A form in which no file was chosen sends one without a name.
        if field.name() != Some(FIELD) || name.is_empty() {
            continue;
        }
        let upload = Upload {
            name,
            content: field.map_err(io::Error::other),
            is_generated: false,
        };
        stored.push(files.store(user, upload).await?);
    }
    Ok(stored)
}

fn no_file() -> AppError {
    AppError::field(FIELD, "Choose a file first.")
}

fn unreadable() -> AppError {
    AppError::new(
        ErrorKind::Network,
        "The upload broke off, and nothing more of it was kept. Upload the file again.",
    )
}
