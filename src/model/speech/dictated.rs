//! Where words that were spoken stand among words that were written.

/// Spoken words one behind the other.
#[must_use]
pub fn join(parts: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut joined = String::new();
    for part in parts {
        let part = part.as_ref().trim();
        if needs_space(&joined, part) {
            joined.push(' ');
        }
        joined.push_str(part);
    }
    joined
}

/// Marks that end a sentence or a part of one.
const MARKS: &str = ".,;:!?…";

/// Spoken words as they are put between what stands before them and what stands after: with a space where one is needed, and
/// without a mark at their end where one follows.
#[must_use]
pub fn place(before: &str, spoken: &str, after: &str) -> String {
    let mut spoken = spoken.trim();
    if after.starts_with(|next| MARKS.contains(next)) {
        spoken = spoken.trim_end_matches(['.', ',', ';', ':']);
    }
    if spoken.is_empty() {
        return String::new();
    }
    let space = |left: &str, right: &str| if needs_space(left, right) { " " } else { "" };
    let (first, last) = (space(before, spoken), space(spoken, after));
    format!("{first}{spoken}{last}")
}

/// Whether two texts run into each other.
fn needs_space(left: &str, right: &str) -> bool {
    let (Some(left), Some(right)) = (left.chars().next_back(), right.chars().next()) else {
        return false;
    };
    let is_open = left.is_whitespace() || "([{„“‘«¿¡/-".contains(left) || is_unspaced(left);
    let is_closed = right.is_whitespace() || ")]}”’».,;:!?…%".contains(right) || is_unspaced(right);
    !is_open && !is_closed
}

/// Whether a character is of a script that puts no spaces between words, or of its punctuation.
fn is_unspaced(character: char) -> bool {
    matches!(character,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_kept_apart_where_their_script_does_so() {
        assert_eq!(
            join(["Go forward", "ten meters."]),
            "Go forward ten meters."
        );
        assert_eq!(join(["前に進む。", "十メートル"]), "前に進む。十メートル");
        assert_eq!(join(["", "one", " ", "two"]), "one two");
        assert_eq!(join(["so", ", they say"]), "so, they say");
    }

    #[test]
    fn spoken_words_do_not_run_into_written_ones() {
        assert_eq!(place("Please", "go on", "now"), " go on ");
        assert_eq!(place("Please ", "go on", ", now"), "go on");
        assert_eq!(place("(", "go on", ")"), "go on");
        assert_eq!(place("", " go on\n", ""), "go on");
        assert_eq!(place("a\n", "go on", "\nb"), "go on");
        assert_eq!(place("a", "  ", "b"), "");
        assert_eq!(place("He said: ", "go on.", ", and went."), "go on");
        assert_eq!(place("", "Go on?", "."), "Go on?");
    }

    proptest! {
        #[test]
        fn nothing_but_spaces_is_added(before in ".{0,20}", spoken in ".{0,40}", after in ".{0,20}") {
            let placed = place(&before, &spoken, &after);
            prop_assert!(spoken.trim().starts_with(placed.trim()));
            prop_assert!(placed.len() <= spoken.len() + 2);
        }
    }
}
