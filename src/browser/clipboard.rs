//! Copying text.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlTextAreaElement;

/// How long a button says that it copied, in milliseconds.
pub const COPIED_MS: u32 = 1_500;

/// Copies a text; tells whether it worked. Without https browsers hide the clipboard, so an invisible field is copied from
/// instead.
pub async fn copy(text: &str) -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    let navigator = window.navigator();
    let has_clipboard = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"))
        .is_ok_and(|clipboard| !clipboard.is_undefined());
    if has_clipboard
        && JsFuture::from(navigator.clipboard().write_text(text))
            .await
            .is_ok()
    {
        return true;
    }
    copy_from_field(text).unwrap_or(false)
}

fn copy_from_field(text: &str) -> Option<bool> {
    let document = web_sys::window()?.document()?;
    let field: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    field.set_value(text);
    field.set_class_name("sr-only");
    document.body()?.append_child(&field).ok()?;
    field.select();
    // Deprecated, and the only way there is on plain http.
    let command = js_sys::Reflect::get(&document, &JsValue::from_str("execCommand")).ok()?;
    let copied = command
        .dyn_into::<js_sys::Function>()
        .ok()?
        .call1(&document, &JsValue::from_str("copy"))
        .is_ok_and(|done| done.is_truthy());
    field.remove();
    Some(copied)
}
