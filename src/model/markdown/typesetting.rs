//! A formula's place in the HTML: typeset, or its source for whoever typesets it later. What typesets
//! is installed at run time, for it is large: the client does without until a page shows math.

use std::sync::OnceLock;

use super::html::escape;

/// Makes `MathML` of LaTeX, as a block if the second argument says so; `None` if it is no valid LaTeX.
pub type Typesetter = fn(&str, bool) -> Option<String>;

static TYPESETTER: OnceLock<Typesetter> = OnceLock::new();

/// Has every formula from now on typeset by `typesetter`, whose output is trusted. The first one stays.
pub fn install_math(typesetter: Typesetter) {
    let _ = TYPESETTER.set(typesetter);
}

/// Appends a formula to `html`.
pub(super) fn push(html: &mut String, latex: &str, is_display: bool) {
    push_by(TYPESETTER.get().copied(), html, latex, is_display);
}

/// Without a typesetter the source is marked up in a way that `browser/math.js` knows.
pub(super) fn push_by(
    typesetter: Option<Typesetter>,
    html: &mut String,
    latex: &str,
    is_display: bool,
) {
    let Some(typesetter) = typesetter else {
        let display = if is_display { "block" } else { "inline" };
        for part in [r#"<code class="math" data-display=""#, display, r#"">"#] {
            html.push_str(part);
        }
        escape(html, latex);
        return html.push_str("</code>");
    };
    if let Some(mathml) = typesetter(latex, is_display) {
        html.push_str(&mathml);
    } else {
        html.push_str(r#"<code class="math-error">"#);
        escape(html, latex.trim());
        html.push_str("</code>");
    }
}
