//! Schemas that people keep by name, and schemas that nobody can be asked with.

use crate::support::{
    client::Reply,
    database::on_both_databases,
    person::{Person, message, reply},
    test_app::TestApp,
};
use inspireai::model::{
    ErrorKind,
    chat::SendRequest,
    ids::SchemaId,
    schema::saved::SavedSchema,
    settings::{ChatSettings, MAX_SCHEMA_BYTES, OutputFormat},
};
use serde_json::json;

const CITY: &str = r#"{
  "type": "object",
  "properties": { "city": { "type": "string" } },
  "required": ["city"],
  "additionalProperties": false
}"#;
const COUNTRY: &str = r#"{"type":"object","properties":{"country":{"type":"string"}}}"#;

async fn save(person: &Person, name: &str, schema: &str, replace: bool) -> Reply {
    let replace = if replace { "true" } else { "false" };
    let form = [
        ("name", name),
        ("schema", schema),
        ("is_strict", "false"),
        ("replace", replace),
    ];
    person.call("save_schema", &form).await
}

async fn schemas(person: &Person) -> Vec<SavedSchema> {
    person.call("list_schemas", &[]).await.value()
}

async fn names(person: &Person) -> Vec<String> {
    let schemas = schemas(person).await;
    schemas.into_iter().map(|schema| schema.name).collect()
}

async fn rename(person: &Person, id: SchemaId, name: &str) -> Reply {
    let id = id.to_string();
    person
        .call("rename_schema", &[("id", &id), ("name", name)])
        .await
}

async fn delete(person: &Person, id: SchemaId) -> Reply {
    person
        .call("delete_schema", &[("id", &id.to_string())])
        .await
}

fn asking_with(schema: &str, is_strict: bool) -> ChatSettings {
    ChatSettings {
        output: Some(OutputFormat {
            name: "answer".to_owned(),
            schema: Some(schema.to_owned()),
            is_strict,
        }),
        ..ChatSettings::default()
    }
}

on_both_databases! {
    async fn schemas_are_saved_renamed_replaced_and_deleted(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let saved: SavedSchema = save(&ada, "  Trips   abroad ", CITY, false).await.value();
        assert_eq!((saved.name.as_str(), saved.schema.as_str()), ("Trips abroad", CITY), "kept as it was written");
        save(&ada, "another", COUNTRY, false).await.value::<SavedSchema>();
        assert_eq!(names(&ada).await, ["another", "Trips abroad"]);

        let taken = save(&ada, "Trips abroad", COUNTRY, false).await;
        assert_eq!((taken.status, taken.error().field.as_deref()), (409, Some("name")));
        assert!(taken.error().message.contains("Trips abroad"));
        let replaced: SavedSchema = save(&ada, "Trips abroad", COUNTRY, true).await.value();
        assert_eq!((replaced.id, replaced.schema.as_str()), (saved.id, COUNTRY));

        assert_eq!(rename(&ada, saved.id, "another").await.error().kind, ErrorKind::Conflict);
        assert_eq!(rename(&ada, saved.id, "  ").await.error().field.as_deref(), Some("name"));
        assert_eq!(rename(&ada, saved.id, "Countries").await.status, 200);
        assert_eq!(delete(&ada, saved.id).await.status, 200);
        assert_eq!(delete(&ada, saved.id).await.status, 404);
        assert_eq!(rename(&ada, saved.id, "Gone").await.status, 404);
        assert_eq!(names(&ada).await, ["another"]);
    }

    async fn a_conversation_keeps_its_schema_when_the_saved_one_is_deleted(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let saved: SavedSchema = save(&ada, "Cities", CITY, false).await.value();
        let request = SendRequest { settings: Some(asking_with(CITY, true)), ..message("shaped", "json={\"city\":\"Rome\"}") };
        let sent: inspireai::model::chat::Sent = ada.try_send(&request).await.value();
        ada.read(sent.run_id).await;
        assert_eq!(delete(&ada, saved.id).await.status, 200);
        let page = ada.open_conversation(sent.conversation_id).await;
        assert_eq!(page.settings, asking_with(CITY, true));
    }

    async fn saved_schemas_are_their_owners_alone(app: TestApp) {
        let (ada, eve) = (app.sign_up("ada").await, app.sign_up("eve").await);
        let saved: SavedSchema = save(&ada, "mine", CITY, false).await.value();
        assert_eq!(names(&eve).await, [""; 0]);
        let missing = SchemaId::new();
        for id in [saved.id, missing] {
            assert_eq!(rename(&eve, id, "hers").await.status, 404);
            assert_eq!(delete(&eve, id).await.status, 404);
        }
        // The same name is free for somebody else.
        save(&eve, "mine", COUNTRY, true).await.value::<SavedSchema>();
        assert_eq!(schemas(&ada).await, [saved]);
    }
}

