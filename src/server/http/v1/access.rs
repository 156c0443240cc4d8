//! Who may come in: whoever shows a token that opens this door.

use super::error::ApiError;
use crate::{
    model::{AppError, ErrorKind, token::Scope},
    server::{auth::tokens, http::metrics::bearer, state::AppState},
};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::request::Parts,
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Who asks, as an argument of handlers. Only a door behind [`admit`] has one.
#[derive(Clone, Debug)]
pub(super) struct Caller(pub(super) tokens::Caller);

/// Lets in whoever shows a token with the scope, as long as the server takes anything.
pub(super) async fn admit(
    State((state, scope)): State<(AppState, Scope)>,
    mut request: Request,
    next: Next,
) -> Response {
    if state.chat.is_draining() {
        return ApiError::restarting().into_response();
    }
    let admitted = match bearer(request.headers()) {
        Some(secret) => state.tokens.authorise(secret, scope).await,
        None => Err(AppError::new(
            ErrorKind::Unauthorized,
            "Show a token: `Authorization: Bearer iai-…`. Make one in the settings, under Tokens.",
        )),
    };
    match admitted {
        Ok(caller) => {
            request.extensions_mut().insert(Caller(caller));
            next.run(request).await
        }
        Err(error) => ApiError::from(error).into_response(),
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| AppError::internal().into())
    }
}
