//! Forms with files in them: their fields, one after the other, as the service takes them.

use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        file::{FileView, MAX_ATTACHMENTS},
        ids::UserId,
    },
    server::files::{Files, Upload},
};
use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use futures::TryStreamExt;
use leptos::server_fn::codec::{FromReq, MultipartData, MultipartFormData};
use std::{collections::HashMap, io};

/// The field that files are in.
const FIELD: &str = "file";
/// Longest text of a field: a message of the longest kind, and some.
const MAX_WORDS_BYTES: usize = 1024 * 1024;

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

/// A form that was read: its words, and its files stored.
#[derive(Default)]
pub(super) struct Form {
    words: HashMap<String, String>,
    pub(super) files: Vec<FileView>,
}

impl Form {
    /// The words of a field; none where it is missing or empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let words = self.words.get(name)?.as_str();
        (!words.is_empty()).then_some(words)
    }
}

/// Reads a form, whichever of the two ways a browser has written it in; files in it are stored as they come.
///
/// # Errors
/// As [`Files::store`]; when it cannot be read.
pub(super) async fn read_form(files: &Files, user: UserId, request: Request) -> AppResult<Form> {
    if !is_with_files(request.headers()) {
        let axum::Form(words) = axum::Form::from_request(request, &())
            .await
            .map_err(|_| unread())?;
        return Ok(Form {
            words,
            files: Vec::new(),
        });
    }
    let data: Result<MultipartData, AppError> =
        <MultipartData as FromReq<MultipartFormData, _, _>>::from_req(request).await;
    let mut fields = data?.into_inner().ok_or_else(AppError::internal)?;
    let mut form = Form::default();
    while let Some(mut field) = fields.next_field().await.map_err(|_| unreadable())? {
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(ToOwned::to_owned) {
            None => {
                let mut words = Vec::new();
                while let Some(piece) = field.chunk().await.map_err(|_| unreadable())? {
                    words.extend_from_slice(&piece);
                    if words.len() > MAX_WORDS_BYTES {
                        return Err(unread());
                    }
                }
                let words = String::from_utf8(words).map_err(|_| unread())?;
                form.words.insert(name, words);
            }
            // A form in which no file was chosen sends one without a name.
            Some(file)
                if name == FIELD && !file.is_empty() && form.files.len() < MAX_ATTACHMENTS =>
            {
                let upload = Upload {
                    name: file,
                    content: field.map_err(io::Error::other),
                    is_generated: false,
                };
                form.files.push(files.store(user, upload).await?);
            }
            Some(_) => {}
        }
    }
    Ok(form)
}

/// Whether a request is a form that may hold files.
pub(super) fn is_with_files(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| {
            kind.trim_start()
                .to_ascii_lowercase()
                .starts_with("multipart/form-data")
        })
}

fn unread() -> AppError {
    AppError::new(
        ErrorKind::Invalid,
        "The form could not be read. Reload the page and try again.",
    )
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
