//! What is certain of a text that still grows.

use super::super::{GrowingSpeech, Sentence, growing::MAX_PORTION_CHARS};
use proptest::prelude::*;

/// All sentences of a text.
fn sentences_of(markdown: &str) -> Vec<Sentence> {
    let mut growing = GrowingSpeech::new();
    let mut found = growing.push(markdown);
    found.extend(growing.finish());
    found
}

fn texts(sentences: Vec<Sentence>) -> Vec<String> {
    sentences.into_iter().map(|one| one.text).collect()
}

/// What is given after each piece of a text.
fn growing(pieces: &[&str]) -> Vec<Vec<String>> {
    let mut growing = GrowingSpeech::new();
    let mut given: Vec<_> = pieces
        .iter()
        .map(|piece| texts(growing.push(piece)))
        .collect();
    given.push(texts(growing.finish()));
    given
}

#[test]
fn the_first_sentence_is_given_while_its_paragraph_goes_on() {
    assert_eq!(
        growing(&["It **works**", ". And", " more", " is to come"]),
        [
            vec![],
            vec![],
            vec!["It works.".to_owned()],
            vec![],
            vec!["And more is to come.".to_owned()]
        ]
    );
}

#[test]
fn a_sentence_waits_for_marks_that_are_open() {
    assert_eq!(
        growing(&["This is **bold. Still ", "bold** now. Yes ", "it is"]),
        [
            vec![],
            vec!["This is bold.".to_owned(), "Still bold now.".to_owned()],
            vec![],
            vec!["Yes it is.".to_owned()]
        ]
    );
    assert_eq!(
        growing(&[
            "See [the. Guide of ",
            "it](https://example.com) now. And then "
        ])[..2],
        [
            vec![],
            vec!["See the.".to_owned(), "Guide of it now.".to_owned()]
        ]
    );
}

#[test]
fn prices_are_no_formulas() {
    assert_eq!(
        growing(&["It costs $9.99. Good for you"])[0],
        ["It costs $9.99."]
    );
}

#[test]
fn items_are_given_while_their_list_goes_on() {
    assert_eq!(
        growing(&[
            "Steps:\n\n1. Open it",
            "\n2. Close",
            " it\n3. Go. Then come "
        ]),
        [
            vec!["Steps:".to_owned()],
            vec!["1. Open it.".to_owned()],
            vec!["2. Close it.".to_owned(), "3. Go.".to_owned()],
            vec!["Then come.".to_owned()]
        ]
    );
}

#[test]
fn code_is_announced_when_it_begins() {
    assert_eq!(
        growing(&[
            "Try:\n\n```ru",
            "st\nfn main() {",
            "}\n```\n",
            "\nDone. Now "
        ])[..4],
        [
            vec!["Try:".to_owned()],
            vec!["Here is some Rust code.".to_owned()],
            vec![],
            vec!["Done.".to_owned()]
        ]
    );
}

#[test]
fn a_table_is_told_when_it_is_whole_and_brings_its_rows() {
    let table = "| Name | Age |\n|---|---|\n| Ann | 5 |\n| Bob | 7 |";
    let mut growing = GrowingSpeech::new();
    assert!(growing.push(table).is_empty());
    let told = growing.push("\n\nAfter");
    assert_eq!(
        told[0].text,
        "A table with 2 columns and 2 rows: Name, Age."
    );
    assert_eq!(told[0].rows, ["Name: Ann; Age: 5.", "Name: Bob; Age: 7."]);
    assert!(sentences_of("No | table.")[0].rows.is_empty());
}

#[test]
fn a_sentence_without_end_is_said_in_portions() {
    let long = "word ".repeat(2_000);
    let portions = texts(sentences_of(&long));
    assert_eq!(portions.len(), 20);
    assert!(
        portions
            .iter()
            .all(|one| one.chars().count() <= MAX_PORTION_CHARS)
    );
}

/// Texts of all that may change the meaning of what stands before it.
fn hard_markdown() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => Just("word "),
        3 => Just("Word. "),
        2 => Just("Next one? "),
        1 => Just("**"),
        1 => Just("*slanted* "),
        1 => Just("`"),
        1 => Just("[link](https://example.com/a) "),
        1 => Just("["),
        1 => Just("](https://a.example)"),
        1 => Just("~~"),
        1 => Just("snake_case "),
        1 => Just("_"),
        2 => Just("\n"),
        3 => Just("\n\n"),
        2 => Just("- "),
        2 => Just("1. "),
        1 => Just("  "),
        1 => Just("# "),
        1 => Just("> "),
        1 => Just("```\n"),
        1 => Just("| a | b |\n|---|---|\n| 1. Two | 3 |\n"),
        1 => Just("|"),
        1 => Just("---\n"),
        1 => Just("$x$ "),
        1 => Just("<b>"),
        1 => Just("你好。"),
        1 => Just("Dr. Who "),
    ];
    prop::collection::vec(part, 0..30).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn what_is_given_while_a_text_grows_is_what_is_said_of_the_whole(
        text in hard_markdown(),
        sizes in prop::collection::vec(1usize..12, 1..8),
    ) {
        let letters: Vec<char> = text.chars().collect();
        let (mut at, mut sizes) = (0, sizes.iter().cycle());
        let mut growing = GrowingSpeech::new();
        let mut given = Vec::new();
        while at < letters.len() {
            let end = (at + sizes.next().copied().unwrap_or(1)).min(letters.len());
            given.extend(texts(growing.push(&letters[at..end].iter().collect::<String>())));
            at = end;
        }
        given.extend(texts(growing.finish()));
        let mut whole = GrowingSpeech::new();
        let mut said = texts(whole.push(&text));
        said.extend(texts(whole.finish()));
        // A lone mark at the end of a sentence may be in or out: it is not heard.
        let words = |said: Vec<String>| -> Vec<String> {
            let heard = |one: &String| one.chars().filter(|letter| letter.is_alphanumeric()).collect();
            said.iter().map(heard).collect()
        };
        prop_assert_eq!(words(given), words(said));
    }
}
