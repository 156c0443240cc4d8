//! What is said, in which portions.

use super::*;
use proptest::prelude::*;

mod activity;
mod growing;
mod reading;

fn split(text: &str) -> Vec<&str> {
    sentences(text)
}

#[test]
fn sentences_end_at_their_marks() {
    assert_eq!(
        split("It works. Does it? Yes! Well… Fine."),
        ["It works.", "Does it?", "Yes!", "Well…", "Fine."]
    );
    assert_eq!(split("No mark at all"), ["No mark at all"]);
    assert!(split("").is_empty() && split(" \n\t ").is_empty());
}

#[test]
fn numbers_versions_and_addresses_are_not_cut() {
    assert_eq!(
        split("It costs $9.99. Version 1.2.3 is at example.com. See 3.14!"),
        [
            "It costs $9.99.",
            "Version 1.2.3 is at example.com.",
            "See 3.14!"
        ]
    );
    assert_eq!(
        split("He was born in 1984. Then came No. 5 and Fig. 3 on p. 12."),
        [
            "He was born in 1984.",
            "Then came No. 5 and Fig. 3 on p. 12."
        ]
    );
    assert_eq!(
        split("Am 3. Oktober ist frei. Gut."),
        ["Am 3. Oktober ist frei.", "Gut."]
    );
}

#[test]
fn abbreviations_and_initials_are_not_cut() {
    assert_eq!(
        split("Dr. Smith met J. K. Rowling at 5 p.m. They talked, e.g. about St. Paul vs. Rome."),
        [
            "Dr. Smith met J. K. Rowling at 5 p.m.",
            "They talked, e.g. about St. Paul vs. Rome."
        ]
    );
    assert_eq!(
        split("She lives in the U.S. Government work is dull. He left the U.S. The end."),
        [
            "She lives in the U.S. Government work is dull.",
            "He left the U.S.",
            "The end."
        ]
    );
    assert_eq!(
        split("Apple Inc. The company grew. It was I. Nobody else."),
        [
            "Apple Inc.",
            "The company grew.",
            "It was I.",
            "Nobody else."
        ]
    );
}

#[test]
fn quotes_and_brackets_stay_with_their_sentence() {
    assert_eq!(
        split("\"Stop!\" she cried. “Why?” He left. (Nobody knew.) «Fin.» End"),
        [
            "\"Stop!\" she cried.",
            "“Why?”",
            "He left.",
            "(Nobody knew.)",
            "«Fin.»",
            "End"
        ]
    );
}

#[test]
fn an_ellipsis_ends_a_sentence_only_before_another() {
    assert_eq!(
        split("Wait... what? Hm... Nothing."),
        ["Wait... what?", "Hm...", "Nothing."]
    );
}

#[test]
fn items_of_lists_and_lines_are_sentences_and_wrapped_lines_are_not() {
    assert_eq!(
        split("Buy:\n- milk\n- bread\n\n1. First go.\n2. Then pay."),
        ["Buy:", "- milk", "- bread", "1. First go.", "2. Then pay."]
    );
    assert_eq!(split("a line\nthat goes on"), ["a line\nthat goes on"]);
    assert_eq!(split("a line\n\nthat ends"), ["a line", "that ends"]);
}

#[test]
fn other_scripts_end_their_sentences_by_their_own_marks() {
    assert_eq!(
        split("你好。你吃了吗？好！"),
        ["你好。", "你吃了吗？", "好！"]
    );
    assert_eq!(
        split("「はい。」と言った。終"),
        ["「はい。」", "と言った。", "終"]
    );
    assert_eq!(split("यह है। वह है।"), ["यह है।", "वह है।"]);
    assert_eq!(split("كيف حالك؟ جيد."), ["كيف حالك؟", "جيد."]);
    assert_eq!(split("Это дом. Он стоит."), ["Это дом.", "Он стоит."]);
}

#[test]
fn a_growing_text_gives_its_first_sentence_as_soon_as_the_next_has_a_word() {
    let mut splitter = SentenceSplitter::new();
    assert!(splitter.push("It costs 9.").is_empty());
    assert!(splitter.push("99. Go").is_empty());
    assert_eq!(splitter.push("od "), ["It costs 9.99."]);
    assert_eq!(splitter.finish(), ["Good"]);
}

