//! Math typesetting as a WASM module of its own, which `math.js` loads. It takes in two files of the
//! library rather than link it, so that nothing but these comes along.
#![no_main]

#[path = "../model/markdown/latex.rs"]
mod latex;
#[path = "../model/markdown/math.rs"]
mod math;

use wasm_bindgen::prelude::wasm_bindgen;

/// The `MathML` of a formula; nothing if it is not valid LaTeX.
#[wasm_bindgen]
pub fn to_mathml(source: &str, is_display: bool) -> Option<String> {
    math::to_mathml(source, is_display)
}
