//! Forms: fields of text, and one file that is handed on as it comes.

use super::error::{ApiError, ApiResult};
use crate::{model::AppError, server::http::body};
use axum::{
    extract::{FromRequest, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use leptos::server_fn::codec::{FromReq, MultipartData, MultipartFormData};
use std::io;
use tokio_util::bytes::Bytes;

/// Longest text in a field.
const MAX_TEXT_BYTES: usize = 1_000_000;
/// Most fields of one form.
const MAX_FIELDS: usize = 64;
/// The field that a file is in.
const FILE: &str = "file";

/// A form, as an argument of handlers behind [`receive`].
pub(super) struct Form(MultipartData);

/// The fields of text, in order.
#[derive(Clone, Default)]
pub(super) struct Texts(Vec<(String, String)>);

/// A form's file on its way in.
pub(super) struct FormFile {
    /// What its sender calls it.
    pub(super) name: String,
    /// What its sender says it is.
    pub(super) media_type: Option<String>,
    /// Its bytes.
    pub(super) content: BoxStream<'static, io::Result<Bytes>>,
}

/// Lets a form of at most so many bytes through, piece by piece.
pub(super) async fn receive(State(most): State<u64>, request: Request, next: Next) -> Response {
    let refuse = |error: AppError| ApiError::from(error).into_response();
    body::receive(most, request, next, refuse).await
}

impl<S: Sync> FromRequest<S> for Form {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let form =
            <MultipartData as FromReq<MultipartFormData, Request, AppError>>::from_req(request);
        Ok(Self(form.await?))
    }
}

impl Form {
    /// Reads the form. Its file goes to `take`, with the fields that came before it; what `take` makes of it comes back with
    /// all fields.
    pub(super) async fn read<T, Taking>(
        self,
        take: impl FnOnce(Texts, FormFile) -> Taking,
    ) -> ApiResult<(Texts, Option<T>)>
    where
        Taking: Future<Output = ApiResult<T>>,
    {
        let mut take = Some(take);
        let mut fields = self.0.into_inner().ok_or_else(AppError::internal)?;
        let (mut texts, mut taken) = (Texts::default(), None);
        while let Some(mut field) = fields.next_field().await.map_err(|_| unreadable())? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == FILE
                && let Some(take) = take.take()
            {
                let file = FormFile {
                    name: field.file_name().unwrap_or(FILE).to_owned(),
                    media_type: field.content_type().map(ToString::to_string),
                    content: field.map_err(io::Error::other).boxed(),
                };
                taken = Some(take(texts.clone(), file).await?);
                continue;
            }
            let mut value = Vec::new();
            while let Some(piece) = field.chunk().await.map_err(|_| unreadable())? {
                if value.len() + piece.len() > MAX_TEXT_BYTES {
                    return Err(ApiError::invalid(name, "A field of this form is too long."));
                }
                value.extend_from_slice(&piece);
            }
            let value = String::from_utf8(value)
                .map_err(|_| ApiError::invalid(name.clone(), "A field of this form is no text."))?;
            texts.0.push((name, value));
            if texts.0.len() > MAX_FIELDS {
                return Err(ApiError::malformed("The form has too many fields."));
            }
        }
        Ok((texts, taken))
    }
}

impl Texts {
    /// The text of a field.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether there is a field of this name, or of a list or an object of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| {
            known
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
        })
    }
}

fn unreadable() -> ApiError {
    ApiError::malformed("The form could not be read, or broke off.")
}
