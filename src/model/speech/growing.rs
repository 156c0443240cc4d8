//! What is to be said of an answer, sentence by sentence, while it is still being written.

use super::{SentenceSplitter, Tables, pieces, sentences, spoken_text};
use crate::model::markdown::BlockSplitter;

/// Longest portion that is asked to be spoken at once, in characters: about half a minute.
pub const MAX_PORTION_CHARS: usize = 500;

/// One portion of what is to be said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    /// Its words, as prose.
    pub text: String,
    /// The rows of the table that it announces, to be read when somebody asks for them.
    pub rows: Vec<String>,
}

/// The sentences of a markdown text that grows, each as soon as no later word can change it: those of a whole text, in their
/// order, none twice.
#[derive(Clone, Debug, Default)]
pub struct GrowingSpeech {
    splitter: BlockSplitter,
    /// How many sentences of the open block were given.
    given: usize,
}

impl GrowingSpeech {
    /// At the beginning of a text.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends to the text, and gives the sentences that became certain.
    pub fn push(&mut self, delta: &str) -> Vec<Sentence> {
        self.splitter.push(delta);
        let mut found = self.take_finished();
        let certain = certain(self.splitter.tail());
        let count = certain.len();
        found.extend(certain.into_iter().skip(self.given));
        self.given = self.given.max(count);
        found
    }

    /// The text ends here; gives what is left of it.
    pub fn finish(&mut self) -> Vec<Sentence> {
        self.splitter.finish();
        self.take_finished()
    }

    fn take_finished(&mut self) -> Vec<Sentence> {
        let mut found = Vec::new();
        for block in self.splitter.take_frozen() {
            let all = of_block(&block);
            // What was open may turn out to be several blocks.
            let given = self.given.min(all.len());
            self.given -= given;
            found.extend(all.into_iter().skip(given));
        }
        found
    }
}

fn of_block(block: &str) -> Vec<Sentence> {
    let announced = spoken_text(block, Tables::Announced);
    let mut found: Vec<Sentence> = announced.lines().flat_map(of_line).collect();
    if block.contains('|') {
        let told = spoken_text(block, Tables::RowByRow);
        let rows = what_differs(&announced, &told);
        let table = found.iter_mut().find(|one| announces_table(&one.text));
        if let (Some(table), false) = (table, rows.is_empty()) {
            table.rows = rows;
        }
    }
    found
}

fn of_line(line: &str) -> impl Iterator<Item = Sentence> {
    sentences(line).into_iter().flat_map(portions)
}

fn portions(sentence: &str) -> impl Iterator<Item = Sentence> {
    let cut = pieces(sentence, MAX_PORTION_CHARS).into_iter();
    cut.map(|text| Sentence {
        text: text.to_owned(),
        rows: Vec::new(),
    })
}

/// The lines of the second text in place of which the first has others.
fn what_differs(one: &str, other: &str) -> Vec<String> {
    let (one, other): (Vec<_>, Vec<_>) = (one.lines().collect(), other.lines().collect());
    let pairs = one.iter().zip(&other);
    let start = pairs.take_while(|(a, b)| a == b).count();
    let pairs = one[start..].iter().rev().zip(other[start..].iter().rev());
    let end = other.len() - pairs.take_while(|(a, b)| a == b).count();
    other[start..end]
        .iter()
        .flat_map(|line| pieces(line, MAX_PORTION_CHARS))
        .map(ToOwned::to_owned)
        .collect()
}

/// The sentences of an open block that stay as they are whatever follows.
fn certain(tail: &str) -> Vec<Sentence> {
    if is_fence(tail) {
        // The language is known with the first line; what the code is does not matter.
        let opening = tail.trim_start_matches('\n').split_once('\n');
        return opening.map_or_else(Vec::new, |(fence, _)| of_block(fence));
    }
    let spoken = spoken_text(tail, Tables::Announced);
    let (closed, open) = spoken.rsplit_once('\n').unwrap_or(("", &spoken));
    let mut found: Vec<Sentence> = closed.lines().flat_map(of_line).collect();
    // Lines end with their paragraph or item, and are closed; those that were broken by hand share it with the open one.
    let is_broken = tail.contains("  \n") || tail.contains("\\\n");
    if is_broken && let Some(unsure) = found.iter().position(|one| may_change(&one.text)) {
        found.truncate(unsure);
        return found;
    }
    if closed.lines().any(announces_table) {
        // Its rows are told when they are all there.
        let table = found.iter().position(|one| announces_table(&one.text));
        found.truncate(table.unwrap_or(0));
        return found;
    }
    if !announces_table(open) {
        // A space tells that the last word is whole.
        let is_word_whole = tail.ends_with(char::is_whitespace);
        let open = format!("{open}{}", if is_word_whole { " " } else { "" });
        let mut rest = open.as_str();
        for sentence in SentenceSplitter::new().push(&open) {
            let after = rest.trim_start().strip_prefix(sentence.as_str());
            rest = after.unwrap_or_default();
            if may_change(&sentence) || may_belong(rest) {
                break;
            }
            found.extend(portions(&sentence));
        }
    }
    found
}

fn is_fence(tail: &str) -> bool {
    let first = tail.trim_start_matches('\n');
    let bare = first.trim_start_matches(' ');
    first.len() - bare.len() < 4 && (bare.starts_with("```") || bare.starts_with("~~~"))
}

fn announces_table(line: &str) -> bool {
    line.starts_with("A table with ")
}

/// Whether what follows a sentence begins with marks that may become other words: those decide whether the sentence ended.
fn may_belong(following: &str) -> bool {
    let word = following.split_whitespace().next().unwrap_or_default();
    let is_bare = !word.contains(char::is_alphanumeric) || word.starts_with('$');
    word.starts_with(['<', '~', '[', '!', '`']) || (is_bare && may_change(word))
}

/// Whether a sentence holds a mark that a later one may pair with: then it is read otherwise, or not at all.
fn may_change(sentence: &str) -> bool {
    let mut before = ' ';
    let mut letters = sentence.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        let is_mark = match letter {
            '*' | '`' | '[' | ']' | '<' | '|' | '\\' => true,
            '~' => next == '~' || before == '~',
            '_' => !(before.is_alphanumeric() && next.is_alphanumeric()),
            // A price is no formula.
            '$' => !next.is_ascii_digit(),
            _ => false,
        };
        if is_mark {
            return true;
        }
        before = letter;
    }
    false
}
