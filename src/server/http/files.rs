//! Giving files back. What somebody stored may be anything, so no browser is let run it: what is shown in place is a picture,
//! sound, a film, a PDF or mere text, everything else is downloaded, and nothing may load or run anything.

use super::session::Member;
use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        file::{FileKind, FileView},
        ids::FileId,
        settings::AssistantVersion,
    },
    server::{
        db::files::FileRecord,
        files::{PreviewSize, Rendition},
        state::AppState,
    },
};
use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::{fmt::Write, ops::Range};

/// What a stored file may do in a browser: nothing.
const LOCKED: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";
/// The same for PDFs, whose viewer a sandbox would keep from showing them.
const LOCKED_PDF: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// Marks an answer that is a file: it is not compressed, for its length and its parts count in its own bytes.
#[derive(Clone, Copy)]
struct Download;

/// An answer whose bytes are sent as they are and as they come.
pub(super) fn as_it_is(mut response: Response) -> Response {
    response.extensions_mut().insert(Download);
    response
}

/// Whether an answer is anything else than a stored file.
pub(super) fn is_no_download(
    _: StatusCode,
    _: Version,
    _: &HeaderMap,
    extensions: &Extensions,
) -> bool {
    extensions.get::<Download>().is_none()
}

/// How a file is wanted.
#[derive(Deserialize)]
pub(super) struct Wanted {
    /// To be kept rather than shown.
    download: Option<String>,
}

/// How large a preview is wanted.
#[derive(Deserialize)]
pub(super) struct PreviewOf {
    /// Pixels.
    size: Option<u32>,
}

/// `GET /api/files/{id}`: the file, or a part of it; `?download` has browsers keep it.
pub(super) async fn download(
    State(state): State<AppState>,
    Member(user): Member,
    Path(file): Path<String>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> AppResult<Response> {
    let file: FileId = file.parse().map_err(|_| AppError::not_found("file"))?;
    let record = state.files.get(user.id, file).await?;
    let tag = format!("\"{}\"", record.sha256);
    if is_known(&headers, &tag) {
        let headers = [(header::ETAG, value(&tag))];
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let size = record.view.size_bytes;
    let part = match wanted_part(&headers, size, &tag) {
        Ok(part) => part,
        Err(Unsatisfiable) => return Ok(unsatisfiable(size)),
    };
    let blob = state.files.open(&record, part.clone()).await?;
    let length = blob.size_bytes;
    let mut response = Body::from_stream(blob.content).into_response();
    response.extensions_mut().insert(Download);
    describe(
        response.headers_mut(),
        &record,
        &tag,
        wanted.download.is_some(),
    );
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if let Some(part) = part {
        let range = format!("bytes {}-{}/{size}", part.start, part.end - 1);
        headers.insert(header::CONTENT_RANGE, value(&range));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// `GET /api/files/{id}/preview?size=96`: a small version of a picture. It never changes, so browsers keep it.
pub(super) async fn preview(
    State(state): State<AppState>,
    Member(user): Member,
    Path(file): Path<String>,
    Query(wanted): Query<PreviewOf>,
) -> AppResult<Response> {
    let file: FileId = file.parse().map_err(|_| AppError::not_found("file"))?;
    let size = PreviewSize::at_least(wanted.size.unwrap_or(512));
    state.files.preview(user.id, file, size).await.map(kept)
}

/// `GET /api/assistants/{id}/{version}/picture`: how that version looks. It never changes, so browsers keep it.
pub(super) async fn assistant_picture(
    State(state): State<AppState>,
    Member(user): Member,
    Path((assistant, version)): Path<(String, u32)>,
) -> AppResult<Response> {
    let id = assistant
        .parse()
        .map_err(|_| AppError::not_found("assistant"))?;
    let version = AssistantVersion { id, version };
    state.assistants.picture(user.id, version).await.map(kept)
}

/// A small version of a picture, as an answer that browsers keep.
fn kept(made: Rendition) -> Response {
    let headers = [
        (header::CONTENT_TYPE, value(&made.media_type)),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(LOCKED),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, max-age=31536000, immutable"),
        ),
    ];
    (headers, made.bytes).into_response()
}

/// What a browser is told about a file.
fn describe(headers: &mut HeaderMap, record: &FileRecord, tag: &str, is_kept: bool) {
    let file = &record.view;
    let shown_as = shown_as(file).filter(|_| !is_kept);
    let policy = match file.kind {
        FileKind::Pdf => LOCKED_PDF,
        _ => LOCKED,
    };
    let told = [
        (
            header::CONTENT_TYPE,
            value(shown_as.unwrap_or(&file.media_type)),
        ),
        (
            header::CONTENT_DISPOSITION,
            disposition(&file.name, shown_as.is_some()),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(policy),
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        ),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (header::ETAG, value(tag)),
    ];
    headers.extend(told);
}

/// As what a file is shown in place, if it may be. Whatever is text is shown as plain text, though a browser could make a
/// page of it.
fn shown_as(file: &FileView) -> Option<&str> {
    match file.kind {
        FileKind::Image | FileKind::Audio | FileKind::Video | FileKind::Pdf => {
            Some(&file.media_type)
        }
        FileKind::Text => Some("text/plain; charset=utf-8"),
        FileKind::Office | FileKind::Other => None,
    }
}

/// The name of a file for a browser: RFC 6266, with the name in UTF-8 as RFC 8187 writes it, and in ASCII for old programs.
pub(super) fn disposition(name: &str, is_shown: bool) -> HeaderValue {
    let how = if is_shown { "inline" } else { "attachment" };
    let plain: String = name
        .chars()
        .map(|c| match c {
            '"' | '\\' | '%' => '_',
            c if c.is_ascii_graphic() || c == ' ' => c,
            _ => '_',
        })
        .collect();
    let mut coded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            coded.push(char::from(byte));
        } else {
            // Writing into a string does not fail.
            let _ = write!(coded, "%{byte:02X}");
        }
    }
    value(&format!(
        "{how}; filename=\"{plain}\"; filename*=UTF-8''{coded}"
    ))
}

/// A header of text that is known to be printable.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Whether the browser has the file already.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let tags = headers.get(header::IF_NONE_MATCH);
    tags.and_then(|tags| tags.to_str().ok())
        .is_some_and(|tags| {
            tags.split(',')
                .map(|known| known.trim().trim_start_matches("W/"))
                .any(|known| known == tag || known == "*")
        })
}

