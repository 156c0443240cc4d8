//! One answer against its schema. Nothing is fetched for it: no network, no files.

use super::{effort, problems};
use crate::model::{
    chat::{FinishReason, RunState},
    schema::{
        outcome::{OutputCheck, Verdict},
        place,
        tree::{Tree, Value as Shape},
    },
    settings::OutputFormat,
};
use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

/// Most problems that are listed.
const MAX_LISTED: usize = 20;
/// Most problems that are counted.
const MAX_COUNTED: usize = 1_000;
/// Most steps that a pattern with look-around takes.
const BACKTRACK_LIMIT: usize = 20_000;
/// Largest compiled pattern, in bytes.
const PATTERN_BYTES: usize = 1024 * 1024;

/// Whether a text has its shape.
pub(super) fn check(output: &OutputFormat, text: &str, state: Option<&RunState>) -> OutputCheck {
    if matches!(
        state,
        Some(RunState::Finished {
            reason: FinishReason::Refusal
        })
    ) {
        return OutputCheck::whole(
            Verdict::Declined,
            "The model declined to answer; its words say why.",
        );
    }
    let value = match read(text, state) {
        Ok(value) => value,
        Err(check) => return check,
    };
    match &output.schema {
        None if value.is_object() => OutputCheck::valid(),
        None => OutputCheck::whole(Verdict::Invalid, "The answer is not a JSON object."),
        Some(schema) => in_order(against(schema, &value), text),
    }
}

/// The problems in the order in which one comes upon them in the answer.
fn in_order(mut check: OutputCheck, text: &str) -> OutputCheck {
    let tree = Tree::of(text);
    check
        .problems
        .sort_by_key(|problem| tree.nearest(&problem.pointer));
    check
}

/// The JSON in an answer, without words and fences around it.
fn read(text: &str, state: Option<&RunState>) -> Result<Value, OutputCheck> {
    let tree = Tree::of(text);
    let Some(root) = tree.root() else {
        // A text, a number or a word is JSON as well, but never with words around it.
        return serde_json::from_str(text.trim())
            .map_err(|_| OutputCheck::whole(Verdict::NotJson, "There is no JSON in the answer."));
    };
    if let Some(fault) = tree.fault() {
        let (line, column) = place(text, fault.offset);
        let message = format!("Line {line}, column {column}: {}", fault.message);
        return Err(OutputCheck::whole(Verdict::NotJson, message));
    }
    let Some(end) = root.end else {
        let message = match state {
            Some(RunState::Finished {
                reason: FinishReason::Length,
            }) => "The answer reached its longest length before the JSON was complete.",
            Some(state) if state.is_cut_short() => {
                "The answer was cut off before the JSON was complete."
            }
            _ => "The answer ends before the JSON is complete.",
        };
        return Err(OutputCheck::whole(Verdict::CutOff, message));
    };
    let is_container = matches!(root.value, Shape::Object | Shape::Array);
    let json = text
        .get(root.start..end)
        .filter(|_| is_container)
        .unwrap_or(text);
    serde_json::from_str(json).map_err(|error| {
        OutputCheck::whole(Verdict::NotJson, format!("It cannot be read: {error}."))
    })
}

fn against(schema: &str, value: &Value) -> OutputCheck {
    let unknown = |message: String| OutputCheck::whole(Verdict::Unknown, message);
    let Ok(schema) = serde_json::from_str::<Value>(schema) else {
        return unknown("The schema of this answer is no JSON.".to_owned());
    };
    let validator = match compile(&schema) {
        Ok(validator) => validator,
        Err(message) => return unknown(message),
    };
    if !effort::is_bearable(&schema, value) {
        return unknown(
            "Comparing this answer with this schema takes too much work, so it is not known whether it fits."
                .to_owned(),
        );
    }
    let mut errors = validator.iter_errors(value);
    let problems: Vec<_> = errors
        .by_ref()
        .take(MAX_LISTED)
        .map(|error| problems::of(&error))
        .collect();
    if problems.is_empty() {
        return OutputCheck::valid();
    }
    OutputCheck {
        verdict: Verdict::Invalid,
        problems,
        more: u32::try_from(errors.take(MAX_COUNTED).count()).unwrap_or(u32::MAX),
    }
}

