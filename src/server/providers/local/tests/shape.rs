//! The model in this process held to a shape: whatever it makes of a question, its answer has it.

use super::{ask, local_chat, read};
use crate::model::chat::FinishReason;
use crate::model::settings::OutputFormat;
use crate::server::providers::ProviderErrorKind;
use serde_json::Value;

fn shape(schema: Option<&str>) -> OutputFormat {
    OutputFormat {
        name: "answer".to_owned(),
        schema: schema.map(str::to_owned),
        is_strict: true,
    }
}

const SENTIMENT: &str = r#"{"type":"object","properties":{"sentiment":{"type":"string","enum":["positive","negative"]},
    "score":{"type":"integer","minimum":1,"maximum":5}},"required":["sentiment","score"],"additionalProperties":false}"#;
const EVENTS: &str = r#"{"type":"object","properties":{"events":{"type":"array","minItems":1,"maxItems":2,"items":{"type":"object",
    "properties":{"title":{"type":"string","maxLength":20},"date":{"type":"string","format":"date"},"paid":{"type":"boolean"}},
    "required":["title","date","paid"],"additionalProperties":false}}},"required":["events"],"additionalProperties":false}"#;
const TREE: &str = r##"{"$defs":{"node":{"type":"object","properties":{"name":{"type":"string","maxLength":8},
    "next":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/node"}]}},"required":["name","next"],"additionalProperties":false}},
    "$ref":"#/$defs/node"}"##;
const OPTIONAL: &str = r#"{"type":"object","properties":{"a":{"type":["integer","null"]},"b":{"const":"x\"y"},"c":{"type":"number"}},
    "required":["b"],"additionalProperties":false}"#;

#[tokio::test]
async fn an_answer_has_the_shape_it_was_asked_for_in() {
    let chat = local_chat();
    for (schema, question) in [
        (SENTIMENT, "Rate this: I love this wonderful phone!"),
        (
            EVENTS,
            "List the events: concert on 2026-05-01, free entry.",
        ),
        (TREE, "Make a chain of two nodes."),
        (OPTIONAL, "Give any values."),
    ] {
        // Hot enough that the model by itself would write anything.
        for temperature in [0.0, 1.2] {
            let mut request = ask(question);
            request.output = Some(shape(Some(schema)));
            request.parameters.max_tokens = Some(100);
            request.parameters.temperature = Some(temperature);
            let answer = read(chat.answer(request).unwrap()).await.unwrap();
            if answer.reason == FinishReason::Length {
                // A chain or a list without an end has the shape too, as far as it came.
                assert!([TREE, EVENTS].contains(&schema), "{}", answer.text);
                continue;
            }
            let value: Value = serde_json::from_str(&answer.text).expect(&answer.text);
            let schema: Value = serde_json::from_str(schema).expect("JSON");
            let validator = jsonschema::validator_for(&schema).expect("a schema");
            assert!(validator.is_valid(&value), "{}", answer.text);
        }
    }
}

#[tokio::test]
async fn json_without_a_schema_is_an_object() {
    let mut request = ask("Describe a cat with two fields.");
    request.output = Some(shape(None));
    request.parameters.max_tokens = Some(300);
    let answer = read(local_chat().answer(request).unwrap()).await.unwrap();
    assert!(answer.text.trim_start().starts_with('{'), "{}", answer.text);
    if answer.reason == FinishReason::Stop {
        assert!(serde_json::from_str::<Value>(&answer.text).is_ok_and(|value| value.is_object()));
    }
}

#[tokio::test]
async fn an_answer_that_was_cut_off_goes_on_inside_its_shape() {
    let chat = local_chat();
    let mut request = ask("List the events: concert on 2026-05-01, free entry.");
    request.output = Some(shape(Some(EVENTS)));
    request.parameters.max_tokens = Some(12);
    let begun = read(chat.answer(request.clone()).unwrap()).await.unwrap();
    assert_eq!(begun.reason, FinishReason::Length);
    request.messages.push(super::message(
        crate::server::providers::Role::Assistant,
        &begun.text,
    ));
    request.continue_last = true;
    request.parameters.max_tokens = Some(400);
    let rest = read(chat.answer(request).unwrap()).await.unwrap();
    let whole = begun.text + &rest.text;
    assert_eq!(rest.reason, FinishReason::Stop, "{whole}");
    assert!(serde_json::from_str::<Value>(&whole).is_ok(), "{whole}");
}

#[tokio::test]
async fn a_schema_that_no_grammar_can_say_is_refused_in_words() {
    let mut request = ask("Anything.");
    request.output = Some(shape(Some(r#"{"not":{"type":"string"}}"#)));
    let error = read(local_chat().answer(request).unwrap())
        .await
        .err()
        .expect("refused");
    assert_eq!(error.kind, ProviderErrorKind::BadRequest);
    assert!(
        error.message.contains("cannot be held to this schema"),
        "{error}"
    );
}

#[tokio::test]
async fn an_answer_that_never_had_the_shape_is_not_gone_on_with() {
    let mut request = super::go_on("Rate this.", "I would say");
    request.output = Some(shape(Some(SENTIMENT)));
    let error = read(local_chat().answer(request).unwrap())
        .await
        .err()
        .expect("refused");
    assert_eq!(error.kind, ProviderErrorKind::BadRequest);
}
