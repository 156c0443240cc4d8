//! The model that answers in a shape, or misses it. Options besides those of all models: `json` (what it answers), `fixed`
//! (what it answers when it is told what is wrong), `cut` (characters after which it is cut off; asked to go on, it says the
//! rest), `refuses` (`json_schema` or `json_object` and all that is stronger: what its service does not take), `denies` (how
//! often it refuses to put right), `breaks` (how often it breaks off while it puts right).

use super::wire::Ended;
use serde_json::Value;

/// The format that an answer is to have, as a request names it.
pub(super) fn format_of(body: &Value) -> Option<String> {
    let format = body["response_format"]["type"].as_str();
    let format = format.or_else(|| body["text"]["format"]["type"].as_str());
    format.map(ToOwned::to_owned)
}

/// Whether a service that does not take `refused` takes a format.
pub(super) fn takes(refused: Option<&str>, format: Option<&str>) -> bool {
    match (refused, format) {
        (None, _) | (_, None) => true,
        (Some("json_schema"), Some(format)) => format != "json_schema",
        (Some(_), Some(_)) => false,
    }
}

/// Whether a question tells what was wrong with the answer before.
pub(super) fn is_repair(question: &str) -> bool {
    question.contains("What is wrong:")
}

/// What is said.
pub(super) struct Saying {
    pub(super) text: String,
    pub(super) ended: Ended,
    pub(super) breaks_off: bool,
}

/// The answer to a question: `before` is what the model said already, `seen` how often the same was asked.
pub(super) fn say(
    question: &str,
    before: Option<&str>,
    option: impl Fn(&str) -> Option<String>,
    seen: usize,
) -> Saying {
    let number = |name: &str| option(name).and_then(|text| text.parse::<usize>().ok());
    let json = option("json").unwrap_or_else(|| "{}".to_owned());
    let done = |text: String| Saying {
        text,
        ended: Ended::Done,
        breaks_off: false,
    };
    if is_repair(question) {
        let fixed = option("fixed").unwrap_or(json);
        return match seen < number("breaks").unwrap_or(0) {
            true => Saying {
                breaks_off: true,
                ..done(fixed.chars().take(6).collect())
            },
            false => done(fixed),
        };
    }
    let Some(cut) = number("cut") else {
        return done(json);
    };
    let begun: String = json.chars().take(cut).collect();
    match before {
        Some(before) if before == begun => done(json.chars().skip(cut).collect()),
        _ => Saying {
            ended: Ended::Cut,
            ..done(begun)
        },
    }
}
