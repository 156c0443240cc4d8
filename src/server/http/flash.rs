//! What a form that was sent without a script leaves for the page that comes after it: shown there once, and kept nowhere
//! but in the browser that sent the form.

use super::session;
use axum::http::{header, request::Parts};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use leptos::prelude::use_context;
use serde::{Serialize, de::DeserializeOwned};

/// A token that was just made, for the settings.
pub const FRESH_TOKEN: Flash = Flash {
    name: "fresh-token",
    path: "/settings",
};

/// Nobody waits longer for the next page.
const LIFETIME_S: i64 = 60;

/// One thing that is left for a page.
#[derive(Clone, Copy, Debug)]
pub struct Flash {
    name: &'static str,
    path: &'static str,
}

impl Flash {
    /// Leaves a value, if it is a form that asks: no script will hear of the answer.
    pub fn leave(self, value: &impl Serialize) {
        let is_form = use_context::<Parts>().is_some_and(|parts| {
            let accepted = parts.headers.get(header::ACCEPT);
            accepted
                .and_then(|accepted| accepted.to_str().ok())
                .is_some_and(|accepted| accepted.contains("text/html"))
        });
        if is_form && let Ok(json) = serde_json::to_vec(value) {
            session::set_cookie(&self.cookie(URL_SAFE_NO_PAD.encode(json), LIFETIME_S));
        }
    }

    /// What was left for the page that is being rendered. It is gone after this.
    #[must_use]
    pub fn take<T: DeserializeOwned>(self) -> Option<T> {
        let parts = use_context::<Parts>()?;
        let jar = CookieJar::from_headers(&parts.headers);
        let json = URL_SAFE_NO_PAD.decode(jar.get(self.name)?.value()).ok()?;
        session::set_cookie(&self.cookie(String::new(), 0));
        serde_json::from_slice(&json).ok()
    }

    fn cookie(self, value: String, age_s: i64) -> Cookie<'static> {
        let is_https = session::state().is_ok_and(|state| state.config.server.is_https());
        Cookie::build((self.name, value))
            .path(self.path)
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(is_https)
            .max_age(cookie::time::Duration::seconds(age_s))
            .build()
    }
}
