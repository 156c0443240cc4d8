//! Signing up, logging in and out, and who is there.

use crate::model::{AppResult, theme::Theme, user::UserView};
use leptos::prelude::*;

/// Who is logged in, if anybody.
///
/// # Errors
/// When the database fails.
#[server(prefix = "/api", endpoint = "current_user")]
pub async fn current_user() -> AppResult<Option<UserView>> {
    Ok(crate::server::http::session::find_user().await)
}

/// Makes an account, logs it in and goes to `next` (a path of this site) or home.
///
/// # Errors
/// A sentence about the field that is not acceptable.
#[server(prefix = "/api", endpoint = "sign_up")]
pub async fn sign_up(name: String, password: String, next: Option<String>) -> AppResult<()> {
    use crate::server::http::session;
    let from = session::visitor().await?;
    let accounts = session::state()?.accounts;
    let (_, token) = accounts.sign_up(&name, password, from).await?;
    session::begin(&token, next.as_deref()).await
}

/// Logs in and goes to `next` (a path of this site) or home.
///
/// # Errors
/// When name or password is wrong.
#[server(prefix = "/api", endpoint = "log_in")]
pub async fn log_in(name: String, password: String, next: Option<String>) -> AppResult<()> {
    use crate::server::http::session;
    let from = session::visitor().await?;
    let accounts = session::state()?.accounts;
    let (_, token) = accounts.log_in(&name, password, from).await?;
    session::begin(&token, next.as_deref()).await
}

/// Logs out and goes home.
///
/// # Errors
/// When the database fails.
#[server(prefix = "/api", endpoint = "log_out")]
pub async fn log_out() -> AppResult<()> {
    crate::server::http::session::end().await
}

/// How the site looks for whoever asks.
///
/// # Errors
/// Only on the way: the server always knows.
#[server(prefix = "/api", endpoint = "current_theme")]
pub async fn current_theme() -> AppResult<Theme> {
    Ok(crate::server::http::session::theme())
}

/// Remembers how the site looks in this browser.
///
/// # Errors
/// When there is no request.
#[server(prefix = "/api", endpoint = "set_theme")]
pub async fn set_theme(theme: Theme) -> AppResult<()> {
    crate::server::http::session::remember_theme(theme)
}
