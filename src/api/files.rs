//! Files that people store. Everything here needs somebody logged in, and shows only what is theirs.

use crate::model::{
    AppResult,
    file::{FilePage, FileUse, FileView},
    ids::FileId,
};
use leptos::{
    prelude::*,
    server_fn::codec::{Json, MultipartData, MultipartFormData},
};

/// Stores the file in the field `file`.
///
/// # Errors
/// `Unauthorized`; a sentence when the file is not taken.
#[server(prefix = "/api", endpoint = "upload_file", input = MultipartFormData)]
pub async fn upload_file(data: MultipartData) -> AppResult<FileView> {
    let (state, user) = crate::server::http::session::member().await?;
    crate::server::http::uploads::store_one(&state.files, user.id, data).await
}

/// Stores every file in the fields `file`: a form without a script sends them together.
///
/// # Errors
/// `Unauthorized`; a sentence about the first file that is not taken. Those before it are stored.
#[server(prefix = "/api", endpoint = "upload_files", input = MultipartFormData)]
pub async fn upload_files(data: MultipartData) -> AppResult<Vec<FileView>> {
    let (state, user) = crate::server::http::session::member().await?;
    crate::server::http::uploads::store_all(&state.files, user.id, data).await
}

/// Longest file that is taken, in bytes.
///
/// # Errors
/// `Unauthorized`.
#[server(prefix = "/api", endpoint = "upload_limit")]
pub async fn upload_limit() -> AppResult<u64> {
    let (state, _) = crate::server::http::session::member().await?;
    Ok(state.files.upload_limit())
}

/// One page of the person's files whose names hold `query`, the newest first.
///
/// # Errors
/// `Unauthorized`.
#[server(prefix = "/api", endpoint = "list_files")]
pub async fn list_files(query: String, page: u32) -> AppResult<FilePage> {
    let (state, user) = crate::server::http::session::member().await?;
    state.files.list(user.id, &query, page).await
}

/// The person's files among `ids`, in that order; those that are gone are left out.
///
/// # Errors
/// `Unauthorized`.
#[server(prefix = "/api", endpoint = "find_files", input = Json)]
pub async fn find_files(ids: Vec<FileId>) -> AppResult<Vec<FileView>> {
    let (state, user) = crate::server::http::session::member().await?;
    state.files.find(user.id, &ids).await
}

/// Where a file was sent.
///
/// # Errors
/// `NotFound`.
#[server(prefix = "/api", endpoint = "file_use")]
pub async fn get_file_use(id: FileId) -> AppResult<FileUse> {
    let (state, user) = crate::server::http::session::member().await?;
    state.files.mentions(user.id, id).await
}

/// Deletes a file, here and with the providers that hold a copy.
///
/// # Errors
/// `NotFound`.
#[server(prefix = "/api", endpoint = "delete_file")]
pub async fn delete_file(id: FileId) -> AppResult<()> {
    let (state, user) = crate::server::http::session::member().await?;
    state.files.delete(user.id, id).await
}
