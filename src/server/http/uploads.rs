//! Forms with files in them: their fields, one after the other, as the service takes them.

use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        file::{FileView, MAX_ATTACHMENTS},
        ids::{FileId, UserId},
    },
    server::files::{Files, Upload},
};
use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use futures::{Stream, TryStreamExt};
use leptos::server_fn::codec::{FromReq, MultipartData, MultipartFormData};
use std::{collections::HashMap, io, pin::pin};
use tokio_util::bytes::Bytes;

/// The field that files are in.
const FIELD: &str = "file";
/// The field that the ids of files are in which were stored before.
const STORED: &str = "stored";
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

/// A form that was read, as far as it could be.
#[derive(Default)]
pub(super) struct Form {
    words: HashMap<String, String>,
    /// Files that were stored before and go along.
    stored: Vec<FileId>,
    /// Files that it brought.
    files: Vec<FileId>,
    /// Why the rest of it was not taken.
    pub(super) problem: Option<AppError>,
}

impl Form {
    /// Reads a form, whichever of the two ways a browser has written it in; files in it are stored as they come. At the first
    /// that is not taken it stops: what was read until then is kept.
    pub(super) async fn read(files: &Files, user: UserId, request: Request) -> Self {
        let mut form = Self::default();
        form.problem = match is_with_files(request.headers()) {
            true => form.fill(files, user, request).await.err(),
            false => match axum::Form::from_request(request, &()).await {
                Ok(axum::Form(words)) => {
                    form.words = words;
                    None
                }
                Err(_) => Some(unread()),
            },
        };
        form
    }

    /// The words of a field; none where it is missing or empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let words = self.words.get(name)?.as_str();
        (!words.is_empty()).then_some(words)
    }

    /// All files that go along, in their order.
    pub(super) fn files(&self) -> Vec<FileId> {
        [self.stored.as_slice(), &self.files].concat()
    }

    async fn fill(&mut self, files: &Files, user: UserId, request: Request) -> AppResult<()> {
        let data: Result<MultipartData, AppError> =
            <MultipartData as FromReq<MultipartFormData, _, _>>::from_req(request).await;
        let mut fields = data?.into_inner().ok_or_else(AppError::internal)?;
        while let Some(field) = fields.next_field().await.map_err(|_| unreadable())? {
            let name = field.name().unwrap_or_default().to_owned();
            match field.file_name().map(ToOwned::to_owned) {
                None => {
                    let words = read_words(field).await?;
                    if name == STORED {
                        self.stored.extend(words.parse::<FileId>().ok());
                    } else {
                        self.words.insert(name, words);
                    }
                }
                // A form in which no file was chosen sends one without a name.
                Some(file) if name == FIELD && !file.is_empty() => {
                    if self.files.len() == MAX_ATTACHMENTS {
                        return Err(too_many());
                    }
                    let upload = Upload {
                        name: file,
                        content: field.map_err(io::Error::other),
                        is_generated: false,
                    };
                    self.files.push(files.store(user, upload).await?.id);
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

/// The words in a field.
async fn read_words<E>(field: impl Stream<Item = Result<Bytes, E>>) -> AppResult<String> {
    let mut words = Vec::new();
    let mut field = pin!(field);
    while let Some(piece) = field.try_next().await.map_err(|_| unreadable())? {
        words.extend_from_slice(&piece);
        if words.len() > MAX_WORDS_BYTES {
            return Err(unread());
        }
    }
    String::from_utf8(words).map_err(|_| unread())
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

fn too_many() -> AppError {
    AppError::field(
        "attachments",
        format!(
            "A message takes at most {MAX_ATTACHMENTS} files. Remove some and send the rest in another message."
        ),
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