/// Schemas with which nobody can be asked: text, line, what the sentence says.
fn unusable() -> Vec<(String, usize, &'static str)> {
    let nested = format!("{}{}", "{\"items\":".repeat(2_000), "}".repeat(2_000));
    vec![
        ("{\n  \"type\": \"object\",\n}".to_owned(), 3, "name"),
        ("{\"type\": \"object\"".to_owned(), 1, "end"),
        ("not json at all".to_owned(), 1, "value"),
        ("[1, 2]".to_owned(), 1, "A schema is an object"),
        ("{\n\"type\": \"objekt\"}".to_owned(), 2, "is no type"),
        (
            "{\n\n\"properties\": []}".to_owned(),
            3,
            "object of schemas",
        ),
        ("{\"enum\": []}".to_owned(), 1, "at least one value"),
        ("{\"minLength\": -1}".to_owned(), 1, "whole number"),
        (
            "{\"$ref\": \"https://example.com/schema\"}".to_owned(),
            1,
            "leads out of this schema",
        ),
        (
            "{\"$ref\": \"file:///etc/passwd\"}".to_owned(),
            1,
            "leads out of this schema",
        ),
        (
            "{\"$ref\": \"#/$defs/none\"}".to_owned(),
            1,
            "leads nowhere",
        ),
        ("{\"$ref\": \"#\"}".to_owned(), 1, "itself"),
        (
            "{\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"$ref\":\"#/$defs/a\"}},\n\"$ref\":\"#/$defs/a\"}"
                .to_owned(),
            1,
            "itself",
        ),
        (nested, 1, "deep"),
    ]
}

#[tokio::test]
async fn a_schema_that_nobody_can_be_asked_with_is_refused_at_its_line_wherever_it_comes_from() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "one").await;
    for (schema, line, words) in unusable() {
        let shown: String = schema.chars().take(60).collect();
        let settings = asking_with(&schema, false);
        let update = json!({ "id": sent.conversation_id, "settings": settings });
        let new = SendRequest {
            settings: Some(settings.clone()),
            ..message("echo", "hello")
        };
        let next = SendRequest {
            settings: Some(settings),
            ..reply(sent.conversation_id, "hello")
        };
        for reply in [
            save(&ada, "bad", &schema, false).await,
            ada.call_json("update_settings", &update).await,
            ada.try_send(&new).await,
            ada.try_send(&next).await,
        ] {
            let error = reply.error();
            assert_eq!(
                (reply.status, error.field.as_deref()),
                (422, Some("schema")),
                "{shown}: {error}"
            );
            assert!(
                error.message.contains(&format!("Line {line}:")),
                "{shown}: {error}"
            );
            assert!(error.message.contains(words), "{shown}: {error}");
        }
    }
    assert_eq!(names(&ada).await, [""; 0]);
    let page = ada.open_conversation(sent.conversation_id).await;
    assert_eq!(
        (page.settings, page.messages.len()),
        (ChatSettings::default(), 2)
    );
    assert_eq!(app.upstream.exchanges().len(), 1, "nobody was asked");
}

#[tokio::test]
async fn a_huge_schema_is_refused_and_the_largest_is_taken() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let of_size = |bytes: usize| {
        let empty = "{\"type\":\"object\",\"title\":\"\"}";
        let title = "x".repeat(bytes - empty.len());
        format!("{{\"type\":\"object\",\"title\":\"{title}\"}}")
    };
    let refused = save(&ada, "huge", &of_size(MAX_SCHEMA_BYTES + 1), false).await;
    assert_eq!(
        (refused.status, refused.error().kind),
        (413, ErrorKind::TooLarge)
    );
    assert_eq!(refused.error().field.as_deref(), Some("schema"));
    save(&ada, "large", &of_size(MAX_SCHEMA_BYTES), false)
        .await
        .value::<SavedSchema>();
    let many: Vec<_> = (0..5_500).map(|n| format!("\"p{n}\":{{}}")).collect();
    let wide = format!("{{\"properties\":{{{}}}}}", many.join(","));
    let refused = save(&ada, "wide", &wide, false).await;
    assert_eq!(refused.error().field.as_deref(), Some("schema"));
    assert_eq!(names(&ada).await, ["large"]);
}

#[tokio::test]
async fn strict_is_refused_for_a_schema_that_is_not_and_says_what_it_lacks() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let request = SendRequest {
        settings: Some(asking_with(COUNTRY, true)),
        ..message("shaped", "json={}")
    };
    let refused = ada.try_send(&request).await;
    assert_eq!(refused.status, 422);
    assert!(refused.error().message.contains("not strict yet"));
    assert!(refused.error().message.contains("additionalProperties"));
    let request = SendRequest {
        settings: Some(asking_with(CITY, true)),
        ..message("shaped", "json={}")
    };
    assert_eq!(ada.try_send(&request).await.status, 200);
}

#[tokio::test]
async fn names_that_are_none_are_refused_in_words() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    for name in ["", "   ", &"x".repeat(61)] {
        let refused = save(&ada, name, CITY, false).await;
        assert_eq!(
            (refused.status, refused.error().field.as_deref()),
            (422, Some("name")),
            "{name:?}"
        );
    }
    assert_eq!(names(&ada).await, [""; 0]);
}
