//! Markdown as people see it: cuts a growing text into blocks and renders each to safe HTML, the
//! same on the server and in the browser. Pure functions of a string: no I/O, no state between
//! blocks, no dependence on the DOM.
//!
//! Safe by construction rather than by clean-up: the only tags in the output are those that
//! `html` and the `MathML` writer spell out, raw HTML in a source is shown as text, and links lead
//! only to `http`, `https`, `mailto` and our own pages.
//!
//! Math is typeset by what [`install_math`] was given, on the server [`math::to_mathml`].
//!
//! A block is rendered from its own source alone. So a link reference definition
//! (`[label]: https://…`) is not resolved but shown, with its address as a link.

mod blocks;
mod formulas;
mod html;
mod latex;
mod lines;
mod links;
pub mod math;
mod shield;
mod tail;
mod typesetting;

pub use blocks::BlockSplitter;
pub use tail::render_tail;
pub use typesetting::{Typesetter, install_math};

/// Renders a whole text: the concatenation of its blocks.
#[must_use]
pub fn render(source: &str) -> String {
    let mut splitter = BlockSplitter::new();
    splitter.push(source);
    splitter.finish();
    splitter
        .take_frozen()
        .iter()
        .map(|block| render_block(block))
        .collect()
}

/// Renders one block, finished or not: an unclosed fence is code, unclosed marks are text.
#[must_use]
pub fn render_block(source: &str) -> String {
    html::render(source)
}

#[cfg(test)]
mod tests;