/// A part of a file that does not exist.
#[derive(Debug, PartialEq, Eq)]
struct Unsatisfiable;

/// The one part that is asked for, if one is: RFC 9110, 14. Several at once, or units that nobody knows, mean all of it.
fn wanted_part(
    headers: &HeaderMap,
    size: u64,
    tag: &str,
) -> Result<Option<Range<u64>>, Unsatisfiable> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    if text(header::IF_RANGE).is_some_and(|known| known != tag) {
        return Ok(None);
    }
    let Some(spec) = text(header::RANGE).and_then(|range| range.strip_prefix("bytes=")) else {
        return Ok(None);
    };
    let Some((first, last)) = spec.split_once('-').filter(|_| !spec.contains(',')) else {
        return Ok(None);
    };
    let (first, last) = (first.trim(), last.trim());
    let part = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(length)) if first.is_empty() => size.saturating_sub(length)..size,
        _ => return Ok(None),
    };
    match part.is_empty() {
        true => Err(Unsatisfiable),
        false => Ok(Some(part)),
    }
}

fn unsatisfiable(size: u64) -> Response {
    let error = AppError::new(ErrorKind::Invalid, "The file has no such part.");
    let mut response = error.into_response();
    *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
    response
        .headers_mut()
        .insert(header::CONTENT_RANGE, value(&format!("bytes */{size}")));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_read_as_the_standard_says() {
        let part = |range: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_static(range));
            wanted_part(&headers, 10, "\"tag\"")
        };
        assert_eq!(part("bytes=0-3"), Ok(Some(0..4)));
        assert_eq!(part("bytes=4-"), Ok(Some(4..10)));
        assert_eq!(part("bytes=-3"), Ok(Some(7..10)));
        assert_eq!(part("bytes=-30"), Ok(Some(0..10)));
        assert_eq!(part("bytes=8-99"), Ok(Some(8..10)));
        assert_eq!(part("bytes=10-"), Err(Unsatisfiable));
        assert_eq!(part("bytes=-0"), Err(Unsatisfiable));
        for all in ["bytes=5-2", "bytes=0-1,4-5", "lines=1-2", "bytes=x-"] {
            assert_eq!(part(all), Ok(None), "{all}");
        }
    }

    #[test]
    fn a_name_is_written_for_old_and_new_programs_and_breaks_no_header() {
        let told = disposition("naïve \"plan\" 100%.pdf", false);
        assert_eq!(
            told.to_str().expect("text"),
            "attachment; filename=\"na_ve _plan_ 100_.pdf\"; filename*=UTF-8''na%C3%AFve%20%22plan%22%20100%25.pdf"
        );
    }
}
