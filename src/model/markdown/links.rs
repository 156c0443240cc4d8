//! Which addresses a text may lead to, and where bare ones stand in it. No HTML here.

/// Where a link may lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Another site.
    External(String),
    /// A mailbox, or a place of our own.
    Internal(String),
}

impl Target {
    /// Reads the destination of a link; `None` if it is not one that we let people follow.
    pub(super) fn parse(destination: &str) -> Option<Self> {
        // Browsers drop control characters and read `\` as `/`, which could hide a scheme or host.
        if destination.contains(|character: char| character.is_control() || character == '\\') {
            return None;
        }
        let has_scheme = |scheme: &str| {
            destination
                .get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        };
        let is_own = destination.starts_with('#')
            || (destination.starts_with('/') && !destination.starts_with("//"));
        let address = destination.replace(' ', "%20");
        if has_scheme("http://") || has_scheme("https://") {
            Some(Self::External(address))
        } else if is_own || has_scheme("mailto:") {
            Some(Self::Internal(address))
        } else {
            None
        }
    }
}

/// Whether an image may be loaded: only our own files, so that reading an answer tells no one.
pub(super) fn is_own_file(destination: &str) -> bool {
    destination.starts_with("/files/")
        && !destination.contains("..")
        && !destination.contains(['%', '\\'])
        && !destination.contains(char::is_control)
}

/// The next bare `http://` or `https://` address in a text: where it starts and ends.
pub(super) fn find_address(text: &str) -> Option<(usize, usize)> {
    let mut searched = 0;
    while let Some(offset) = text[searched..].find("://") {
        let colon = searched + offset;
        searched = colon + 3;
        let before = &text[..colon];
        let scheme = ["https", "http"].into_iter().find(|scheme| {
            before.len() >= scheme.len()
                && before.as_bytes()[before.len() - scheme.len()..]
                    .eq_ignore_ascii_case(scheme.as_bytes())
        });
        let Some(scheme) = scheme else { continue };
        let start = colon - scheme.len();
        let follows_word = text[..start].ends_with(|last: char| last.is_ascii_alphanumeric());
        let has_host =
            text[searched..].starts_with(|first: char| first.is_alphanumeric() || first == '[');
        if !follows_word && has_host {
            return Some((start, start + address_length(&text[start..])));
        }
    }
    None
}

/// How much of a text belongs to the address it begins with: up to white space, quotes or wide
/// punctuation, without the punctuation of the sentence around it.
fn address_length(text: &str) -> usize {
    let end = text.find(ends_address).unwrap_or(text.len());
    let mut address = &text[..end];
    let mut unmatched = address
        .matches(')')
        .count()
        .saturating_sub(address.matches('(').count());
    loop {
        let trimmed =
            address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~', '|']);
        address = match trimmed.strip_suffix(')') {
            Some(rest) if unmatched > 0 => {
                unmatched -= 1;
                rest
            }
            _ => return trimmed.len(),
        };
    }
}

fn ends_address(character: char) -> bool {
    let is_wide_punctuation = matches!(
        character,
        '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FFEF}'
    );
    is_wide_punctuation
        || character.is_whitespace()
        || character.is_control()
        || matches!(character, '<' | '>' | '"' | '`' | '\\')
}
