//! Tests of splitting and rendering through the module's public functions.

mod formulas;
mod markup;
mod properties;
mod rendering;
mod splitting;

use super::{install_math, math};

// The server's rendering: with math.

fn render(source: &str) -> String {
    install_math(math::to_mathml);
    super::render(source)
}

fn render_block(source: &str) -> String {
    install_math(math::to_mathml);
    super::render_block(source)
}

fn render_tail(source: &str) -> String {
    install_math(math::to_mathml);
    super::render_tail(source)
}
