//! A growing tree, read in pieces.

use super::{Tree, Value};
use proptest::prelude::*;
use serde_json::Value as Json;

fn text_of(tree: &Tree, pointer: &str) -> String {
    let node = tree.find(pointer).expect("there is such a value");
    match &tree.nodes()[node].value {
        Value::String(text) | Value::Number(text) | Value::Word(text) => text.clone(),
        Value::Object => "{}".to_owned(),
        Value::Array => "[]".to_owned(),
    }
}

/// The tree as the reference reader would have it.
fn to_json(tree: &Tree, node: usize) -> Json {
    match &tree.nodes()[node].value {
        Value::Object => tree
            .children(node)
            .map(|child| {
                let key = tree.nodes()[child].key.clone().expect("a name");
                (key, to_json(tree, child))
            })
            .collect(),
        Value::Array => tree
            .children(node)
            .map(|child| to_json(tree, child))
            .collect(),
        Value::String(text) => Json::String(text.clone()),
        Value::Number(text) | Value::Word(text) => {
            serde_json::from_str(text).expect("a number or a word")
        }
    }
}

#[test]
fn what_has_come_of_a_text_or_a_number_is_there() {
    let tree = Tree::of(r#"{"name":"Ada L"#);
    assert_eq!(text_of(&tree, "/name"), "Ada L");
    let tree = Tree::of(r#"{"n":[1, 23"#);
    assert_eq!(text_of(&tree, "/n/1"), "23");
    assert!(!tree.is_complete() && tree.fault().is_none());
}

#[test]
fn a_fence_and_remarks_around_the_json_are_passed_over() {
    let tree = Tree::of("Here it is:\n```json\n{\"a\": [true, null]}\n```\nAnything else?");
    assert!(tree.is_complete());
    assert_eq!(text_of(&tree, "/a/0"), "true");
}

#[test]
fn a_fault_tells_its_place_and_what_should_be_there() {
    for (text, offset, words) in [
        (r#"{"a" 1}"#, 5, "a colon"),
        (r#"{"a": 01}"#, 8, "no number"),
        (r#"{'a': 1}"#, 1, "double quotes"),
        (r#"{"a": 1,}"#, 8, "a name"),
        (r"[1, 2", 6, "`]` is missing"),
        (r#"{"a": tru}"#, 9, "needs double quotes"),
        (r#""a" "b""#, 4, "more text"),
        (r#"["\x"]"#, 3, "no escape"),
        ("[\"a\nb\"]", 3, "line break"),
        ("", 0, "no JSON"),
    ] {
        let fault = Tree::parse(text).expect_err(text);
        assert_eq!(
            fault.offset,
            offset.min(text.len()),
            "{text}: {}",
            fault.message
        );
        assert!(fault.message.contains(words), "{text}: {}", fault.message);
    }
}

#[test]
fn a_text_nested_without_end_is_refused_rather_than_followed() {
    let fault = Tree::parse(&"[".repeat(100_000)).expect_err("too deep");
    assert!(fault.message.contains("levels deep"));
}

#[test]
fn pairs_of_escapes_become_one_character_and_halves_none() {
    let tree = Tree::parse(r#"["\ud83d\ude00", "\ud83dx", "\ud83d\n"]"#).expect("JSON");
    assert_eq!(text_of(&tree, "/0"), "😀");
    assert_eq!(text_of(&tree, "/1"), "\u{fffd}x");
    assert_eq!(text_of(&tree, "/2"), "\u{fffd}\n");
}

#[test]
fn a_pointer_leads_to_its_value_and_back() {
    let tree = Tree::of(r#"{"a/b":{"~":[1,{"c":2}]}}"#);
    let pointer = "/a~1b/~0/1/c";
    let node = tree.find(pointer).expect("found");
    assert_eq!(tree.pointer(node), pointer);
    assert_eq!(tree.nearest("/a~1b/~0/7/x"), tree.find("/a~1b/~0"));
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        (-1.0e9f64..1.0e9).prop_map(Json::from),
        "\\PC{0,8}|[\\x00-\\x1f\"\\\\]{0,3}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::btree_map("\\PC{0,4}", inner, 0..6)
                .prop_map(|map| map.into_iter().collect::<Json>()),
        ]
    })
}

/// Whether `later` is what `earlier` may have become.
fn has_grown(earlier: &Tree, later: &Tree) -> bool {
    let pairs = earlier.nodes().iter().zip(later.nodes());
    earlier.nodes().len() <= later.nodes().len()
        && pairs.into_iter().all(|(a, b)| {
            let grew = match (&a.value, &b.value) {
                (Value::String(a), Value::String(b))
                | (Value::Number(a), Value::Number(b))
                | (Value::Word(a), Value::Word(b)) => b.starts_with(a.as_str()),
                (a, b) => a == b,
            };
            grew && (a.parent, &a.key, a.position) == (b.parent, &b.key, b.position)
                && (a.end.is_none() || a == b || a.next != b.next)
        })
}

proptest! {
    /// Every prefix of a JSON text is read, and each further character only adds to the tree.
    #[test]
    fn the_tree_of_a_prefix_grows_into_the_tree_of_the_whole(json in any_json(), is_pretty in any::<bool>()) {
        let text = match is_pretty {
            true => serde_json::to_string_pretty(&json),
            false => serde_json::to_string(&json),
        }.expect("text");
        let mut growing = Tree::strict();
        let mut before = growing.clone();
        for character in text.chars() {
            growing.push(character.encode_utf8(&mut [0; 4]));
            prop_assert!(growing.fault().is_none(), "{:?}", growing.fault());
            prop_assert!(has_grown(&before, &growing));
            before = growing.clone();
        }
        growing.finish();
        prop_assert!(growing.is_complete());
        // Read from the text: the reference does not give every float back that it wrote.
        let read: Json = serde_json::from_str(&text).expect("JSON");
        prop_assert_eq!(to_json(&growing, 0), read);
    }

    /// Whatever is written, reading it neither panics nor disagrees with the reference reader about what is JSON.
    #[test]
    fn any_text_is_read_without_a_panic(text in "[\\[\\]{}\",:0-9eE.+\\-\\\\utrfalsn \\n]{0,40}|\\PC{0,40}") {
        let _ = Tree::of(&text);
        let ours = Tree::parse(&text).is_ok();
        let theirs = serde_json::from_str::<Json>(&text);
        // The reference refuses numbers that no float holds and halves of pairs; we show what is written.
        if ours != theirs.is_ok() {
            let reason = theirs.map_err(|error| error.to_string()).err().unwrap_or_default();
            prop_assert!(ours && (reason.contains("out of range") || reason.contains("surrogate") || reason.contains("hex escape")), "{}: {}", text, reason);
        }
    }
}
