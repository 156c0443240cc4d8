//! The words that models are asked with for a shape: where their service cannot hold them to it, and where an answer missed
//! it. They are written here and nowhere else.

use super::{
    json::Json,
    outcome::{OutputCheck, Verdict},
};
use crate::model::{catalog::StructuredOutput, settings::OutputFormat};
use std::fmt::Write;

/// Most of a broken answer that is shown to the model again, in bytes.
pub const MAX_REPAIRED_BYTES: usize = 100_000;

/// What the instructions of a question must say beside the shape that the service is given; nothing where that is enough.
#[must_use]
pub fn shape_instructions(output: &OutputFormat, held: StructuredOutput) -> Option<String> {
    let schema = output.schema.as_deref();
    let mut text = match (held, schema) {
        (StructuredOutput::JsonSchema, Some(_)) => return None,
        // Services that hold a model to JSON refuse a question in which the word is missing.
        (_, None) => "Answer with one JSON object.".to_owned(),
        (_, Some(schema)) => {
            let schema =
                Json::parse(schema).map_or_else(|_| schema.to_owned(), |json| json.compact());
            format!("Answer with JSON that is valid against this JSON schema:\n\n{schema}\n")
        }
    };
    if held == StructuredOutput::Words {
        text.push_str(
            "\nWrite the JSON and nothing else: no words before or after it, no code fence, no comments.",
        );
    }
    Some(text)
}

/// What a model is told about its broken answer, as the person's next message.
#[must_use]
pub fn repair_question(check: &OutputCheck) -> String {
    let mut text = match check.verdict {
        Verdict::CutOff => "Your answer was cut off before the JSON was complete.".to_owned(),
        Verdict::NotJson => "Your answer is no valid JSON.".to_owned(),
        _ => "Your answer does not match the JSON schema.".to_owned(),
    };
    text.push_str(" What is wrong:\n");
    for problem in &check.problems {
        let at = match problem.pointer.as_str() {
            "" => String::new(),
            pointer => format!("at {pointer}: "),
        };
        let _ = write!(text, "\n- {at}{}", problem.message);
    }
    if check.more > 0 {
        let _ = write!(text, "\n- and {} more of that kind", check.more);
    }
    text.push_str(
        "\n\nWrite the whole answer again as JSON with all of this put right, keep everything that was right, and write nothing but the JSON.",
    );
    if check.verdict == Verdict::CutOff {
        text.push_str(" Be shorter, so that it is complete this time.");
    }
    text
}

/// What a model is told whose service cannot go on inside of JSON that it is held to.
pub const CONTINUE_JSON: &str = "Your answer is JSON that was cut off. Go on exactly where it stops, inside a text too, until the JSON is complete. Repeat nothing, begin no new JSON, and write no words around it.";

#[cfg(test)]
mod tests {
    use super::*;

    fn output(schema: Option<&str>) -> OutputFormat {
        OutputFormat {
            name: "answer".to_owned(),
            schema: schema.map(str::to_owned),
            is_strict: false,
        }
    }

    #[test]
    fn words_are_added_only_where_the_service_does_not_hold_the_model() {
        let schema = output(Some("{ \"type\": \"object\" }"));
        assert_eq!(
            shape_instructions(&schema, StructuredOutput::JsonSchema),
            None
        );
        let asked = shape_instructions(&schema, StructuredOutput::JsonObject).expect("words");
        assert!(asked.contains(r#"{"type":"object"}"#) && !asked.contains("fence"));
        let asked = shape_instructions(&schema, StructuredOutput::Words).expect("words");
        assert!(asked.contains("no code fence"));
        for held in [StructuredOutput::JsonSchema, StructuredOutput::JsonObject] {
            let asked = shape_instructions(&output(None), held).expect("words");
            assert!(asked.contains("JSON"));
        }
    }

    #[test]
    fn a_repair_names_every_problem_with_its_place() {
        let mut check = OutputCheck::whole(Verdict::Invalid, "`name` is missing.");
        check.problems[0].pointer = "/people/0".to_owned();
        check.more = 2;
        let question = repair_question(&check);
        assert!(
            question.contains("- at /people/0: `name` is missing."),
            "{question}"
        );
        assert!(question.contains("2 more"));
    }
}
