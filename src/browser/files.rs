//! Files that somebody hands to the page: chosen, dropped or pasted.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, ClipboardEvent, DataTransfer, DragEvent, Event, File, FileList, HtmlInputElement,
};

/// What was chosen in a file field, which is empty again: the same file may be chosen once more.
#[must_use]
pub fn chosen(event: &Event) -> Vec<File> {
    let Some(field) = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
    else {
        return Vec::new();
    };
    let files = listed(field.files());
    field.set_value("");
    files
}

/// Whether files are being dragged, and not words or a link.
#[must_use]
pub fn are_dragged(event: &DragEvent) -> bool {
    event
        .data_transfer()
        .is_some_and(|data| data.types().includes(&JsValue::from_str("Files"), 0))
}

/// What was dropped.
#[must_use]
pub fn dropped(event: &DragEvent) -> Vec<File> {
    carried(event.data_transfer())
}

/// What was pasted, unless there are words as well: office programs put a picture of them beside them.
#[must_use]
pub fn pasted(event: &ClipboardEvent) -> Vec<File> {
    let data = event.clipboard_data();
    let has_words = data
        .as_ref()
        .and_then(|data| data.get_data("text/plain").ok())
        .is_some_and(|words| !words.is_empty());
    if has_words { Vec::new() } else { carried(data) }
}

/// Whether a file can be read. A folder cannot, nor one that was moved or changed after it was chosen.
pub async fn is_readable(file: &Blob) -> bool {
    let Ok(start) = file.slice_with_i32_and_i32(0, 1) else {
        return false;
    };
    JsFuture::from(start.array_buffer()).await.is_ok()
}

fn carried(data: Option<DataTransfer>) -> Vec<File> {
    listed(data.and_then(|data| data.files()))
}

fn listed(files: Option<FileList>) -> Vec<File> {
    let Some(files) = files else {
        return Vec::new();
    };
    (0..files.length())
        .filter_map(|index| files.item(index))
        .collect()
}
