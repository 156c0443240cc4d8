//! Where on a page the sentences stand that are said of it. What is said is not quite what is shown: marks, numbers of lists
//! and addresses differ, so only letters and digits are compared.

use std::ops::Range;

/// So many letters at either end of a sentence are enough to find it by.
const ENDS: usize = 8;
/// A sentence may have so many letters more on the page than those that are said.
const SLACK: usize = 160;

/// Whether a character counts.
#[must_use]
pub fn is_letter(character: char) -> bool {
    character.is_alphanumeric()
}

/// For each sentence the letters of the page that it stands in, counted from 0, where it is found: after those before it.
pub fn places<'a>(
    page: &[char],
    sentences: impl Iterator<Item = &'a str>,
) -> impl Iterator<Item = Option<Range<usize>>> {
    let mut from = 0;
    sentences.map(move |sentence| {
        let letters: Vec<char> = sentence.chars().filter(|each| is_letter(*each)).collect();
        let place = place(page, &letters, from)?;
        from = place.end;
        Some(place)
    })
}

fn place(page: &[char], letters: &[char], from: usize) -> Option<Range<usize>> {
    // The page shows the number of an item as a mark, not as words.
    let digits = letters
        .iter()
        .take_while(|each| each.is_ascii_digit())
        .count();
    let tries = [letters, &letters[digits..]];
    for wanted in tries.into_iter().filter(|wanted| !wanted.is_empty()) {
        if let Some(start) = find(page, wanted, from) {
            return Some(start..start + wanted.len());
        }
    }
    // Something in the middle is told otherwise than it is shown, as an address or a formula.
    let wanted = tries[1];
    let head = wanted.get(..ENDS)?;
    let tail = &wanted[wanted.len() - ENDS..];
    let start = find(page, head, from)?;
    let end = find(page, tail, start)? + ENDS;
    (end - start <= wanted.len() + SLACK).then_some(start..end)
}

fn find(page: &[char], wanted: &[char], from: usize) -> Option<usize> {
    let there = page.get(from..)?;
    let at = there
        .windows(wanted.len())
        .position(|window| window == wanted)?;
    Some(from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(page: &str, sentences: &[&str]) -> Vec<Option<String>> {
        let letters: Vec<char> = page.chars().filter(|each| is_letter(*each)).collect();
        places(&letters, sentences.iter().copied())
            .map(|place| place.map(|place| letters[place].iter().collect()))
            .collect()
    }

    fn letters(text: &str) -> Option<String> {
        Some(text.chars().filter(|each| is_letter(*each)).collect())
    }

    #[test]
    fn sentences_are_found_in_their_order() {
        assert_eq!(
            found(
                "Yes. No “quotes”, yes. Yes.",
                &["Yes.", "No “quotes”, yes.", "Yes."]
            ),
            [letters("Yes"), letters("No quotes yes"), letters("Yes")]
        );
    }

    #[test]
    fn numbers_of_items_need_not_be_on_the_page() {
        assert_eq!(
            found(
                "First go Then pay 5 euros",
                &["1. First go.", "2. Then pay 5 euros."]
            ),
            [letters("First go"), letters("Then pay 5 euros")]
        );
    }

    #[test]
    fn what_is_told_otherwise_than_shown_is_found_by_its_ends() {
        assert_eq!(
            found(
                "Before. Read more at https://example.com/a?b=c about all of it. After.",
                &[
                    "Before.",
                    "Read more at a link to example.com about all of it.",
                    "After."
                ]
            ),
            [
                letters("Before"),
                letters("Read more at https example com a b c about all of it"),
                letters("After")
            ]
        );
    }

    #[test]
    fn what_is_only_announced_is_nowhere() {
        assert_eq!(
            found(
                "Try this: Done.",
                &["Try this:", "Here is some Rust code.", "Done.", ""]
            ),
            [letters("Try this"), None, letters("Done"), None]
        );
    }
}
