//! Personal tokens for the programming interface.

use crate::model::{
    AppResult,
    ids::TokenId,
    token::{NewToken, Scope, TokenList},
};
use leptos::prelude::*;

/// The caller's tokens.
///
/// # Errors
/// `Unauthorized`.
#[server(prefix = "/api", endpoint = "list_tokens")]
pub async fn list_tokens() -> AppResult<TokenList> {
    use crate::server::http::{flash, session};
    let (state, user) = session::member().await?;
    Ok(TokenList {
        tokens: state.tokens.list(user.id).await?,
        fresh: flash::FRESH_TOKEN.take(),
    })
}

/// Makes a token. The answer is the only thing that ever shows it.
///
/// # Errors
/// A sentence about `name`, `scopes` or `days`.
#[server(prefix = "/api", endpoint = "create_token")]
pub async fn create_token(
    name: String,
    #[server(default)] scopes: Vec<Scope>,
    days: u32,
) -> AppResult<NewToken> {
    use crate::server::http::{flash, session};
    let (state, user) = session::member().await?;
    let token = state.tokens.create(user.id, &name, scopes, days).await?;
    flash::FRESH_TOKEN.leave(&token);
    Ok(token)
}

/// Takes a token back, at once.
///
/// # Errors
/// `NotFound`.
#[server(prefix = "/api", endpoint = "revoke_token")]
pub async fn revoke_token(token: TokenId) -> AppResult<()> {
    let (state, user) = crate::server::http::session::member().await?;
    state.tokens.revoke(user.id, token).await
}
