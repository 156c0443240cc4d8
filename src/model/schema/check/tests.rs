//! What is wrong with schemas, and where.

use super::*;

fn errors(text: &str) -> Vec<(usize, usize, String)> {
    let errors = check(text)
        .into_iter()
        .filter(|p| p.severity == Severity::Error);
    errors.map(|p| (p.line, p.column, p.message)).collect()
}

fn only_error(text: &str) -> (usize, usize, String) {
    let mut errors = errors(text);
    assert_eq!(errors.len(), 1, "{text}: {errors:?}");
    errors.remove(0)
}

#[test]
fn a_text_that_is_no_json_is_told_with_line_and_column() {
    let (line, column, message) = only_error("{\n  \"type\": \"object\",\n  properties: {}\n}");
    assert_eq!((line, column), (3, 3));
    assert!(message.contains("double quotes"), "{message}");
}

#[test]
fn a_keyword_of_the_wrong_type_is_told_at_its_line() {
    for (text, line, words) in [
        ("[1]", 1, "is an object"),
        ("{\n\"type\": \"strnig\"}", 2, "`strnig` is no type"),
        ("{\n\"type\": 7}", 2, "name of a type"),
        ("{\"properties\":\n{\"a\": 3}}", 2, "must be a schema"),
        ("{\n\"required\": \"a\"}", 2, "list of names"),
        ("{\"required\": [\"a\",\n\"a\"]}", 2, "twice"),
        ("{\n\"enum\": []}", 2, "at least one"),
        ("{\n\"minLength\": -1}", 2, "whole number"),
        (
            "{\n\"additionalProperties\": \"no\"}",
            2,
            "must be a schema",
        ),
        ("{\n\"anyOf\": {}}", 2, "list of at least one schema"),
        (
            "{\n\"type\": \"object\",\n\"type\": \"array\"}",
            3,
            "stands twice",
        ),
        ("{\n\"minItems\": 4, \"maxItems\": 2}", 2, "nothing fits"),
    ] {
        let (at, _, message) = only_error(text);
        assert_eq!(at, line, "{text}");
        assert!(message.contains(words), "{text}: {message}");
    }
}

#[test]
fn references_stay_inside_and_recursion_must_go_deeper() {
    let list =
        r##"{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}}}"##;
    assert_eq!(check(list), []);
    for (text, words) in [
        (r##"{"$ref":"#"}"##, "never ends"),
        (
            r##"{"$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"not":{"$ref":"#/$defs/a"}}}}"##,
            "never ends",
        ),
        (r##"{"items":{"$ref":"#/$defs/missing"}}"##, "leads nowhere"),
        (r#"{"$ref":"https://example.com/s.json"}"#, "leads out"),
        (r#"{"$ref":"file:///etc/passwd"}"#, "leads out"),
    ] {
        let found = errors(text);
        assert!(
            found.iter().any(|(_, _, message)| message.contains(words)),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn what_is_huge_or_deep_is_refused() {
    let huge = format!("{{\"title\": \"{}\"}}", "x".repeat(MAX_SCHEMA_BYTES));
    assert!(only_error(&huge).2.contains("at most"));
    let deep = format!("{}{{}}{}", "{\"items\":".repeat(40), "}".repeat(40));
    assert!(only_error(&deep).2.contains("levels deep"));
    let wide: Vec<_> = (0..=MAX_PROPERTIES)
        .map(|n| format!("\"{n}\":{{}}"))
        .collect();
    let wide = format!("{{\"properties\":{{{}}}}}", wide.join(","));
    assert!(only_error(&wide).2.contains("properties; at most"));
    assert!(only_error(&"[".repeat(60_000)).2.contains("levels deep"));
}

#[test]
fn a_word_that_is_no_keyword_is_only_noted() {
    let problems = check(r#"{"type":"object","propertys":{}}"#);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].severity, Severity::Note);
    assert!(
        problems[0].message.contains("`properties`"),
        "{}",
        problems[0].message
    );
}
