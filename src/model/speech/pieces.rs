//! A sentence that is too long to be said in one breath.

/// Cuts a text into pieces of at most `max_chars` characters, each as long as it can be: after a clause where there is one,
/// else between words, else anywhere. The pieces hold all of the text but the spaces around them.
#[must_use]
pub fn pieces(text: &str, max_chars: usize) -> Vec<&str> {
    let max_chars = max_chars.max(1);
    let mut pieces = Vec::new();
    let mut rest = text.trim();
    while let Some((limit, _)) = rest.char_indices().nth(max_chars) {
        let end = cut(rest, limit);
        pieces.push(rest[..end].trim_end());
        rest = rest[end..].trim_start();
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

/// Where to cut a text of which at most `limit` bytes may be taken; never 0.
fn cut(text: &str, limit: usize) -> usize {
    let mut clause = None;
    let mut word = None;
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        if at > limit {
            break;
        }
        if at > 0 && character.is_whitespace() {
            word = Some(at);
            if is_clause_end(before) {
                clause = Some(at);
            }
        } else if at > 0 && is_wide_clause_end(before) {
            clause = Some(at);
        }
        before = character;
    }
    // A first clause of a few words would leave the voice out of breath at once.
    let clause = clause.filter(|at| *at * 4 >= limit);
    clause.or(word).unwrap_or(limit)
}

fn is_clause_end(character: char) -> bool {
    matches!(
        character,
        ',' | ';' | ':' | '—' | '–' | ')' | ']' | '.' | '!' | '?' | '…'
    )
}

/// Marks of scripts that put no space after them.
fn is_wide_clause_end(character: char) -> bool {
    matches!(character, '，' | '、' | '；' | '：' | '。' | '！' | '？')
}
