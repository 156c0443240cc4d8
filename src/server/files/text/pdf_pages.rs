//! The text of a PDF, page by page.
//!
//! Its reader trusts the file: it unpacks whatever is packed, and follows references wherever they lead. So both are looked at
//! before: how much the packed parts hold, and whether any part holds itself.

use super::{Gathered, Unreadable};
use crate::server::files::pdf::is_about_password;
use flate2::bufread::ZlibDecoder;
use pdf_extract::{Dictionary, Document, Object, ObjectId, PlainTextOutput, output_doc_page};
use std::{
    collections::HashSet,
    io::{self, Read},
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Most bytes that all packed parts may hold together.
const MAX_UNPACKED_BYTES: u64 = 256 * 1024 * 1024;
/// How often a part may be packed again within itself.
const MAX_LAYERS: u32 = 3;
/// Largest file with parts packed by LZW, whose contents are not measured: they can be a thousand times as long.
const MAX_LZW_BYTES: usize = 256 * 1024;
/// How deep a drawing may stand within another, and a page in the tree of pages.
const MAX_DEPTH: usize = 32;

/// Reads all pages, or as many as there is time and room for. A page that cannot be read is passed over.
pub(super) fn read(bytes: &[u8], text: &mut Gathered) -> Result<(), Unreadable> {
    measure(bytes)?;
    let opened = catch_unwind(|| Document::load_mem(bytes));
    let mut document = match opened {
        Ok(Ok(document)) => document,
        Ok(Err(error)) if is_about_password(&error) => return Err(Unreadable::Protected),
        _ => return Err(Unreadable::Damaged),
    };
    if document.is_encrypted() && document.decrypt("").is_err() {
        return Err(Unreadable::Protected);
    }
    let pages = document.get_pages();
    if pages.is_empty() {
        return Err(Unreadable::Damaged);
    }
    let many = pages.len() > 1;
    for (number, page) in pages {
        if text.is_done() {
            break;
        }
        if !is_sound(&document, page) {
            continue;
        }
        let mut words = String::new();
        let read = catch_unwind(AssertUnwindSafe(|| {
            output_doc_page(&document, &mut PlainTextOutput::new(&mut words), number)
        }));
        if !matches!(read, Ok(Ok(()))) || words.trim().is_empty() {
            continue;
        }
        if many {
            text.push(&format!("\n[Page {number}]\n"));
        }
        text.push(words.trim());
        text.push("\n");
    }
    Ok(())
}

/// Unpacks every packed part into nothing, in case it holds more than it could need.
fn measure(bytes: &[u8]) -> Result<(), Unreadable> {
    const STREAM: &[u8] = b"stream";
    let has_lzw = bytes.windows(10).any(|window| window == b"/LZWDecode");
    if has_lzw && bytes.len() > MAX_LZW_BYTES {
        return Err(Unreadable::Bomb);
    }
    let mut left = MAX_UNPACKED_BYTES;
    let mut at = 0;
    while let Some(found) = find(&bytes[at..], STREAM) {
        at += found + STREAM.len();
        let mut content = bytes[at..].trim_ascii_start();
        if is_zlib(content) {
            left = left
                .checked_sub(unpacked(&mut content, left, MAX_LAYERS)?)
                .ok_or(Unreadable::Bomb)?;
        }
    }
    Ok(())
}

/// How long a packed part is unpacked, with what is packed within it, if that is not more than `limit`.
fn unpacked(content: &mut dyn io::BufRead, limit: u64, layers: u32) -> Result<u64, Unreadable> {
    if layers == 0 {
        return Err(Unreadable::Bomb);
    }
    let mut decoder = io::BufReader::new(ZlibDecoder::new(content).take(limit + 1));
    let head = io::BufRead::fill_buf(&mut decoder).unwrap_or_default();
    if is_zlib(head) {
        return unpacked(&mut decoder, limit, layers - 1);
    }
    // What ends in the middle is as long as it got.
    let (mut piece, mut length) = ([0; 8192], 0);
    while let Ok(read @ 1..) = decoder.read(&mut piece) {
        length += read as u64;
    }
    match length > limit {
        true => Err(Unreadable::Bomb),
        false => Ok(length),
    }
}

/// Whether bytes begin as zlib writes them: RFC 1950, 2.2.
fn is_zlib(content: &[u8]) -> bool {
    matches!(content, [method, flags, ..] if method & 0x0f == 8
        && (u16::from(*method) * 256 + u16::from(*flags)).is_multiple_of(31))
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|window| window == word)
}

/// Whether a page can be drawn without going in circles: neither the pages above it nor the drawings in it hold themselves.
fn is_sound(document: &Document, page: ObjectId) -> bool {
    let Ok(dictionary) = document.get_dictionary(page) else {
        return false;
    };
    let mut above = dictionary;
    for _ in 0..MAX_DEPTH {
        if !has_sound_drawings(document, above, &mut Vec::new(), &mut HashSet::new()) {
            return false;
        }
        match above.get(b"Parent").and_then(Object::as_reference) {
            Ok(parent) => match document.get_dictionary(parent) {
                Ok(parent) => above = parent,
                Err(_) => return true,
            },
            Err(_) => return true,
        }
    }
    false
}

/// Whether the drawings that something names hold no circle. `above` are those that hold it, `sound` those that were seen.
fn has_sound_drawings(
    document: &Document,
    holder: &Dictionary,
    above: &mut Vec<ObjectId>,
    sound: &mut HashSet<ObjectId>,
) -> bool {
    let inside = |dictionary: &Dictionary, key: &[u8]| -> Option<Dictionary> {
        let (_, object) = document.dereference(dictionary.get(key).ok()?).ok()?;
        object.as_dict().ok().cloned()
    };
    let drawings =
        inside(holder, b"Resources").and_then(|resources| inside(&resources, b"XObject"));
    let Some(drawings) = drawings else {
        return true;
    };
    for (_, drawing) in &drawings {
        let Ok(id) = drawing.as_reference() else {
            continue;
        };
        if sound.contains(&id) {
            continue;
        }
        if above.contains(&id) || above.len() >= MAX_DEPTH {
            return false;
        }
        let Ok(Object::Stream(stream)) = document.get_object(id) else {
            continue;
        };
        above.push(id);
        let is_sound = has_sound_drawings(document, &stream.dict, above, sound);
        above.pop();
        if !is_sound {
            return false;
        }
        sound.insert(id);
    }
    true
}
