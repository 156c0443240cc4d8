//! How the client's files travel: scripts, styles, pictures, in the smallest form that a browser takes. Where they come
//! from is the site's business. A name that holds a hash of the content may be kept for ever.

mod encoding;

use crate::server::{
    site::{File, Site},
    state::AppState,
};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use encoding::Encoding;
use std::borrow::Cow;

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// Digits of the hash in a name.
const HASH_DIGITS: usize = 16;

/// The files of `public`, which browsers look for at the top of a site.
const PUBLIC: [&str; 1] = ["favicon.svg"];

/// `/pkg/*` and the files of `public`.
pub(super) fn routes() -> Router<AppState> {
    let package = Router::new().route("/pkg/{*path}", get(package_file));
    PUBLIC.iter().fold(package, |router, name| {
        let answer = move |State(state): State<AppState>, headers: HeaderMap| async move {
            answer(&state.site, name, AN_HOUR, &headers).await
        };
        router.route(&format!("/{name}"), get(answer))
    })
}

async fn package_file(
    State(state): State<AppState>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    let policy = if is_hashed(&path) {
        FOR_EVER
    } else {
        ASK_AGAIN
    };
    answer(&state.site, &format!("pkg/{path}"), policy, &headers).await
}

fn is_hashed(name: &str) -> bool {
    name.split('.').any(|part| {
        part.len() == HASH_DIGITS && part.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

/// A file, or only the news that the browser's own copy is still right.
async fn answer(site: &Site, path: &str, policy: HeaderValue, headers: &HeaderMap) -> Response {
    let Some((file, encoding)) = find(site, path, headers).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // Weak, because a form that was not built may be compressed on its way out.
    let tag = format!("W/\"{}\"", file.version);
    let is_known = is_known(headers, &tag);
    let mut response = Response::new(Body::empty());
    let fields = response.headers_mut();
    fields.insert(header::CACHE_CONTROL, policy);
    fields.insert(
        header::VARY,
        HeaderValue::from_static(header::ACCEPT_ENCODING.as_str()),
    );
    fields.extend(HeaderValue::try_from(tag).map(|tag| (header::ETAG, tag)));
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    fields.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(content_type(path)),
    );
    if let Some(encoding) = encoding {
        fields.insert(
            header::CONTENT_ENCODING,
            HeaderValue::from_static(encoding.name()),
        );
    }
    *response.body_mut() = Body::from(match file.content {
        Cow::Borrowed(content) => Bytes::from_static(content),
        Cow::Owned(content) => Bytes::from(content),
    });
    response
}

async fn find(site: &Site, path: &str, headers: &HeaderMap) -> Option<(File, Option<Encoding>)> {
    for encoding in encoding::accepted(headers) {
        let compressed = format!("{path}{}", encoding.suffix());
        if let Some(file) = site.find(&compressed).await {
            return Some((file, Some(encoding)));
        }
    }
    Some((site.find(path).await?, None))
}

/// Whether the browser's copy is the file that it would get.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim() == "*" || opaque(known) == opaque(tag))
}

/// What a browser is told to take a file for.
fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, kind)| kind) {
        "css" => "text/css; charset=utf-8",
        "ico" => "image/x-icon",
        "jpg" => "image/jpeg",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_with_a_whole_hash_may_be_kept_for_ever() {
        assert!(is_hashed("inspireai.7af16902445fd996.js"));
        assert!(is_hashed("inspireai.math.30582c988bef4a85.wasm"));
        for plain in [
            "inspireai.js",
            "highlight.js",
            "inspireai.7af16902.js",
            "inspireai.7af16902445fd99g.js",
        ] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }

    #[test]
    fn a_copy_is_known_by_its_tag_weak_or_not_alone_or_among_others() {
        let tag = "W/\"1a\"";
        for (known, expected) in [
            ("W/\"1a\"", true),
            ("\"1a\"", true),
            ("\"0\", W/\"1a\"", true),
            ("*", true),
            ("\"1b\"", false),
            ("", false),
        ] {
            let headers =
                HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(known))]);
            assert_eq!(is_known(&headers, tag), expected, "{known}");
        }
        assert!(!is_known(&HeaderMap::new(), tag));
    }
}
