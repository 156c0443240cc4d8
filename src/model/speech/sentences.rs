//! Where a sentence ends.

/// What may follow the mark that ends a sentence and still belongs to it.
const CLOSERS: [char; 14] = [
    '"', '\'', '”', '’', '»', ')', ']', '}', '」', '』', '）', '】', '*', '_',
];
/// What may stand before the first word of a sentence.
const OPENERS: [char; 14] = [
    '"', '\'', '“', '‘', '„', '«', '(', '[', '{', '¿', '¡', '*', '_', '`',
];
/// A name follows them.
const TITLES: [&str; 26] = [
    "Mr", "Mrs", "Ms", "Mx", "Dr", "Prof", "St", "Mt", "Ft", "Gen", "Gov", "Sen", "Rep", "Capt",
    "Lt", "Col", "Sgt", "Cmdr", "Rev", "Hon", "Pres", "Supt", "Messrs", "Mme", "Mlle", "Fr",
];
/// A number follows them.
const BEFORE_NUMBERS: [&str; 30] = [
    "no", "nos", "nr", "fig", "figs", "vol", "vols", "ch", "sec", "p", "pp", "art", "eq", "ca",
    "tab", "ver", "ed", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct",
    "nov", "dec", "abb",
];
/// They stand in the middle of a sentence.
const INSIDE: [&str; 12] = [
    "vs", "cf", "viz", "approx", "eg", "ie", "e.g", "i.e", "bzw", "z.b", "d.h", "resp",
];
/// They stand at the end of a name, and perhaps of a sentence.
const AFTER_NAMES: [&str; 12] = [
    "Inc", "Ltd", "Co", "Corp", "Jr", "Sr", "Bros", "al", "Ave", "Blvd", "Rd", "dept",
];
/// With these a sentence begins far oftener than a name.
const STARTERS: [&str; 42] = [
    "The", "A", "An", "It", "He", "She", "They", "We", "You", "I", "This", "That", "These",
    "Those", "There", "Then", "But", "And", "So", "If", "In", "On", "At", "As", "For", "However",
    "When", "What", "Why", "How", "My", "Your", "His", "Her", "Its", "Our", "Their", "Now", "Yes",
    "No", "Not", "To",
];
/// A day stands before them, in languages that write it with a stop.
const MONTHS_AFTER_DAYS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
/// Longest part of the next word that is looked at, in characters.
const LOOKED_AT: usize = 12;

/// The sentences of a text in order, without the spaces around them. A line that is followed by a blank one, or by one that
/// does not begin with a small letter, ends a sentence too.
#[must_use]
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while let Some(end) = first_end(rest, true) {
        found.push(rest[..end].trim_end());
        rest = rest[end..].trim_start();
    }
    if !rest.is_empty() {
        found.push(rest);
    }
    found
}

/// Splits a text that still grows: the sentences are those that [`sentences`] finds in the whole, each as soon as it is
/// certain that it ends.
#[derive(Clone, Debug, Default)]
pub struct SentenceSplitter {
    rest: String,
}

impl SentenceSplitter {
    /// At the beginning of a text.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends to the text, and gives the sentences that end in it.
    pub fn push(&mut self, text: &str) -> Vec<String> {
        self.rest.push_str(text);
        self.take(false)
    }

    /// The text ends here; gives what is left of it.
    #[must_use]
    pub fn finish(mut self) -> Vec<String> {
        let mut found = self.take(true);
        let last = self.rest.trim();
        if !last.is_empty() {
            found.push(last.to_owned());
        }
        found
    }

    fn take(&mut self, is_whole: bool) -> Vec<String> {
        let mut found = Vec::new();
        let mut rest = self.rest.trim_start();
        if is_whole {
            rest = rest.trim_end();
        }
        while let Some(end) = first_end(rest, is_whole) {
            found.push(rest[..end].trim_end().to_owned());
            rest = rest[end..].trim_start();
        }
        self.rest = rest.to_owned();
        found
    }
}

/// What is known of a place where a sentence might end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Ends,
    GoesOn,
    /// It depends on text that has not come yet.
    Open,
}

/// Where the first sentence of a text ends, if another follows it. A text that is not whole ends nowhere before what follows
/// is known.
fn first_end(text: &str, is_whole: bool) -> Option<usize> {
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let (end, verdict) = match character {
            '\n' => (at, line_verdict(&text[at..], is_whole)),
            _ if is_stop(character) => stop_verdict(text, at, is_whole),
            _ => (at, Verdict::GoesOn),
        };
        match verdict {
            Verdict::Ends => return Some(end),
            Verdict::Open => return None,
            Verdict::GoesOn if end > at => at = end,
            Verdict::GoesOn => at += character.len_utf8(),
        }
    }
    None
}

