//! `/v1/files`: the person's files, the same that their pages show.

use super::{
    access::Caller,
    error::{ApiError, ApiResult},
    form::{Form, FormFile, Texts},
    parts::{FILE_PREFIX, file_id},
};
use crate::{
    model::{AppError, ErrorKind, ids::FileId},
    server::{
        db::files::FileRecord,
        files::Upload,
        http::files::{as_it_is, disposition},
        state::AppState,
    },
};
use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// What a file that is stored here is for, in the interface's words.
const PURPOSE: &str = "user_data";
/// What a file that a model made is for.
const PURPOSE_OF_ANSWERS: &str = "assistants_output";
/// Purposes that mean the same here: a file is for whatever it is sent to.
const TAKEN_PURPOSES: [&str; 3] = [PURPOSE, "assistants", "vision"];
/// Most files in one answer, and as many as there are where nothing is said.
const MAX_LISTED: u32 = 10_000;

/// How a list is wanted.
#[derive(Deserialize)]
pub(super) struct Listing {
    after: Option<String>,
    limit: Option<String>,
    order: Option<String>,
    purpose: Option<String>,
}

/// `POST /v1/files`.
pub(super) async fn create(
    State(state): State<AppState>,
    Caller(caller): Caller,
    form: Form,
) -> ApiResult<Json<Value>> {
    let (files, user) = (state.files.clone(), caller.user.id);
    let store = async move |texts: Texts, file: FormFile| {
        check_purpose(&texts, false)?;
        let upload = Upload {
            name: file.name,
            content: file.content,
            is_generated: false,
        };
        let stored = files.store(user, upload).await;
        stored.map_err(|error| match error.kind {
            ErrorKind::Invalid | ErrorKind::TooLarge => ApiError::from(error).about("file"),
            _ => error.into(),
        })
    };
    let (texts, stored) = form.read(store).await?;
    let stored = stored.ok_or_else(|| ApiError::invalid("file", "`file` is missing."))?;
    if let Err(error) = check_purpose(&texts, true) {
        state.files.delete(user, stored.id).await?;
        return Err(error);
    }
    let record = state.files.get(user, stored.id).await?;
    Ok(Json(object(&record)))
}

/// Refuses a purpose that nothing here serves; a form may tell it after its file.
fn check_purpose(texts: &Texts, is_whole: bool) -> ApiResult<()> {
    if texts.has("expires_after") {
        return Err(ApiError::invalid(
            "expires_after",
            "`expires_after` is not taken: a file stays until it is deleted.",
        ));
    }
    match texts.get("purpose") {
        Some(purpose) if TAKEN_PURPOSES.contains(&purpose) => Ok(()),
        None if !is_whole => Ok(()),
        None => Err(ApiError::invalid("purpose", "`purpose` is missing.")),
        Some(_) => Err(ApiError::invalid(
            "purpose",
            "`purpose` must be one of `user_data`, `assistants`, `vision`.",
        )),
    }
}

/// `GET /v1/files`.
pub(super) async fn list(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Query(listing): Query<Listing>,
) -> ApiResult<Json<Value>> {
    let limit = match listing.limit.as_deref().map(str::parse) {
        None => MAX_LISTED,
        Some(Ok(limit @ 1..=MAX_LISTED)) => limit,
        Some(_) => {
            return Err(ApiError::invalid(
                "limit",
                "`limit` must be a whole number between 1 and 10000.",
            ));
        }
    };
    let is_ascending = match listing.order.as_deref() {
        None | Some("desc") => false,
        Some("asc") => true,
        Some(_) => {
            return Err(ApiError::invalid(
                "order",
                "`order` must be `asc` or `desc`.",
            ));
        }
    };
    let after = listing.after.as_deref().map(find_id).transpose()?;
    let user = caller.user.id;
    let (files, has_more) = state
        .files
        .list_after(user, after, limit, is_ascending)
        .await?;
    let purpose = listing.purpose.as_deref();
    let files = files
        .iter()
        .filter(|file| purpose.is_none_or(|wanted| wanted == self::purpose(file)));
    let data: Vec<_> = files.map(object).collect();
    Ok(Json(json!({
        "object": "list",
        "first_id": data.first().map(|file| &file["id"]),
        "last_id": data.last().map(|file| &file["id"]),
        "data": data,
        "has_more": has_more,
    })))
}

/// `GET /v1/files/{id}`.
pub(super) async fn find(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<Value>> {
    let record = state.files.get(caller.user.id, find_id(&id)?).await?;
    Ok(Json(object(&record)))
}

/// `DELETE /v1/files/{id}`.
pub(super) async fn delete(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<Value>> {
    state.files.delete(caller.user.id, find_id(&id)?).await?;
    Ok(Json(json!({ "id": id, "object": "file", "deleted": true })))
}

/// `GET /v1/files/{id}/content`.
pub(super) async fn content(
    State(state): State<AppState>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> ApiResult<Response> {
    let record = state.files.get(caller.user.id, find_id(&id)?).await?;
    let blob = state.files.open(&record, None).await?;
    let media_type = HeaderValue::from_str(&record.view.media_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_LENGTH, HeaderValue::from(blob.size_bytes)),
        (
            header::CONTENT_DISPOSITION,
            disposition(&record.view.name, false),
        ),
    ];
    let response = (headers, Body::from_stream(blob.content)).into_response();
    Ok(as_it_is(response))
}

fn find_id(id: &str) -> ApiResult<FileId> {
    file_id(id).ok_or_else(|| AppError::not_found("file").into())
}

fn purpose(file: &FileRecord) -> &'static str {
    match file.view.is_generated {
        true => PURPOSE_OF_ANSWERS,
        false => PURPOSE,
    }
}

fn object(file: &FileRecord) -> Value {
    json!({
        "id": format!("{FILE_PREFIX}{}", file.view.id),
        "object": "file",
        "bytes": file.view.size_bytes,
        "created_at": file.created_at / 1000,
        "filename": file.view.name,
        "purpose": purpose(file),
        "status": "processed",
    })
}
