//! Every route of the server on one page.

use super::{
    access, answers, body, client, cross_origin, error, events, fallback, files, headers, health,
    metrics, session, v1,
};
use crate::{
    server::state::AppState,
    ui::{
        app::{App, shell},
        client_files::ClientFiles,
    },
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::HeaderName,
    middleware,
    routing::{get, post},
};
use leptos::{IntoView, config::LeptosOptions};
use leptos_axum::{AxumRouteListing, ErrorHandler, LeptosRoutes, generate_route_list};
use std::sync::OnceLock;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::TraceLayer,
};

/// An id for each request: taken over from a proxy, else made here.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What is neither a page nor a server function.
fn chat_and_files() -> Router<AppState> {
    Router::new()
        .route("/api/runs/{run}/events", get(events::run_events))
        .route("/api/chat", post(answers::ask))
        .route("/chat", post(fallback::post_message))
        .route("/chat/{id}", post(fallback::post_message))
        .route("/api/files/{file}", get(files::download))
        .route("/api/files/{file}/preview", get(files::preview))
        .route(
            "/api/assistants/{assistant}/{version}/picture",
            get(files::assistant_picture),
        )
}

/// The whole surface.
pub fn router(state: AppState) -> Router {
    let context = {
        let state = state.clone();
        move || session::provide(&state)
    };
    let (page, other) = (state.clone(), state.clone());
    let (observed, is_secure, limited) = (state.clone(), state.clone(), state.clone());

    Router::new()
        .merge(chat_and_files())
        // Pages, see `crate::ui::app`, and server functions, see `crate::api`.
        .leptos_routes_with_context(&state, pages(), context.clone(), move || {
            document(&page, page.leptos.clone())
        })
        .fallback_service(ErrorHandler::new_with_context(
            context,
            move |options| document(&other, options),
            state.leptos.clone(),
        ))
        .layer(middleware::from_fn(error::map_server_fn_errors))
        .layer(middleware::from_fn_with_state(
            state.clone(),
            session::identify,
        ))
        // A page of another site cannot ride on a cookie here; what comes with a token comes from wherever it may.
        .layer(middleware::from_fn(cross_origin::refuse_cross_origin))
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn(error::explain_size_limit))
                .layer(DefaultBodyLimit::disable())
                .layer(middleware::from_fn_with_state(limited, body::limit)),
        )
        // For programs, with limits of their own.
        .merge(v1::routes(&state))
        // The client's files, health and numbers: without a look at who it is.
        .merge(client::routes())
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::scrape))
        .with_state(state)
        .layer(
            ServiceBuilder::new()
                .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
                .layer(
                    // Only the span, around the body as well; what is told of a request is told by `access`.
                    TraceLayer::new_for_http()
                        .make_span_with(access::log_span)
                        .on_request(())
                        .on_response(())
                        .on_failure(()),
                )
                .layer(middleware::from_fn_with_state(observed, access::observe))
                .layer(PropagateRequestIdLayer::new(REQUEST_ID))
                .layer(CatchPanicLayer::new())
                .layer(middleware::from_fn_with_state(is_secure, headers::protect))
                .layer(
                    CompressionLayer::new().compress_when(
                        // An event stream is never held back to compress it, nor is speech, and a stored file is sent as it is.
                        DefaultPredicate::new()
                            .and(NotForContentType::new("text/event-stream"))
                            .and(NotForContentType::new("application/octet-stream"))
                            .and(files::is_no_download),
                    ),
                ),
        )
}

/// The document around every page.
pub(super) fn document(state: &AppState, options: LeptosOptions) -> impl IntoView + use<> {
    let files = ClientFiles::new(&options, &state.site.hashes());
    shell(files, options, session::theme())
}

/// Every page, found out once a process: while Leptos looks for them it loads no resource anywhere, so a page that another
/// server of this process is about to render would wait for ever.
fn pages() -> Vec<AxumRouteListing> {
    static PAGES: OnceLock<Vec<AxumRouteListing>> = OnceLock::new();
    PAGES.get_or_init(|| generate_route_list(App)).clone()
}
