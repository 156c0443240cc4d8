//! What a file is, by its first bytes. Its name helps only to tell kinds of text apart.

use super::names::extension;
use crate::model::{AppError, AppResult, ErrorKind, file::FileKind};

/// How many of the first bytes are looked at.
pub(super) const HEAD_BYTES: usize = 64 * 1024;

/// What a file of an old office program begins with.
const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// What an entry of a ZIP archive begins with, and how long that is before its name.
const ZIP_ENTRY: &[u8] = b"PK\x03\x04";
const ZIP_ENTRY_BYTES: usize = 30;

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const POWERPOINT: &str =
    "application/vnd.openxmlformats-officedocument.presentationml.presentation";

/// What a file was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sniffed {
    /// To pages and models.
    pub(super) kind: FileKind,
    /// To programs.
    pub(super) media_type: &'static str,
}

/// Recognises a file by its first bytes.
///
/// # Errors
/// A sentence for pictures that nothing here can open, and how to get them into a form that can; and for what is called a
/// picture and is none.
pub(super) fn recognise(head: &[u8], name: &str) -> AppResult<Sniffed> {
    let sniffed = sniff(head, name)?;
    let is_called_picture = matches!(
        extension(name).as_str(),
        "png" | "jpg" | "jpeg" | "gif" | "webp"
    );
    match is_called_picture && sniffed.kind != FileKind::Image {
        true => Err(no_picture(name, sniffed)),
        false => Ok(sniffed),
    }
}

fn sniff(head: &[u8], name: &str) -> AppResult<Sniffed> {
    let of = |kind, media_type| Ok(Sniffed { kind, media_type });
    if let Some(media_type) = office(head) {
        return of(FileKind::Office, media_type);
    }
    let found = infer::get(head).map(|found| found.mime_type());
    match found {
        Some("image/heif") => Err(foreign_picture(name, "HEIC")),
        Some("image/avif") => Err(foreign_picture(name, "AVIF")),
        Some(picture @ ("image/jpeg" | "image/png" | "image/gif" | "image/webp")) => {
            of(FileKind::Image, picture)
        }
        Some("application/pdf") => of(FileKind::Pdf, "application/pdf"),
        Some(media_type) if media_type.starts_with("text/") => of_text(head, name),
        Some(media_type) if media_type.starts_with("audio/") => of(FileKind::Audio, media_type),
        Some(media_type) if media_type.starts_with("video/") => of(FileKind::Video, media_type),
        Some(media_type) => of(FileKind::Other, media_type),
        None => of_text(head, name),
    }
}

fn of_text(head: &[u8], name: &str) -> AppResult<Sniffed> {
    Ok(match is_text(head) {
        true => Sniffed {
            kind: FileKind::Text,
            media_type: text_type(&extension(name)),
        },
        false => Sniffed {
            kind: FileKind::Other,
            media_type: "application/octet-stream",
        },
    })
}

fn no_picture(name: &str, sniffed: Sniffed) -> AppError {
    let content = match (sniffed.kind, sniffed.media_type) {
        (_, "application/zip") => "a ZIP archive",
        (FileKind::Pdf, _) => "a PDF",
        (FileKind::Text, _) => "text",
        (FileKind::Office, _) => "an office document",
        (FileKind::Audio, _) => "sound",
        (FileKind::Video, _) => "a film",
        (FileKind::Image | FileKind::Other, _) => "something else",
    };
    AppError::new(
        ErrorKind::Invalid,
        format!(
            "{name} is called a picture, but what is in it is {content}. Choose the picture itself, or rename the file to what \
             it is and upload that."
        ),
    )
}

fn foreign_picture(name: &str, format: &str) -> AppError {
    AppError::new(
        ErrorKind::Invalid,
        format!(
            "{name} is a {format} picture, which models cannot read. Save or export it as JPEG and upload that; on an iPhone: \
             Settings, Camera, Formats, Most Compatible."
        ),
    )
}

/// The media type of an office program's file.
fn office(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(OLE) {
        return infer::get(head)
            .map(|found| found.mime_type())
            .filter(|found| {
                matches!(
                    *found,
                    "application/msword"
                        | "application/vnd.ms-excel"
                        | "application/vnd.ms-powerpoint"
                )
            });
    }
    if !head.starts_with(ZIP_ENTRY) {
        return None;
    }
    // An OpenDocument's first entry tells its type in plain text.
    let declared = head.get(ZIP_ENTRY_BYTES..).unwrap_or_default();
    for media_type in [
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation",
    ] {
        if let Some(rest) = declared.strip_prefix(b"mimetype")
            && rest.starts_with(media_type.as_bytes())
            // Templates and the like carry on after the name of the type.
            && !matches!(rest.get(media_type.len()), Some(b'-'))
        {
            return Some(media_type);
        }
    }
    entry_names(head).find_map(|name| match name {
        name if name.starts_with(b"word/") => Some(WORD),
        name if name.starts_with(b"xl/") => Some(EXCEL),
        name if name.starts_with(b"ppt/") => Some(POWERPOINT),
        _ => None,
    })
}

/// The names of a ZIP archive's entries, as far as they begin in `head`.
fn entry_names(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    (0..head.len().saturating_sub(ZIP_ENTRY_BYTES))
        .filter(|at| head[*at..].starts_with(ZIP_ENTRY))
        .map(|at| &head[at + ZIP_ENTRY_BYTES..])
}

