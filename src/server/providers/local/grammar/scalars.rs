//! Texts and numbers as expressions of a grammar.

use super::{MAX_REPEAT, alternatives};
use crate::model::schema::json::Json;

/// Texts by length and by the formats whose form is simple.
pub(super) fn text(schema: &Json) -> String {
    const DATE: &str =
        "[0-9]{4} \"-\" (\"0\" [1-9] | \"1\" [0-2]) \"-\" (\"0\" [1-9] | [12] [0-9] | \"3\" [01])";
    const TIME: &str = "([01] [0-9] | \"2\" [0-3]) \":\" [0-5] [0-9] \":\" [0-5] [0-9] (\"Z\" | [-+] [01] [0-9] \":\" [0-5] [0-9])";
    let quoted = |inner: &str| format!("\"\\\"\" {inner} \"\\\"\"");
    match schema.get("format").and_then(Json::as_str) {
        Some("date") => return quoted(DATE),
        Some("time") => return quoted(TIME),
        Some("date-time") => return quoted(&format!("{DATE} \"T\" {TIME}")),
        Some("uuid") => {
            return quoted(
                "[0-9a-f]{8} \"-\" [0-9a-f]{4} \"-\" [0-9a-f]{4} \"-\" [0-9a-f]{4} \"-\" [0-9a-f]{12}",
            );
        }
        Some("email") => {
            return quoted(
                "[a-z0-9] [a-z0-9._-]{0,30} \"@\" [a-z0-9] [a-z0-9-]{0,30} \".\" [a-z]{2,6}",
            );
        }
        _ => {}
    }
    let bound = |name| schema.get(name).and_then(Json::as_u64);
    match (
        bound("minLength").unwrap_or(0).min(MAX_REPEAT),
        bound("maxLength"),
    ) {
        (0, None) => "string".to_owned(),
        (low, None) => quoted(&format!("char{{{low},}}")),
        // Repetitions cost the grammar as much as they are long; what is longer is left to the validation.
        (0, Some(high)) if high > MAX_REPEAT => "string".to_owned(),
        (low, Some(high)) => quoted(&format!("char{{{low},{}}}", high.min(MAX_REPEAT).max(low))),
    }
}

/// Numbers by their sign, and whole ones of a short range one by one.
pub(super) fn number(name: &str, schema: &Json) -> String {
    const MOST_LISTED: i64 = 101;
    let bound = |name| match schema.get(name) {
        Some(Json::Number(text)) => text.parse::<f64>().ok(),
        _ => None,
    };
    let (low, high) = (bound("minimum"), bound("maximum"));
    if let ("integer", Some(low), Some(high)) = (name, low, high) {
        // The bounds come from a text of a few characters, and the list is short.
        #[expect(
            clippy::cast_possible_truncation,
            reason = "numbers beyond are listed nowhere"
        )]
        let (low, high) = (low.ceil() as i64, high.floor() as i64);
        if low <= high && high.saturating_sub(low) < MOST_LISTED {
            let options = (low..=high).map(|number| format!("\"{number}\""));
            return alternatives(options.collect());
        }
    }
    let is_positive = low.is_some_and(|low| low >= 0.0)
        || bound("exclusiveMinimum").is_some_and(|low| low >= 0.0);
    if name == "number" && is_positive && high.is_some_and(|high| high <= 1.0) {
        return "(\"0\" (\".\" [0-9]{1,6})? | \"1\" (\".0\")?)".to_owned();
    }
    match (name, is_positive) {
        ("integer", true) => "whole".to_owned(),
        ("number", true) => "whole (\".\" [0-9]{1,15})?".to_owned(),
        _ => name.to_owned(),
    }
}
