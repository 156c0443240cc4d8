//! Fields of several lines of code: where the cursor is, and going to a place.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlTextAreaElement;

/// Breaks the line at the cursor and indents the next as this one is, further after an opening bracket.
pub fn break_line(field: &HtmlTextAreaElement) {
    let text: Vec<u16> = field.value().encode_utf16().collect();
    let cursor = field.selection_start().ok().flatten().unwrap_or(0) as usize;
    let before = String::from_utf16_lossy(&text[..cursor.min(text.len())]);
    let line = before.rsplit('\n').next().unwrap_or_default();
    let indent: String = line
        .chars()
        .take_while(|c| *c == ' ' || *c == '\t')
        .collect();
    let deeper = if line.trim_end().ends_with(['{', '[']) {
        "  "
    } else {
        ""
    };
    insert(field, &format!("\n{indent}{deeper}"));
}

/// Puts text in place of what is selected, in a way that the browser can undo.
fn insert(field: &HtmlTextAreaElement, text: &str) {
    let inserted = field.owner_document().and_then(|document| {
        // Deprecated, and the only way there is that keeps the undo of the field.
        let command = js_sys::Reflect::get(&document, &JsValue::from_str("execCommand")).ok()?;
        let command = command.dyn_into::<js_sys::Function>().ok()?;
        let done = command.call3(
            &document,
            &"insertText".into(),
            &JsValue::FALSE,
            &text.into(),
        );
        done.ok().map(|done| done.is_truthy())
    });
    if inserted != Some(true) {
        let _ = field.set_range_text(text);
    }
}

/// Moves the focus and the cursor to a place, both from 1; the column in characters.
pub fn go_to(field: &HtmlTextAreaElement, line: usize, column: usize) {
    let text = field.value();
    let mut offset = 0;
    for (index, content) in text.split('\n').enumerate() {
        if index + 1 == line {
            offset += content
                .chars()
                .take(column.saturating_sub(1))
                .map(char::len_utf16)
                .sum::<usize>();
            break;
        }
        offset += content.encode_utf16().count() + 1;
    }
    let offset = u32::try_from(offset).unwrap_or(u32::MAX);
    let _ = field.focus();
    let _ = field.set_selection_range(offset, offset);
    // Browsers scroll to the cursor only when something is written there.
    let lines = i32::try_from(text.split('\n').count())
        .unwrap_or(i32::MAX)
        .max(1);
    let line = i32::try_from(line).unwrap_or(i32::MAX);
    field.set_scroll_top(field.scroll_height() / lines * (line - 4).max(0));
}