/// A validator that looks nowhere else.
fn compile(schema: &Value) -> Result<Validator, String> {
    let patterns = PatternOptions::fancy_regex()
        .backtrack_limit(BACKTRACK_LIMIT)
        .size_limit(PATTERN_BYTES)
        .dfa_size_limit(PATTERN_BYTES);
    jsonschema::options()
        .offline()
        .should_validate_formats(true)
        .with_pattern_options(patterns)
        .build(schema)
        .map_err(|error| {
            format!(
                "The schema cannot be used for checking: {}.",
                problems::of(&error).message.trim_end_matches('.')
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(schema: &str) -> OutputFormat {
        OutputFormat {
            name: "answer".to_owned(),
            schema: Some(schema.to_owned()),
            is_strict: false,
        }
    }

    fn told(schema: &str, text: &str) -> Vec<(String, String)> {
        let check = check(&output(schema), text, None);
        let problems = check.problems.into_iter();
        problems
            .map(|problem| (problem.pointer, problem.message))
            .collect()
    }

    const PERSON: &str = r#"{"type":"object","properties":{"name":{"type":"string","minLength":2},
        "age":{"type":"integer","minimum":0},"mail":{"type":["string","null"],"format":"email"},
        "kind":{"enum":["a","b"]}},"required":["name"],"additionalProperties":false}"#;

    #[test]
    fn an_answer_that_fits_is_valid_also_inside_a_fence() {
        let text =
            "```json\n{\"name\": \"Ada\", \"age\": 36, \"mail\": null, \"kind\": \"a\"}\n```";
        assert_eq!(check(&output(PERSON), text, None), OutputCheck::valid());
    }

    #[test]
    fn each_problem_is_told_at_its_place_in_a_sentence() {
        let text = r#"{"age":"x","mail":"no","kind":"c","extra":1}"#;
        let told = told(PERSON, text);
        for expected in [
            ("", "`name` is missing."),
            ("", "`extra` is not allowed here."),
            ("/age", "This must be a whole number, not a text."),
            ("/mail", "This is no email."),
            ("/kind", "This must be one of \"a\", \"b\"."),
        ] {
            let expected = (expected.0.to_owned(), expected.1.to_owned());
            assert!(told.contains(&expected), "{expected:?} in {told:?}");
        }
    }

    #[test]
    fn problems_come_in_the_order_of_the_answer() {
        let told = told(PERSON, r#"{"name":"","kind":"c","age":"x"}"#);
        let pointers: Vec<_> = told.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(pointers, ["/name", "/kind", "/age"]);
    }

    #[test]
    fn what_is_no_json_cut_off_or_declined_is_told_apart() {
        let verdict =
            |text: &str, state: Option<&RunState>| check(&output(PERSON), text, state).verdict;
        let reason = |reason| RunState::Finished { reason };
        assert_eq!(verdict("I would rather not.", None), Verdict::NotJson);
        assert_eq!(verdict("{\"name\": Ada}", None), Verdict::NotJson);
        assert_eq!(
            verdict("{\"name\": \"A", Some(&reason(FinishReason::Length))),
            Verdict::CutOff
        );
        assert_eq!(
            verdict("{\"name\": \"A", Some(&RunState::Stopped)),
            Verdict::CutOff
        );
        assert_eq!(
            verdict("No.", Some(&reason(FinishReason::Refusal))),
            Verdict::Declined
        );
    }

    #[test]
    fn a_schema_that_leads_outside_or_explodes_is_not_followed() {
        let remote = r#"{"$ref":"http://127.0.0.1:1/schema.json"}"#;
        assert_eq!(check(&output(remote), "{}", None).verdict, Verdict::Unknown);
        let file = r#"{"$ref":"file:///etc/passwd"}"#;
        assert_eq!(check(&output(file), "{}", None).verdict, Verdict::Unknown);
        let doubled: Vec<String> = (0..40)
            .map(|n| {
                format!(
                    r##""d{n}":{{"allOf":[{{"$ref":"#/$defs/d{m}"}},{{"$ref":"#/$defs/d{m}"}}]}}"##,
                    m = n + 1
                )
            })
            .collect();
        let bomb = format!(
            r##"{{"$defs":{{{},"d40":{{}}}},"$ref":"#/$defs/d0"}}"##,
            doubled.join(",")
        );
        assert_eq!(check(&output(&bomb), "{}", None).verdict, Verdict::Unknown);
    }

    #[test]
    fn a_schema_that_refers_to_itself_is_followed_into_the_answer() {
        let tree = r##"{"type":"object","properties":{"children":{"type":"array","items":{"$ref":"#"}}},"required":["children"]}"##;
        let check = |text: &str| check(&output(tree), text, None);
        assert_eq!(
            check(r#"{"children":[{"children":[]}]}"#),
            OutputCheck::valid()
        );
        let broken = check(r#"{"children":[{"children":[{}]}]}"#);
        assert_eq!(broken.problems[0].pointer, "/children/0/children/0");
    }

    #[test]
    fn a_pattern_that_never_ends_ends() {
        let schema = r#"{"type":"object","properties":{"a":{"pattern":"^(a+)+(?=b)$"}}}"#;
        let text = format!("{{\"a\":\"{}\"}}", "a".repeat(5_000));
        let started = std::time::Instant::now();
        assert_ne!(check(&output(schema), &text, None).verdict, Verdict::Valid);
        assert!(started.elapsed().as_secs() < 5);
    }

    #[test]
    fn the_nearest_of_several_alternatives_is_told() {
        let schema = r#"{"anyOf":[{"type":"string"},{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}]}"#;
        let told = told(schema, r#"{"a":"x"}"#);
        assert_eq!(told[0].0, "/a");
        assert!(told[0].1.contains("whole number"), "{told:?}");
    }
}
