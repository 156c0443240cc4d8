//! What stands in a field of several lines when its page comes.

use leptos::prelude::is_server;

/// A text as the content of a `textarea`. The page that a server writes holds it as it is given, and a text may look like
/// HTML; in the browser it is text from the start.
#[must_use]
pub fn field_text(text: String) -> String {
    if is_server() { written(&text) } else { text }
}

/// The text as HTML writes it in a field: a line break right at its start would be left out by readers.
fn written(text: &str) -> String {
    let first = if text.starts_with('\n') { "\n" } else { "" };
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    format!("{first}{escaped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_looks_like_html_stays_a_text_and_keeps_its_first_line() {
        assert_eq!(
            written("\n</textarea><b>&amp;"),
            "\n\n&lt;/textarea>&lt;b>&amp;amp;"
        );
        assert_eq!(written("plain"), "plain");
    }
}