#[test]
fn a_long_sentence_is_cut_after_its_clauses_then_between_words_then_anywhere() {
    let text = "one two three, four five six seven eight";
    assert_eq!(
        pieces(text, 20),
        ["one two three,", "four five six seven", "eight"]
    );
    assert_eq!(pieces("abcdefgh", 3), ["abc", "def", "gh"]);
    assert_eq!(pieces("short", 100), ["short"]);
    assert!(pieces("  ", 3).is_empty());
}

#[test]
fn the_script_of_a_text_is_the_one_of_most_of_its_letters() {
    for (text, script) in [
        ("Good morning, naïve Zoë – 你好!", None),
        ("1 + 1 = 2 🙂", None),
        ("你好，世界", Some(Script::Chinese)),
        ("今日は日本語です", Some(Script::Japanese)),
        ("Доброе утро, Bob", Some(Script::Cyrillic)),
        ("صباح الخير", Some(Script::Arabic)),
        ("안녕하세요", Some(Script::Korean)),
        ("नमस्ते", Some(Script::Devanagari)),
        ("α + β", None),
        ("Καλημέρα", Some(Script::Greek)),
        ("ᚠᚢᚦ", Some(Script::Other)),
    ] {
        assert_eq!(foreign_script(text), script, "{text}");
    }
}

#[test]
fn words_of_other_scripts_are_announced_and_greek_letters_named() {
    assert_eq!(
        say_foreign("The word 你好 means hello."),
        "The word some Chinese words means hello."
    );
    assert_eq!(
        say_foreign("Say «доброе утро», then α and Ω."),
        "Say «some Cyrillic words», then alpha and omega."
    );
    assert_eq!(say_foreign("plain, naïve words"), "plain, naïve words");
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Texts of what makes sentences hard.
fn hard_text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just(". "),
        Just("."),
        Just("! "),
        Just("?\" "),
        Just("..."),
        Just("\n"),
        Just("\n\n"),
        Just("Dr"),
        Just("U.S"),
        Just("the "),
        Just("The "),
        Just("9.99"),
        Just("3"),
        Just("。"),
        Just("é"),
        Just("A"),
        Just(" "),
        Just("“"),
        Just(")"),
        Just("looooooooooooong"),
        Just("- "),
        Just("I"),
        Just("p.m"),
        Just("🙂"),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn nothing_is_lost_between_sentences(text in hard_text()) {
        let found = sentences(&text);
        prop_assert!(found.iter().all(|sentence| !sentence.is_empty() && sentence.trim() == *sentence));
        prop_assert_eq!(squeezed(&found.concat()), squeezed(&text));
    }

    #[test]
    fn a_growing_text_has_the_same_sentences_however_it_comes(text in hard_text(), sizes in prop::collection::vec(1usize..9, 1..9)) {
        let mut splitter = SentenceSplitter::new();
        let mut found = Vec::new();
        let letters: Vec<char> = text.chars().collect();
        let (mut at, mut sizes) = (0, sizes.iter().cycle());
        while at < letters.len() {
            let end = (at + sizes.next().copied().unwrap_or(1)).min(letters.len());
            found.extend(splitter.push(&letters[at..end].iter().collect::<String>()));
            at = end;
        }
        found.extend(splitter.finish());
        prop_assert_eq!(found, sentences(&text));
    }

    #[test]
    fn pieces_are_short_and_hold_everything(text in ".{0,200}", limit in 1usize..50) {
        let cut = pieces(&text, limit);
        prop_assert!(cut.iter().all(|piece| !piece.is_empty() && piece.chars().count() <= limit));
        prop_assert_eq!(squeezed(&cut.concat()), squeezed(&text));
    }

    #[test]
    fn no_text_is_too_odd_to_be_read(text in "\\PC{0,200}") {
        let said = say_foreign(&text);
        prop_assert!(foreign_script(&said).is_none());
        for tables in [Tables::Announced, Tables::RowByRow] {
            for line in spoken_text(&text, tables).lines() {
                prop_assert!(line.chars().any(char::is_alphanumeric), "{}", line);
            }
        }
    }
}
