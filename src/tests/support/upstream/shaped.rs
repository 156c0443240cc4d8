//! The model that answers in a shape, or misses it. Options besides those of all models: `json` (what it answers), `fixed`
//! (what it answers when it is told what is wrong), `cut` (characters after which it is cut off; asked to go on, it says the
//! rest), `refuses` (`json_schema` or `json_object` and all that is stronger: what its service does not take), `denies` (how
//! often it refuses to put right), `breaks` (how often it breaks off while it puts right).

use super::wire::Ended;
use serde_json::Value;

/// How much of an answer comes before it breaks off, in characters.
const BEGUN: usize = 6;

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

impl Saying {
    fn whole(text: String) -> Self {
        Self {
            text,
            ended: Ended::Done,
            breaks_off: false,
        }
    }
}

/// The question that is to be answered, and what was said of the answer already where it is to go on.
fn turn(messages: &[(String, String)]) -> (&str, Option<&str>) {
    let asked =
        |messages: &'_ [(String, String)]| messages.iter().rposition(|(role, _)| role == "user");
    match messages {
        [before @ .., (role, begun), (_, wish)]
            if role == "assistant" && wish.starts_with("Continue exactly") =>
        {
            let question = asked(before).map_or("", |place| before[place].1.as_str());
            (question, Some(begun))
        }
        _ => (
            asked(messages).map_or("", |place| messages[place].1.as_str()),
            None,
        ),
    }
}

/// The answer to a question that was asked `seen` times before.
pub(super) fn say<'a>(
    messages: &[(String, String)],
    option: impl Fn(&str) -> Option<&'a str>,
    seen: usize,
) -> Saying {
    let number = |name: &str| option(name).and_then(|text| text.parse::<usize>().ok());
    let json = option("json").unwrap_or("{}");
    let (question, begun) = turn(messages);
    let is_repair = is_repair(question);
    let text = match is_repair {
        true => option("fixed").unwrap_or(json),
        false => json,
    };
    if let Some(rest) = begun.and_then(|begun| text.strip_prefix(begun)) {
        return Saying::whole(rest.to_owned());
    }
    let beginning = |characters| text.chars().take(characters).collect::<String>();
    match number("cut") {
        _ if is_repair && seen < number("breaks").unwrap_or(0) => Saying {
            breaks_off: true,
            ..Saying::whole(beginning(BEGUN))
        },
        Some(cut) if !is_repair => Saying {
            ended: Ended::Length,
            ..Saying::whole(beginning(cut))
        },
        _ => Saying::whole(text.to_owned()),
    }
}