fn is_stop(character: char) -> bool {
    matches!(character, '.' | '!' | '?' | '…' | '‽') || is_wide_stop(character)
}

/// Marks that end a sentence whatever follows.
fn is_wide_stop(character: char) -> bool {
    matches!(
        character,
        '。' | '！' | '？' | '｡' | '।' | '॥' | '؟' | '۔' | '։' | '።' | '။'
    )
}

fn line_verdict(gap_and_rest: &str, is_whole: bool) -> Verdict {
    let next = gap_and_rest.trim_start();
    let gap = &gap_and_rest[..gap_and_rest.len() - next.len()];
    let is_blank = gap.matches('\n').count() > 1;
    match next.chars().next() {
        None if is_whole => Verdict::Ends,
        None => Verdict::Open,
        Some(first) if !is_blank && first.is_lowercase() => Verdict::GoesOn,
        Some(_) => Verdict::Ends,
    }
}

/// Where the marks that begin at `at` end, and whether the sentence ends with them.
fn stop_verdict(text: &str, at: usize, is_whole: bool) -> (usize, Verdict) {
    let after_marks = text[at..].trim_start_matches(is_stop);
    let marks = &text[at..text.len() - after_marks.len()];
    let after = after_marks.trim_start_matches(CLOSERS);
    let end = text.len() - after.len();
    let verdict = match after.chars().next() {
        None if is_whole => Verdict::Ends,
        None => Verdict::Open,
        _ if marks.contains(is_wide_stop) => Verdict::Ends,
        Some(space) if space.is_whitespace() => {
            let next = after.trim_start();
            let gap = &after[..after.len() - next.len()];
            match gap.contains('\n') {
                true => line_verdict(&after[after.find('\n').unwrap_or(0)..], is_whole),
                false => word_verdict(&text[..at], marks, next, is_whole),
            }
        }
        Some(_) => Verdict::GoesOn,
    };
    (end, verdict)
}

/// Whether a sentence ends between these words, with these marks.
fn word_verdict(before: &str, marks: &str, next: &str, is_whole: bool) -> Verdict {
    let Some(next_word) = beginning(next, is_whole) else {
        return Verdict::Open;
    };
    let next_word = next_word.trim_start_matches(OPENERS);
    let ends = match next_word.chars().next() {
        Some(first) if first.is_lowercase() => false,
        _ => marks != "." || ends_with_stop(before, next_word),
    };
    if ends { Verdict::Ends } else { Verdict::GoesOn }
}

/// The first word of a text, or the first characters of a long one; `None` while it may still grow.
fn beginning(text: &str, is_whole: bool) -> Option<&str> {
    let mut seen = 0;
    for (at, character) in text.char_indices() {
        if character.is_whitespace() || seen == LOOKED_AT {
            return Some(&text[..at]);
        }
        seen += 1;
    }
    (is_whole || seen == LOOKED_AT).then_some(text)
}

/// Whether a single stop after this text ends a sentence, or belongs to an abbreviation, an initial or a number.
fn ends_with_stop(before: &str, next_word: &str) -> bool {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or(before);
    let word = word.trim_start_matches(OPENERS);
    let small = word.to_lowercase();
    let next_bare = next_word.trim_end_matches(|end: char| !end.is_alphanumeric());
    let is_before_number = next_word.starts_with(|first: char| first.is_ascii_digit());
    let starts = STARTERS.contains(&next_bare);
    let is_one = |words: &[&str]| words.contains(&word);

    if word.is_empty() || INSIDE.contains(&small.as_str()) {
        return word.is_empty();
    }
    if word.chars().all(|digit| digit.is_ascii_digit()) {
        let is_list_number = word.len() <= 3 && before.trim() == word;
        return !is_list_number && !MONTHS_AFTER_DAYS.contains(&next_bare);
    }
    if is_one(&TITLES) {
        return word == "St" && starts;
    }
    if BEFORE_NUMBERS.contains(&small.as_str()) {
        return !is_before_number;
    }
    if is_one(&AFTER_NAMES) || is_dotted(word) {
        return starts || matches!(small.as_str(), "a.m" | "p.m");
    }
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    !is_initial || word == "I" || starts
}

/// Letters with stops between them: `U.S`, `Ph.D`.
fn is_dotted(word: &str) -> bool {
    word.contains('.')
        && word.split('.').all(|part| {
            matches!(part.chars().count(), 1 | 2) && part.chars().all(char::is_alphabetic)
        })
}
