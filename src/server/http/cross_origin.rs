//! Requests that other sites make a browser send are refused: the rules of Go 1.25's `CrossOriginProtection`.
//!
//! A request that changes something is taken when `Sec-Fetch-Site` says it comes from this site, or the person typed it;
//! where a browser does not send that header, `Origin` must name this host. Neither header means no browser, and so no
//! cookie that somebody else could ride on.

use crate::model::{AppError, ErrorKind};
use axum::{
    extract::Request,
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Refuses changes that another site's page asked for.
pub(super) async fn refuse_cross_origin(request: Request, next: Next) -> Response {
    let is_safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if is_safe || is_same_origin(request.headers()) {
        return next.run(request).await;
    }
    AppError::new(
        ErrorKind::Forbidden,
        "This request came from another site, so it was refused.",
    )
    .into_response()
}

fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = text(header::HOST.as_str()).unwrap_or("");
            let named = origin.split_once("://").map_or("", |(_, rest)| rest);
            !host.is_empty() && named.eq_ignore_ascii_case(host)
        }
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    axum::http::HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn this_site_and_programs_may_other_sites_may_not() {
        let host = ("host", "ai.example:3000");
        assert!(is_same_origin(&headers(&[
            host,
            ("sec-fetch-site", "same-origin")
        ])));
        assert!(is_same_origin(&headers(&[
            host,
            ("sec-fetch-site", "none")
        ])));
        assert!(!is_same_origin(&headers(&[
            host,
            ("sec-fetch-site", "cross-site")
        ])));
        assert!(!is_same_origin(&headers(&[
            host,
            ("sec-fetch-site", "same-site")
        ])));
        assert!(is_same_origin(&headers(&[
            host,
            ("origin", "http://ai.example:3000")
        ])));
        assert!(!is_same_origin(&headers(&[
            host,
            ("origin", "http://evil.example")
        ])));
        assert!(!is_same_origin(&headers(&[host, ("origin", "null")])));
        assert!(is_same_origin(&headers(&[host])));
    }
}
