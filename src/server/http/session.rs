//! Sessions at the door: the cookie, who holds it, and what server functions ask of the request they are in.

use crate::{
    model::{AppError, AppResult, theme::Theme, user::UserView},
    server::{
        auth::{SESSION_MS, SessionToken},
        state::AppState,
    },
};
use axum::{
    extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use leptos::{
    nonce::use_nonce,
    prelude::{expect_context, provide_context, use_context},
};
use leptos_axum::ResponseOptions;
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

/// Over https the name's prefix makes browsers insist on a secure, host-bound cookie.
const SECURE_NAME: &str = "__Host-session";
const PLAIN_NAME: &str = "session";
/// Remembers the look of the site.
const THEME: &str = "theme";

/// The person who sent a request, as an argument of handlers: a handler without it serves anybody.
#[derive(Clone, Debug)]
pub struct Member(pub UserView);

/// Looks up who sent a request, once, and leaves it with the request.
pub(super) async fn identify(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(token) = token_of(&state, request.headers()) {
        match state.accounts.find_user(&token).await {
            Ok(Some(user)) => {
                request.extensions_mut().insert(Member(user));
            }
            Ok(None) => {}
            // Not knowing who it is must not look like being logged out.
            Err(error) => return error.into_response(),
        }
    }
    next.run(request).await
}

impl<S: Sync> FromRequestParts<S> for Member {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(AppError::unauthorized)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Member {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

fn cookie_name(state: &AppState) -> &'static str {
    if state.config.server.is_https() {
        SECURE_NAME
    } else {
        PLAIN_NAME
    }
}

fn token_of(state: &AppState, headers: &HeaderMap) -> Option<SessionToken> {
    let jar = CookieJar::from_headers(headers);
    SessionToken::parse(jar.get(cookie_name(state))?.value())
}

fn cookie(state: &AppState, value: String, max_age_ms: i64) -> Cookie<'static> {
    Cookie::build((cookie_name(state), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.config.server.is_https())
        .max_age(cookie::time::Duration::milliseconds(max_age_ms))
        .build()
}

/// Gives pages and server functions what they are rendered with, and pages their policy: only scripts that carry this
/// answer's nonce run, and nothing is loaded from elsewhere.
pub(super) fn provide(state: &AppState) {
    provide_context(state.clone());
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else {
        return;
    };
    let reload = if state.config.server.is_watched {
        " ws:"
    } else {
        ""
    };
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'{reload}; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// The services, from inside a server function.
///
/// # Errors
/// When there is no request around it.
pub fn state() -> AppResult<AppState> {
    use_context().ok_or_else(AppError::internal)
}

/// The person who calls a server function, if anybody is logged in.
pub async fn find_user() -> Option<UserView> {
    let parts = use_context::<Parts>()?;
    parts
        .extensions
        .get::<Member>()
        .map(|member| member.0.clone())
}

/// The services and the person who calls a server function.
///
/// # Errors
/// `Unauthorized`.
pub async fn member() -> AppResult<(AppState, UserView)> {
    let user = find_user().await.ok_or_else(AppError::unauthorized)?;
    Ok((state()?, user))
}

/// The address of the person who calls a server function.
///
/// # Errors
/// When there is no request around it.
pub async fn visitor() -> AppResult<IpAddr> {
    let parts = use_context::<Parts>().ok_or_else(AppError::internal)?;
    Ok(address(&parts, state()?.config.server.is_behind_proxy))
}

/// Where a request came from. Behind one's own proxy that is the last address it added; else the connection's.
fn address(parts: &Parts, is_behind_proxy: bool) -> IpAddr {
    let forwarded = parts
        .headers
        .get("x-forwarded-for")
        .filter(|_| is_behind_proxy)
        .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    let connected = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    forwarded
        .or(connected)
        .unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

/// Hands the token out as a cookie and goes on to `next`. A session that was open in this browser ends: its token is not
/// taken over by whoever logs in next.
///
/// # Errors
/// When the database fails.
pub async fn begin(token: &SessionToken, next: Option<&str>) -> AppResult<()> {
    let state = state()?;
    if let Some(parts) = use_context::<Parts>()
        && let Some(old) = token_of(&state, &parts.headers)
    {
        state.accounts.log_out(&old).await?;
    }
    set_cookie(&cookie(&state, token.secret().to_owned(), SESSION_MS));
    go_on(next.or(Some("/")));
    Ok(())
}

/// Ends the caller's session and goes home.
///
/// # Errors
/// When the database fails.
pub async fn end() -> AppResult<()> {
    let state = state()?;
    if let Some(parts) = use_context::<Parts>()
        && let Some(token) = token_of(&state, &parts.headers)
    {
        state.accounts.log_out(&token).await?;
    }
    set_cookie(&cookie(&state, String::new(), 0));
    go_on(Some("/"));
    Ok(())
}

/// Remembers the look of the site for a year.
///
/// # Errors
/// When there is no request around it.
pub fn remember_theme(theme: Theme) -> AppResult<()> {
    let state = state()?;
    let cookie = Cookie::build((THEME, theme.as_str()))
        .path("/")
        .same_site(SameSite::Lax)
        .secure(state.config.server.is_https())
        .max_age(cookie::time::Duration::days(365))
        .build();
    set_cookie(&cookie);
    Ok(())
}

/// The look that the visitor chose.
#[must_use]
pub fn theme() -> Theme {
    let parts = use_context::<Parts>();
    parts
        .and_then(|parts| {
            let jar = CookieJar::from_headers(&parts.headers);
            Some(Theme::parse(jar.get(THEME)?.value()))
        })
        .unwrap_or_default()
}

/// Gives a page that shows a failure the failure's status. A server function's own answer gets it at the door.
pub fn mark_page(error: &AppError) {
    let is_page =
        use_context::<Parts>().is_some_and(|parts| !parts.uri.path().starts_with("/api/"));
    if is_page && let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(super::error::status(error.kind));
    }
}

pub(super) fn set_cookie(cookie: &Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, value);
    }
}

/// Goes on to a path after a form was posted: home where it is not of this site, nowhere where there is none.
pub fn go_on(next: Option<&str>) {
    if let Some(path) = next {
        leptos_axum::redirect(if is_local_path(path) { path } else { "/" });
    }
}

/// Goes on to a path after a form was posted by a browser that runs no script; one that does shows the answer in its place.
pub fn go_on_without_script(path: &str) {
    let is_page = use_context::<Parts>().is_some_and(|parts| {
        let accepted = parts.headers.get(header::ACCEPT);
        accepted
            .and_then(|accepted| accepted.to_str().ok())
            .is_some_and(|accepted| accepted.contains("text/html"))
    });
    if is_page {
        go_on(Some(path));
    }
}

/// Whether a text is a path of this site and nothing that a browser would take for another's address.
fn is_local_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(['\\', '\r', '\n'])
        && !path.contains("/../")
}

#[cfg(test)]
mod tests {
    use super::is_local_path;

    #[test]
    fn only_paths_of_this_site_are_followed_after_log_in() {
        assert!(is_local_path("/chat?tool=x"));
        for foreign in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "chat",
        ] {
            assert!(!is_local_path(foreign), "{foreign}");
        }
    }
}
