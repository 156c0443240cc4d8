//! The open tail of a text that is still growing: what its last characters mean is known only when more have come, and is
//! kept back until then where it would show something else for a moment.

use super::{html, lines};

/// Renders the tail.
///
/// Like a finished block, but for three things at its very end. A last line of dashes or equals signs waits: under `Steps:`
/// a lone `-` is the start of a list far more often than a heading's underline, and the paragraph would be a heading for a
/// moment. So does a last line that is but a bar: the next row of a table begins with it. And a link whose address is not
/// whole is shown as its words alone.
#[must_use]
pub fn render_tail(source: &str) -> String {
    let (settled, last) = source.rsplit_once('\n').unwrap_or(("", source));
    if lines::is_setext_underline(last.trim_start()) || last.trim() == "|" {
        return html::render(settled);
    }
    match open_link(source) {
        Some((before, words)) => html::render(&format!("{before}{words}")),
        None => html::render(source),
    }
}

/// What comes before a link whose address is still being written, and the link's words.
fn open_link(source: &str) -> Option<(&str, &str)> {
    let (head, address) = source.rsplit_once("](")?;
    let is_whole = address.contains(')') || address.contains("\n\n") || address.contains('`');
    // Within code it is no link. An odd number of marks before it means that code is open.
    let is_code = source.starts_with("```")
        || source.starts_with("~~~")
        || head.matches('`').count() % 2 == 1;
    if is_whole || is_code {
        return None;
    }
    let (before, words) = head.rsplit_once('[')?;
    (!words.contains(']')).then(|| (before.strip_suffix('!').unwrap_or(before), words))
}
