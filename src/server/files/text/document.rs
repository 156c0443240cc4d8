//! Documents and slides: the words of Word, `PowerPoint` and `OpenDocument` files, with a line for each paragraph and row.

use super::{
    Gathered, Unreadable,
    xml::{self, Archive, Step},
};

/// Between the cells of a row.
const CELL: &str = " | ";

/// A Word document.
pub(super) fn read_word(bytes: Vec<u8>, text: &mut Gathered) -> Result<(), Unreadable> {
    let mut archive = xml::open(bytes)?;
    let mut is_text = false;
    let mut cells = 0_u32;
    let is_there = xml::read_part(&mut archive, "word/document.xml", text, |step, text| {
        match step {
            // Deleted text and fields' commands have elements of their own.
            Step::Begin("t") => is_text = true,
            Step::End("t") => is_text = false,
            Step::Text(words) if is_text => text.push(words),
            Step::Begin("tab") => text.push("\t"),
            Step::Begin("br" | "cr") => text.push("\n"),
            Step::Begin("tc") => {
                if cells > 0 {
                    text.push(CELL);
                }
                cells += 1;
            }
            Step::Begin("tr") => cells = 0,
            Step::End("tr") => {
                cells = 0;
                text.end_line();
            }
            // Within a cell, paragraphs are parts of its row.
            Step::End("p") if cells == 0 => text.push("\n"),
            Step::End("p") => text.push(" "),
            _ => {}
        }
    })?;
    is_there.then_some(()).ok_or(Unreadable::Damaged)
}

/// A `PowerPoint` presentation: each slide with its number, and what the speaker noted.
pub(super) fn read_slides(bytes: Vec<u8>, text: &mut Gathered) -> Result<(), Unreadable> {
    let mut archive = xml::open(bytes)?;
    let slides = numbered(&archive, "ppt/slides/slide");
    if slides.is_empty() {
        return Err(Unreadable::Damaged);
    }
    for number in slides {
        text.push(&format!("\n## Slide {number}\n"));
        let slide = format!("ppt/slides/slide{number}.xml");
        read_drawing(&mut archive, &slide, text)?;
        let before = text.text.len();
        text.push("Notes: ");
        let heading = text.text.len();
        let notes = format!("ppt/notesSlides/notesSlide{number}.xml");
        read_drawing(&mut archive, &notes, text)?;
        if text.text[heading..].trim().is_empty() {
            text.text.truncate(before);
        }
        if text.is_done() {
            break;
        }
    }
    Ok(())
}

fn read_drawing(archive: &mut Archive, name: &str, text: &mut Gathered) -> Result<(), Unreadable> {
    let mut is_text = false;
    xml::read_part(archive, name, text, |step, text| match step {
        Step::Begin("t") => is_text = true,
        Step::End("t") => is_text = false,
        Step::Text(words) if is_text => text.push(words),
        Step::Begin("br") => text.push("\n"),
        Step::End("p" | "tr") => text.end_line(),
        _ => {}
    })?;
    Ok(())
}

/// The numbers of the parts that are named alike, in order.
fn numbered(archive: &Archive, prefix: &str) -> Vec<u32> {
    let mut numbers: Vec<u32> = archive
        .file_names_raw()
        .filter_map(|name| {
            let name = std::str::from_utf8(name).ok()?;
            name.strip_prefix(prefix)?
                .strip_suffix(".xml")?
                .parse()
                .ok()
        })
        .collect();
    numbers.sort_unstable();
    numbers
}

/// A text, a sheet or slides in `OpenDocument` format.
pub(super) fn read_open(bytes: Vec<u8>, text: &mut Gathered) -> Result<(), Unreadable> {
    let mut archive = xml::open(bytes)?;
    let (mut is_body, mut deleted, mut cells, mut slide) = (false, 0_u32, 0_u32, 0_u32);
    let is_there = xml::read_part(&mut archive, "content.xml", text, |step, text| match step {
        Step::Begin("body") => is_body = true,
        Step::Begin("tracked-changes" | "annotation") => deleted += 1,
        Step::End("tracked-changes" | "annotation") => deleted = deleted.saturating_sub(1),
        _ if !is_body || deleted > 0 => {}
        Step::Begin("page") => {
            slide += 1;
            text.push(&format!("\n## Slide {slide}\n"));
        }
        Step::Begin("table") => text.end_line(),
        Step::Begin("table-row") => cells = 0,
        Step::Begin("table-cell") => {
            if cells > 0 {
                text.push(CELL);
            }
            cells += 1;
        }
        Step::End("table-row") => {
            cells = 0;
            text.end_line();
        }
        Step::Begin("tab") => text.push("\t"),
        Step::Begin("line-break") => text.push("\n"),
        Step::Begin("s") => text.push(" "),
        Step::Text(words) => text.push(words.trim_matches('\n')),
        Step::End("p" | "h") if cells == 0 => text.push("\n"),
        _ => {}
    })?;
    is_there.then_some(()).ok_or(Unreadable::Damaged)
}
