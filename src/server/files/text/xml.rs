//! The parts of office documents: archives of XML, unpacked no further than they may, and read as a stream.

use super::{Gathered, Unreadable};
use quick_xml::{Reader, events::Event};
use std::io::{BufReader, Cursor, Read};
use zip::ZipArchive;

/// Most bytes that all parts of a document may have together, unpacked.
const MAX_UNPACKED_BYTES: u64 = 128 * 1024 * 1024;
/// Longest piece of text or tag between two others. A reader holds one at a time.
const MAX_PIECE_BYTES: u64 = MAX_UNPACKED_BYTES;

/// An archive whose parts were seen not to be too much.
pub(super) type Archive = ZipArchive<Cursor<Vec<u8>>>;

/// What happens in a part.
pub(super) enum Step<'a> {
    /// An element begins.
    Begin(&'a str),
    /// An element ends.
    End(&'a str),
    /// Text.
    Text(&'a str),
}

/// Opens an archive and unpacks all of it once into nothing: what its list of contents says of its size may be a lie.
pub(super) fn open(bytes: Vec<u8>) -> Result<Archive, Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
    let mut left = MAX_UNPACKED_BYTES;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| Unreadable::Damaged)?;
        let unpacked = std::io::copy(&mut part.take(left + 1), &mut std::io::sink())
            .map_err(|_| Unreadable::Damaged)?;
        left = left.checked_sub(unpacked).ok_or(Unreadable::Bomb)?;
    }
    Ok(archive)
}

/// Reads one part from its beginning to its end, or until there is enough; tells whether there is such a part. Elements are
/// named without their prefixes.
pub(super) fn read_part(
    archive: &mut Archive,
    name: &str,
    text: &mut Gathered,
    mut step: impl FnMut(Step<'_>, &mut Gathered),
) -> Result<bool, Unreadable> {
    let Ok(part) = archive.by_name(name) else {
        return Ok(false);
    };
    let mut reader = Reader::from_reader(BufReader::new(part.take(MAX_PIECE_BYTES)));
    // What a document leaves open is its own affair.
    reader.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    let mut seen = 0_u32;
    loop {
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|_| Unreadable::Damaged)?;
        match event {
            Event::Start(tag) => step(Step::Begin(local(tag.local_name().as_ref())), text),
            Event::Empty(tag) => {
                let name = tag.local_name();
                step(Step::Begin(local(name.as_ref())), text);
                step(Step::End(local(name.as_ref())), text);
            }
            Event::End(tag) => step(Step::End(local(tag.local_name().as_ref())), text),
            Event::Text(piece) => {
                step(Step::Text(&String::from_utf8_lossy(&piece)), text);
            }
            Event::CData(piece) => {
                step(Step::Text(&String::from_utf8_lossy(&piece)), text);
            }
            Event::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref() {
                    Ok(Some(character)) => Some(character),
                    _ => named(&reference),
                };
                if let Some(character) = character {
                    step(Step::Text(character.encode_utf8(&mut [0; 4])), text);
                }
            }
            Event::Eof => return Ok(true),
            _ => {}
        }
        buffer.clear();
        seen = seen.wrapping_add(1);
        if text.is_cut || (seen.is_multiple_of(4096) && text.is_done()) {
            return Ok(true);
        }
    }
}

fn local(name: &[u8]) -> &str {
    std::str::from_utf8(name).unwrap_or_default()
}

/// The five characters that XML names. Documents define no others here, so that none can grow into millions.
fn named(reference: &[u8]) -> Option<char> {
    match reference {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        _ => None,
    }
}
