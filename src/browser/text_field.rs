//! Fields of several lines: where the cursor is, going to a place, and putting words there.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlTextAreaElement};

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

/// What stands before and after what is selected.
#[must_use]
pub fn around_cursor(field: &HtmlTextAreaElement) -> (String, String) {
    let text: Vec<u16> = field.value().encode_utf16().collect();
    let place = |place: Result<Option<u32>, JsValue>| {
        let place = place.ok().flatten().map_or(text.len(), |at| at as usize);
        place.min(text.len())
    };
    let (start, end) = (place(field.selection_start()), place(field.selection_end()));
    let part = |part: &[u16]| String::from_utf16_lossy(part);
    (part(&text[..start]), part(&text[end.max(start)..]))
}

/// Puts words at the cursor, in place of what is selected, and the cursor behind them; tells those who listen to the field.
/// Where one writes on glass it does not get the focus: that would bring the keyboard up.
pub fn place_at_cursor(field: &HtmlTextAreaElement, words: &str) {
    if !is_touched() {
        let _ = field.focus();
    }
    let is_focused = super::page::holds_focus(field);
    if is_focused {
        return insert(field, words);
    }
    let place = |place: Result<Option<u32>, JsValue>| place.ok().flatten().unwrap_or_default();
    let (start, end) = (place(field.selection_start()), place(field.selection_end()));
    let _ = field.set_range_text_with_start_and_end(words, start, end.max(start));
    let cursor = start + u32::try_from(words.encode_utf16().count()).unwrap_or_default();
    let _ = field.set_selection_range(cursor, cursor);
    if let Ok(event) = web_sys::Event::new("input") {
        let _ = field.dispatch_event(&event);
    }
}

/// Moves the focus to a field if what held it is gone; not where that would bring a keyboard up.
pub fn regain_focus(field: &HtmlTextAreaElement) {
    let focused = field
        .owner_document()
        .and_then(|document| document.active_element());
    let is_lost = focused.is_none_or(|element| element.tag_name() == "BODY");
    if is_lost && !is_touched() {
        let _ = field.focus();
    }
}

/// Puts words behind everything that stands there, and the cursor behind them.
pub fn append_words(field: &HtmlTextAreaElement, words: &str) {
    let text = field.value();
    let end = u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
    let _ = field.set_selection_range(end, end);
    let is_apart = text.is_empty() || text.ends_with(char::is_whitespace);
    place_at_cursor(
        field,
        &format!("{}{words}", if is_apart { "" } else { " " }),
    );
}

/// Scrolls inside an element until the end of another in it is seen.
pub fn bring_end_into_view(around: &Element, inner: &Element) {
    let below =
        inner.get_bounding_client_rect().bottom() - around.get_bounding_client_rect().bottom();
    #[expect(clippy::cast_possible_truncation, reason = "pixels")]
    around.set_scroll_top(around.scroll_top() + below.ceil() as i32);
}

/// Whether fingers are what one points with.
fn is_touched() -> bool {
    web_sys::window()
        .and_then(|window| window.match_media("(pointer: coarse)").ok().flatten())
        .is_some_and(|query| query.matches())
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
