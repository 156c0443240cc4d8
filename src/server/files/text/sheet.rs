//! Sheets of Excel, current and old: a heading for each, and its rows as CSV.

use super::{Gathered, Unreadable, xml};
use calamine::{Data, DataRef, Reader, Xls, Xlsx};
use std::io::Cursor;

/// Largest old workbook that is opened: its reader lays out whole sheets, however few of their cells are filled.
const MAX_OLD_BYTES: usize = 10_000_000;
/// Most empty cells, and rows, between two filled ones that are written as such.
const MAX_GAP: u32 = 64;

/// Where the last cell was written.
#[derive(Default)]
struct Place {
    row: u32,
    column: u32,
    is_begun: bool,
}

/// A workbook of today, cell by cell.
pub(super) fn read_current(bytes: Vec<u8>, text: &mut Gathered) -> Result<(), Unreadable> {
    // Seen not to be too much, whoever opens it next.
    let bytes = xml::open(bytes)?.into_inner().into_inner();
    let mut book: Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
    for name in book.sheet_names() {
        let mut place = Place::default();
        text.end_line();
        text.push(&format!("\n## {name}\n"));
        // A sheet that is a mere chart has no cells.
        let Ok(mut cells) = book.worksheet_cells_reader(&name) else {
            continue;
        };
        while let Ok(Some(cell)) = cells.next_cell() {
            if matches!(cell.get_value(), DataRef::Empty) {
                continue;
            }
            let (row, column) = cell.get_position();
            place.go_to(row, column, text);
            let value: Data = cell.get_value().clone().into();
            text.push(&field(&value.to_string()));
            if text.is_done() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// A workbook from before 2007.
pub(super) fn read_old(bytes: Vec<u8>, text: &mut Gathered) -> Result<(), Unreadable> {
    if bytes.len() > MAX_OLD_BYTES {
        return Err(Unreadable::Bomb);
    }
    let mut book: Xls<_> =
        calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
    for name in book.sheet_names() {
        let mut place = Place::default();
        text.end_line();
        text.push(&format!("\n## {name}\n"));
        let Ok(range) = book.worksheet_range(&name) else {
            continue;
        };
        for (row, column, value) in range.used_cells() {
            let at = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
            place.go_to(at(row), at(column), text);
            text.push(&field(&value.to_string()));
            if text.is_done() {
                return Ok(());
            }
        }
    }
    Ok(())
}

impl Place {
    /// Writes what lies between the last cell and the next.
    fn go_to(&mut self, row: u32, column: u32, text: &mut Gathered) {
        if !self.is_begun {
            (self.row, self.column, self.is_begun) = (row, 0, true);
        }
        if row != self.row {
            let rows = row.saturating_sub(self.row).clamp(1, MAX_GAP);
            (0..rows).for_each(|_| text.push("\n"));
            (self.row, self.column) = (row, 0);
        }
        let columns = column.saturating_sub(self.column).min(MAX_GAP);
        (0..columns).for_each(|_| text.push(","));
        self.column = column;
    }
}

/// A value as a field of CSV (RFC 4180).
fn field(value: &str) -> String {
    match value.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", value.replace('"', "\"\"")),
        false => value.to_owned(),
    }
}