/// Whether bytes are text of an encoding that is known here: UTF-8, UTF-16 with its mark, or one byte a character.
pub(super) fn is_text(head: &[u8]) -> bool {
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return true;
    }
    let whole = match std::str::from_utf8(head) {
        Ok(_) => true,
        // A character that the end of the head cuts in two.
        Err(error) => error.error_len().is_none(),
    };
    let strange = head.iter().filter(|byte| is_strange(**byte)).count();
    match whole {
        true => strange == 0 || (strange * 200 < head.len() && !head.contains(&0)),
        // Old encodings: bytes that are no control characters.
        false => strange * 500 < head.len() && !head.contains(&0),
    }
}

/// Control characters that no text holds.
fn is_strange(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b) || byte == 0x7f
}

/// The media type of text by its name.
fn text_type(extension: &str) -> &'static str {
    match extension {
        "csv" => "text/csv",
        "tsv" => "text/tab-separated-values",
        "json" | "jsonl" | "ndjson" | "geojson" | "ipynb" => "application/json",
        "md" | "markdown" => "text/markdown",
        "html" | "htm" | "xhtml" => "text/html",
        "xml" | "xsd" | "xslt" => "text/xml",
        "svg" => "image/svg+xml",
        "css" => "text/css",
        "js" | "mjs" | "cjs" => "text/javascript",
        "ts" | "tsx" => "text/x-typescript",
        "py" => "text/x-python",
        "rs" => "text/x-rust",
        "c" | "h" => "text/x-c",
        "cpp" | "cc" | "hpp" => "text/x-c++",
        "cs" => "text/x-csharp",
        "go" => "text/x-golang",
        "java" => "text/x-java",
        "php" => "text/x-php",
        "rb" => "text/x-ruby",
        "sh" | "bash" => "text/x-sh",
        "tex" => "text/x-tex",
        "yaml" | "yml" => "text/yaml",
        "ics" => "text/calendar",
        "rtf" => "text/rtf",
        _ => "text/plain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(head: &[u8], name: &str) -> (FileKind, &'static str) {
        let sniffed = recognise(head, name).expect("a kind");
        (sniffed.kind, sniffed.media_type)
    }

    #[test]
    fn a_file_is_what_its_bytes_say_whatever_its_name() {
        assert_eq!(
            kind_of(b"PK\x03\x04 something packed", "cat.txt").0,
            FileKind::Other
        );
        assert_eq!(
            kind_of(b"\x89PNG\r\n\x1a\n", "notes.txt"),
            (FileKind::Image, "image/png")
        );
        assert_eq!(kind_of(b"%PDF-1.7\n", "x.docx").0, FileKind::Pdf);
        assert_eq!(kind_of(b"MZ\x90\0\x03", "x.txt").0, FileKind::Other);
        assert_eq!(kind_of(&[0, 1, 2, 3], "x.csv").0, FileKind::Other);
    }

    #[test]
    fn text_is_recognised_in_its_encodings_and_named_by_its_extension() {
        assert_eq!(
            kind_of("a;ü\n1;2\n".as_bytes(), "t.CSV"),
            (FileKind::Text, "text/csv")
        );
        assert_eq!(
            kind_of(b"caf\xe9 au lait\n", "menu"),
            (FileKind::Text, "text/plain")
        );
        assert_eq!(kind_of(b"\xff\xfeh\0i\0", "u.txt").0, FileKind::Text);
        assert_eq!(
            kind_of(b"<!DOCTYPE html><script>1</script>", "x.html"),
            (FileKind::Text, "text/html")
        );
        assert_eq!(
            kind_of(b"<?xml version=\"1.0\"?><svg/>", "x.svg"),
            (FileKind::Text, "image/svg+xml")
        );
        // The head may end within a character.
        assert_eq!(kind_of(&"ü".as_bytes()[..1], "x.txt").0, FileKind::Text);
    }

    #[test]
    fn office_files_are_told_from_other_archives() {
        let entry = |name: &str| {
            let mut bytes = ZIP_ENTRY.to_vec();
            bytes.resize(ZIP_ENTRY_BYTES, 0);
            bytes.extend_from_slice(name.as_bytes());
            bytes
        };
        let archive = |names: &[&str]| {
            names
                .iter()
                .flat_map(|name| entry(name))
                .collect::<Vec<_>>()
        };
        for (names, media_type) in [
            (["[Content_Types].xml", "word/document.xml"], WORD),
            (["[Content_Types].xml", "xl/workbook.xml"], EXCEL),
            (["_rels/.rels", "ppt/presentation.xml"], POWERPOINT),
        ] {
            assert_eq!(
                kind_of(&archive(&names), "x"),
                (FileKind::Office, media_type)
            );
        }
        let text = entry("mimetypeapplication/vnd.oasis.opendocument.textPK");
        assert_eq!(
            kind_of(&text, "x.odt"),
            (FileKind::Office, "application/vnd.oasis.opendocument.text")
        );
        assert_eq!(
            kind_of(&archive(&["a.txt", "b"]), "x.docx").0,
            FileKind::Other
        );
    }

    #[test]
    fn what_is_called_a_picture_and_is_none_is_refused_with_what_it_is() {
        for (head, content) in [
            (b"PK\x03\x04 something packed".as_slice(), "a ZIP archive"),
            (b"%PDF-1.7\n", "a PDF"),
            (b"Dear Ada,", "text"),
            (&[0, 1, 2, 3], "something else"),
        ] {
            let message = recognise(head, "cat.PNG").expect_err("refused").message;
            assert!(
                message.starts_with("cat.PNG is called a picture") && message.contains(content),
                "{message}"
            );
        }
    }

    #[test]
    fn a_heic_picture_is_refused_with_the_way_out() {
        let error = recognise(b"\0\0\0\x18ftypheic\0\0\0\0heicmif1", "IMG_1.HEIC");
        let message = error.expect_err("refused").message;
        assert!(
            message.contains("HEIC") && message.contains("JPEG"),
            "{message}"
        );
    }
}
