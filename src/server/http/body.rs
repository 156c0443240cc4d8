//! How much a request may bring. Forms with files are let through as they come, for the service counts them; everything
//! else is short.

use super::uploads::is_with_files;
use crate::{
    model::{AppError, ErrorKind, file::MAX_ATTACHMENTS, import::MAX_IMPORT_BYTES},
    server::{speech::MAX_RECORDING_BYTES, state::AppState},
};
use axum::{
    body::{Body, BodyDataStream, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt};
use http_body_util::Limited;
use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

/// Largest body of a request that is no upload: a message of the longest kind, escaped.
const MAX_BODY_BYTES: u64 = 2 * 1024 * 1024;
/// What a form has around each file.
pub(super) const FORM_BYTES: u64 = 64 * 1024;
/// Longest boundary of a form, and what it may consist of beside letters and digits: RFC 2046, 5.1.1.
const MAX_BOUNDARY_CHARS: usize = 70;
const BOUNDARY_MARKS: &str = "'()+_,-./:=?";
/// How long a refused upload is read to its end: a browser listens for the answer only when it has sent everything.
const DRAIN: Duration = Duration::from_secs(20);

/// Limits what a request brings, by where it goes.
pub(super) async fn limit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.uri().path() == "/api/import_threads" {
        let most = MAX_IMPORT_BYTES as u64 + FORM_BYTES;
        return receive(most, request, next, AppError::into_response).await;
    }
    if request.uri().path() == "/api/transcribe" {
        let most = MAX_RECORDING_BYTES + FORM_BYTES;
        return receive(most, request, next, AppError::into_response).await;
    }
    let is_upload = match request.uri().path() {
        "/api/upload_file" | "/api/upload_files" => true,
        // The composer's form without a script may bring files or only words.
        path if path == "/chat" || path.starts_with("/chat/") => is_with_files(request.headers()),
        _ => false,
    };
    if !is_upload {
        return limit_to(MAX_BODY_BYTES, request, next).await;
    }
    let file_bytes = state.config.files.upload_limit_bytes + FORM_BYTES;
    let most = file_bytes * MAX_ATTACHMENTS as u64;
    receive(most, request, next, AppError::into_response).await
}

async fn limit_to(most: u64, request: Request, next: Next) -> Response {
    if announced(request.headers()).is_some_and(|length| length > most) {
        return too_large().into_response();
    }
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    next.run(request.map(|body| Body::new(Limited::new(body, most))))
        .await
}

/// Lets a form with files through, piece by piece; `refuse` says no in the words of whoever asks.
pub(super) async fn receive(
    most: u64,
    mut request: Request,
    next: Next,
    refuse: impl Fn(AppError) -> Response,
) -> Response {
    // Whoever reads forms further in takes for granted that there is a boundary.
    let Some(kind) = form_type(request.headers()) else {
        return refuse(AppError::new(
            ErrorKind::Invalid,
            "The form could not be read: it does not say where its parts end. Reload the page and try again.",
        ));
    };
    request.headers_mut().insert(header::CONTENT_TYPE, kind);
    let announced = announced(request.headers());
    let (parts, body) = request.into_parts();
    let most_here = usize::try_from(most).unwrap_or(usize::MAX);
    let pieces = Pieces::of(Body::new(Limited::new(body, most_here)));
    // One that says that it is too large is refused before its file is; it is read to its end all the same.
    let response = match announced.is_some_and(|length| length > most) {
        true => refuse(too_large()),
        false => {
            let body = Body::from_stream(pieces.clone());
            next.run(Request::from_parts(parts, body)).await
        }
    };
    if response.status().is_client_error() {
        let rest = pieces.for_each(|_| std::future::ready(()));
        let _ = tokio::time::timeout(DRAIN, rest).await;
    }
    response
}

/// How long a request says its body is.
fn announced(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

fn too_large() -> AppError {
    AppError::new(
        ErrorKind::TooLarge,
        "This is more than the server takes at once. Shorten it or send it in parts.",
    )
}

/// The content type of a form with files, with its boundary written in the one way that every reader takes.
fn form_type(headers: &HeaderMap) -> Option<HeaderValue> {
    let given = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (kind, parameters) = given.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("boundary")
            .then(|| value.trim().trim_matches('"'))
    })?;
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || BOUNDARY_MARKS.contains(c);
    let is_boundary =
        (1..=MAX_BOUNDARY_CHARS).contains(&boundary.len()) && boundary.chars().all(is_allowed);
    is_boundary
        .then(|| {
            HeaderValue::from_str(&format!("multipart/form-data; boundary=\"{boundary}\"")).ok()
        })
        .flatten()
}

/// A body that pauses after every piece. Readers of forms take whatever is ready into memory before they look at it, and from
/// a fast sender everything is always ready. It can be read on by somebody else than who began.
#[derive(Clone)]
struct Pieces(Arc<Mutex<Paced>>);

struct Paced {
    body: BodyDataStream,
    has_ended: bool,
    is_to_pause: bool,
}

impl Pieces {
    fn of(body: Body) -> Self {
        Self(Arc::new(Mutex::new(Paced {
            body: body.into_data_stream(),
            has_ended: false,
            is_to_pause: false,
        })))
    }
}

impl Stream for Pieces {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // Valid after every statement, so a panic elsewhere does not spoil it.
        let mut paced = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if paced.has_ended {
            return Poll::Ready(None);
        }
        if std::mem::take(&mut paced.is_to_pause) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let next = paced.body.poll_next_unpin(context);
        match &next {
            Poll::Ready(Some(Ok(_))) => paced.is_to_pause = true,
            Poll::Ready(_) => paced.has_ended = true,
            Poll::Pending => {}
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_str(given).expect("a header"),
        );
        form_type(&headers).map(|kind| kind.to_str().expect("text").to_owned())
    }

    #[test]
    fn a_form_without_a_usable_boundary_is_none() {
        let canonical = "multipart/form-data; boundary=\"----WebKit7\"";
        for given in [
            "multipart/form-data; boundary=----WebKit7",
            "Multipart/Form-Data; charset=utf-8; Boundary=\"----WebKit7\"",
        ] {
            assert_eq!(read(given).as_deref(), Some(canonical), "{given}");
        }
        for given in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"\"",
            "multipart/form-data; boundary=a b",
            "multipart/mixed; boundary=x",
            "application/json",
            &format!("multipart/form-data; boundary={}", "x".repeat(71)),
        ] {
            assert_eq!(read(given), None, "{given}");
        }
    }
}
