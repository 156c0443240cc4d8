//! Forms with files, read as they come: what is kept of a file is its beginning, however long it is.

use super::record::Field;
use axum::{body::Body, http::HeaderMap};
use futures::StreamExt;

/// So much of a file is kept.
const KEPT_BYTES: usize = 1024 * 1024;

/// A field with what was kept of it.
pub(super) struct Part {
    pub(super) field: Field,
    pub(super) bytes: Vec<u8>,
}

/// Reads a whole form; `None` when it breaks off or is none. `is_enough` is asked after each piece and may stop it.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    is_enough: impl Fn(&[Part]) -> bool,
) -> Option<Vec<Part>> {
    let kind = headers.get("content-type")?.to_str().ok()?;
    let (_, boundary) = kind.split_once("boundary=")?;
    let border = format!("\r\n--{}", boundary.trim_matches('"')).into_bytes();
    let mut body = body.into_data_stream();
    // The first border has no line before it.
    let mut buffer = b"\r\n".to_vec();
    let mut parts: Vec<Part> = Vec::new();
    let mut is_open = false;
    loop {
        while let Some(at) = find(&buffer, &border) {
            // Whatever follows a border: its line's end and headers, or two dashes.
            let after = at + border.len();
            if buffer.len() < after + 4 {
                break;
            }
            let is_last = buffer[after..].starts_with(b"--");
            let head_end = find(&buffer[after..], b"\r\n\r\n");
            if !is_last && head_end.is_none() {
                break;
            }
            if is_open {
                keep(parts.last_mut()?, &buffer[..at]);
            }
            if is_last {
                for part in &mut parts {
                    if part.field.filename.is_none() {
                        part.field.text = Some(String::from_utf8_lossy(&part.bytes).into_owned());
                    }
                }
                return Some(parts);
            }
            let head_end = after + head_end?;
            let head = String::from_utf8_lossy(&buffer[after..head_end]).into_owned();
            parts.push(Part {
                field: field(&head),
                bytes: Vec::new(),
            });
            is_open = true;
            buffer.drain(..head_end + 4);
        }
        // What may be the beginning of a border is kept for the next piece.
        if is_open && find(&buffer, &border).is_none() && buffer.len() > border.len() {
            let sure = buffer.len() - border.len();
            keep(parts.last_mut()?, &buffer[..sure]);
            buffer.drain(..sure);
        }
        if is_enough(&parts) {
            return None;
        }
        buffer.extend_from_slice(&body.next().await?.ok()?);
    }
}

fn keep(part: &mut Part, bytes: &[u8]) {
    part.field.size += bytes.len();
    let room = KEPT_BYTES.saturating_sub(part.bytes.len());
    part.bytes
        .extend_from_slice(&bytes[..bytes.len().min(room)]);
}

fn field(head: &str) -> Field {
    let mut field = Field::default();
    for line in head.lines() {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        match name.to_ascii_lowercase().as_str() {
            "content-disposition" => {
                field.name = quoted(value, "name").unwrap_or_default();
                field.filename = quoted(value, "filename");
            }
            "content-type" => field.media_type = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    field
}

fn quoted(value: &str, name: &str) -> Option<String> {
    let (_, rest) = value.split_once(&format!("; {name}=\""))?;
    Some(rest.split_once('"')?.0.to_owned())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}
