//! Presets, and the settings of conversations.

use crate::support::{
    client::Reply, database::on_both_databases, person::Person, person::message, test_app::TestApp,
};
use inspireai::model::{
    ErrorKind,
    assistant::NewChat,
    ids::{ConversationId, PresetId},
    params::{Parameters, ReasoningEffort},
    settings::{ChatSettings, MAX_SYSTEM_PROMPT_BYTES, Preset},
};
use serde_json::json;

fn warm() -> ChatSettings {
    ChatSettings {
        system_prompt: Some("Be brief.".to_owned()),
        parameters: Parameters {
            temperature: Some(1.5),
            stop: vec!["END".to_owned()],
            reasoning_effort: Some(ReasoningEffort::Low),
            ..Parameters::default()
        },
        ..ChatSettings::default()
    }
}

async fn save(person: &Person, name: &str, settings: &ChatSettings, replace: bool) -> Reply {
    let body = json!({"name": name, "settings": settings, "replace": replace});
    person.call_json("save_preset", &body).await
}

async fn presets(person: &Person) -> Vec<Preset> {
    person.call("list_presets", &[]).await.value()
}

async fn set_default(person: &Person, id: PresetId) -> Reply {
    person
        .call("set_default_preset", &[("id", &id.to_string())])
        .await
}

async fn update(person: &Person, id: ConversationId, settings: &ChatSettings) -> Reply {
    let body = json!({"id": id, "settings": settings});
    person.call_json("update_settings", &body).await
}

on_both_databases! {
    async fn presets_are_saved_renamed_replaced_and_deleted(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let saved: Preset = save(&ada, "  Warm   words ", &warm(), false).await.value();
        assert_eq!((saved.name.as_str(), &saved.settings), ("Warm words", &warm()));
        save(&ada, "another", &warm(), false).await.value::<Preset>();
        let names = |list: &[Preset]| list.iter().map(|p| p.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&presets(&ada).await), ["another", "Warm words"]);

        let taken = save(&ada, "Warm words", &warm(), false).await;
        assert_eq!((taken.status, taken.error().field.as_deref()), (409, Some("name")));
        let cold = ChatSettings { system_prompt: None, ..warm() };
        let replaced: Preset = save(&ada, "Warm words", &cold, true).await.value();
        assert_eq!((replaced.id, &replaced.settings), (saved.id, &cold));

        let id = saved.id.to_string();
        let renamed = ada.call("rename_preset", &[("id", &id), ("name", "another")]).await;
        assert_eq!(renamed.error().kind, ErrorKind::Conflict);
        assert_eq!(ada.call("rename_preset", &[("id", &id), ("name", "Cold")]).await.status, 200);
        assert_eq!(names(&presets(&ada).await), ["another", "Cold"]);
        assert_eq!(ada.call("delete_preset", &[("id", &id)]).await.status, 200);
        assert_eq!(ada.call("delete_preset", &[("id", &id)]).await.status, 404);
        assert_eq!(names(&presets(&ada).await), ["another"]);
    }

    async fn new_chats_begin_with_the_default_preset_and_only_one_is_it(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let begun = || async { ada.call("begin_chat", &[("tool", "echo")]).await.value::<NewChat>() };
        assert_eq!(begun().await.settings, ChatSettings::default());
        let one: Preset = save(&ada, "one", &warm(), false).await.value();
        let two = ChatSettings { system_prompt: Some("Rhyme.".to_owned()), ..ChatSettings::default() };
        let other: Preset = save(&ada, "two", &two, false).await.value();
        assert_eq!(set_default(&ada, one.id).await.status, 200);
        assert_eq!(set_default(&ada, other.id).await.status, 200);
        let defaults = presets(&ada).await.into_iter().filter(|p| p.is_default);
        assert_eq!(defaults.map(|p| p.name).collect::<Vec<_>>(), ["two"]);
        assert_eq!(begun().await.settings, two);
        assert_eq!(set_default(&ada, PresetId::new()).await.status, 404);
        assert_eq!(begun().await.settings, two, "a default that was refused changes nothing");
        ada.call("set_default_preset", &[]).await;
        assert_eq!(begun().await.settings, ChatSettings::default());
    }

    async fn settings_are_kept_with_the_conversation(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let mut first = message("echo", "hello");
        first.settings = Some(warm());
        let sent: inspireai::model::chat::Sent = ada.try_send(&first).await.value();
        ada.read(sent.run_id).await;
        let id = sent.conversation_id;
        assert_eq!(ada.open_conversation(id).await.settings, warm());
        let changed = ChatSettings { parameters: Parameters::default(), ..warm() };
        assert_eq!(update(&ada, id, &changed).await.status, 200);
        assert_eq!(ada.open_conversation(id).await.settings, changed);
    }
}

#[tokio::test]
async fn bad_names_and_values_are_told_at_their_field() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    for name in ["", "   ", "a\u{7}b", &"x".repeat(61)] {
        let reply = save(&ada, name, &warm(), false).await;
        assert_eq!(
            (reply.status, reply.error().field.as_deref()),
            (422, Some("name")),
            "{name:?}"
        );
    }
    let nothing = save(&ada, "nothing", &ChatSettings::default(), false).await;
    assert_eq!(nothing.status, 422);
    let (sent, _) = ada.ask("echo", "hello").await;
    let wrong = [
        (
            "temperature",
            Parameters {
                temperature: Some(2.5),
                ..Parameters::default()
            },
        ),
        (
            "top_p",
            Parameters {
                top_p: Some(-0.1),
                ..Parameters::default()
            },
        ),
        (
            "max_tokens",
            Parameters {
                max_tokens: Some(0),
                ..Parameters::default()
            },
        ),
        (
            "stop",
            Parameters {
                stop: vec!["x".repeat(200)],
                ..Parameters::default()
            },
        ),
    ];
    for (field, parameters) in wrong {
        let settings = ChatSettings {
            parameters,
            ..ChatSettings::default()
        };
        let reply = update(&ada, sent.conversation_id, &settings).await;
        assert_eq!(
            (reply.status, reply.error().field.as_deref()),
            (422, Some(field))
        );
        assert_eq!(save(&ada, "bad", &settings, false).await.status, 422);
    }
    let long = ChatSettings {
        system_prompt: Some("x".repeat(MAX_SYSTEM_PROMPT_BYTES + 1)),
        ..ChatSettings::default()
    };
    let reply = update(&ada, sent.conversation_id, &long).await;
    assert_eq!(reply.error().field.as_deref(), Some("system_prompt"));
    assert!(presets(&ada).await.is_empty());
}

#[tokio::test]
async fn presets_and_settings_are_their_owners_alone() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
    let saved: Preset = save(&ada, "mine", &warm(), false).await.value();
    let id = saved.id.to_string();
    assert!(presets(&bob).await.is_empty());
    assert_eq!(bob.call("delete_preset", &[("id", &id)]).await.status, 404);
    assert_eq!(
        bob.call("rename_preset", &[("id", &id), ("name", "his")])
            .await
            .status,
        404
    );
    assert_eq!(set_default(&bob, saved.id).await.status, 404);
    let (sent, _) = ada.ask("echo", "hello").await;
    assert_eq!(
        update(&bob, sent.conversation_id, &warm()).await.status,
        404
    );
    assert_eq!(app.visitor().call("list_presets", &[]).await.status, 401);
    assert_eq!(presets(&ada).await.len(), 1);
}
