//! The client's files: scripts, styles, pictures. Names that hold a hash of their content may be kept for ever.

use crate::server::state::AppState;
use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    middleware::{self, Next},
    response::Response,
};
use tower_http::services::ServeDir;

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";
const AN_HOUR: &str = "public, max-age=3600";

/// `/pkg/*` and the files of `public`.
pub(super) fn routes(state: &AppState) -> Router<AppState> {
    let root = &state.config.server.site_root;
    let files = |path| ServeDir::new(path).precompressed_br().precompressed_gzip();
    let package = Router::new()
        .nest_service("/pkg", files(root.join("pkg")))
        .layer(middleware::from_fn(|request: Request, next| {
            let is_hashed = request.uri().path().starts_with("/pkg/inspireai.");
            let policy = if is_hashed { FOR_EVER } else { ASK_AGAIN };
            cached(policy, request, next)
        }));
    let public = Router::new()
        .nest_service("/favicon.svg", files(root.join("favicon.svg")))
        .layer(middleware::from_fn(|request, next| {
            cached(AN_HOUR, request, next)
        }));
    package.merge(public)
}

async fn cached(policy: &'static str, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status().is_success() {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static(policy));
    }
    response
}
