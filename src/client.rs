//! The client, as `main.rs` is the server: the WASM module that every page loads.
#![no_main]

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page that the server rendered.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(inspireai::ui::app::App);
}
