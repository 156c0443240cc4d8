//! Assistants: versions, sharing, what a chat with one begins with, and forms without a script.

use crate::support::{
    client::{Form, Reply},
    database::on_both_databases,
    person::{Person, message},
    test_app::TestApp,
};
use inspireai::model::{
    assistant::{AssistantDetail, AssistantPage, NewChat},
    chat::Sent,
    ids::AssistantId,
    settings::{AssistantVersion, ChatSettings},
};
use reqwest::header::ACCEPT;
use serde_json::json;

/// A schema as strict models take it.
const STRICT_SCHEMA: &str = r#"{"type":"object","properties":{},"additionalProperties":false}"#;

async fn save(person: &Person, id: Option<AssistantId>, fields: Form<'_>) -> Reply {
    let id = id.map(|id| id.to_string());
    let mut form: Vec<(&str, &str)> = fields.to_vec();
    if let Some(id) = &id {
        form.push(("id", id));
    }
    person.call("save_assistant", &form).await
}

/// An assistant that answers with the echo.
async fn made(person: &Person, name: &str) -> AssistantId {
    let form = [("form[name]", name), ("form[tool]", "echo")];
    save(person, None, &form).await.value()
}

async fn detail(person: &Person, id: AssistantId, version: Option<u32>) -> AssistantDetail {
    let (id, version) = (
        id.to_string(),
        version.map(|v| v.to_string()).unwrap_or_default(),
    );
    let mut form = vec![("id", id.as_str())];
    if !version.is_empty() {
        form.push(("version", &version));
    }
    person.call("get_assistant", &form).await.value()
}

async fn share(person: &Person, id: AssistantId, is_shared: bool) -> Reply {
    let (id, is_shared) = (id.to_string(), is_shared.to_string());
    person
        .call("share_assistant", &[("id", &id), ("is_shared", &is_shared)])
        .await
}

async fn listed(person: &Person, q: &str, page: &str) -> AssistantPage {
    person
        .call("list_assistants", &[("query[q]", q), ("query[page]", page)])
        .await
        .value()
}

async fn begin(person: &Person, id: AssistantId) -> Reply {
    person
        .call("begin_chat", &[("assistant", &id.to_string())])
        .await
}

/// A conversation with an assistant.
async fn talk(person: &Person, version: AssistantVersion) -> Reply {
    let mut first = message("echo", "hello");
    first.settings = Some(ChatSettings {
        assistant: Some(version),
        ..ChatSettings::default()
    });
    person.try_send(&first).await
}

on_both_databases! {
    async fn each_save_makes_a_version_and_an_earlier_one_can_be_restored(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let form = [
            ("form[name]", " Travel  agent "), ("form[tool]", "echo"), ("form[description]", "Plans trips."),
            ("form[instructions]", "Plan.\r\nBook."), ("form[starters]", "To Rome\r\n\r\nTo Oslo"), ("form[hue]", "145"),
            ("form[numbers][temperature]", "0,5"), ("form[stop]", "END"), ("form[schema_name]", "trip"),
            ("form[schema]", STRICT_SCHEMA), ("form[is_strict]", "on"), ("form[voice]", "alloy"),
        ];
        let id: AssistantId = save(&ada, None, &form).await.value();
        let first = detail(&ada, id, None).await;
        let is = &first.definition;
        assert_eq!((is.name.as_str(), is.tool.as_str(), is.hue), ("Travel agent", "echo", Some(145)));
        assert_eq!(is.instructions.as_deref(), Some("Plan.\nBook."));
        assert_eq!(is.starters, ["To Rome", "To Oslo"]);
        assert_eq!((is.parameters.temperature, is.parameters.stop.as_slice()), (Some(0.5), &["END".to_owned()][..]));
        assert_eq!(is.output.as_ref().map(|o| (o.name.as_str(), o.is_strict)), Some(("trip", true)));
        assert_eq!(is.voice.as_deref(), Some("alloy"));

        // The same again is no new version.
        save(&ada, Some(id), &form).await.value::<AssistantId>();
        assert_eq!(detail(&ada, id, None).await.latest, 1);
        save(&ada, Some(id), &[("form[name]", "Agent"), ("form[tool]", "echo")]).await.value::<AssistantId>();
        let second = detail(&ada, id, None).await;
        assert_eq!((second.latest, second.definition.name.as_str()), (2, "Agent"));
        assert_eq!(second.versions.iter().map(|v| v.version).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(detail(&ada, id, Some(1)).await.definition, first.definition);

        let (text, version) = (id.to_string(), "1");
        let newest: u32 = ada.call("restore_assistant", &[("id", &text), ("version", version)]).await.value();
        assert_eq!(newest, 3);
        assert_eq!(detail(&ada, id, None).await.definition, first.definition);
        let missing = ada.call("restore_assistant", &[("id", &text), ("version", "9")]).await;
        assert_eq!(missing.status, 404);
    }

    async fn what_is_not_shared_is_not_there_for_others(app: TestApp) {
        let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
        let id = made(&ada, "Agent").await;
        let text = id.to_string();
        let version = AssistantVersion { id, version: 1 };
        assert_eq!(listed(&bob, "", "1").await.total, 0);
        assert_eq!(bob.call("get_assistant", &[("id", &text)]).await.status, 404);
        assert_eq!(begin(&bob, id).await.status, 404);
        let (sent, _) = bob.ask("echo", "hello").await;
        let stolen = json!({"id": sent.conversation_id, "settings": {"assistant": version}});
        assert_eq!(bob.call_json("update_settings", &stolen).await.status, 404);

        assert_eq!(share(&bob, id, true).await.status, 404);
        assert_eq!(share(&ada, id, true).await.status, 200);
        let page = listed(&bob, "AGE", "1").await;
        assert_eq!((page.total, page.assistants[0].owner.as_str(), page.assistants[0].is_own), (1, "ada", false));
        assert!(detail(&bob, id, None).await.versions.is_empty());
        let begun: NewChat = begin(&bob, id).await.value();
        assert_eq!((begun.settings.assistant, begun.tool.slug.as_str()), (Some(version), "echo"));
        for refused in [
            save(&bob, Some(id), &[("form[name]", "His"), ("form[tool]", "echo")]).await,
            bob.call("delete_assistant", &[("id", &text)]).await,
            share(&bob, id, false).await,
        ] {
            assert_eq!(refused.status, 404);
        }
        let copy: AssistantId = bob.call("duplicate_assistant", &[("id", &text)]).await.value();
        let copied = detail(&bob, copy, None).await;
        assert_eq!((copied.definition.name.as_str(), copied.is_own, copied.is_shared), ("Agent (copy)", true, false));
    }

    async fn a_conversation_goes_on_with_the_version_it_began_with(app: TestApp) {
        let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
        let id = made(&ada, "Agent").await;
        share(&ada, id, true).await;
        let version = AssistantVersion { id, version: 1 };
        let sent: Sent = talk(&bob, version).await.value();
        bob.read(sent.run_id).await;
        save(&ada, Some(id), &[("form[name]", "Renamed"), ("form[tool]", "echo")]).await.value::<AssistantId>();
        let page = bob.open_conversation(sent.conversation_id).await;
        let assistant = page.assistant.expect("its assistant");
        assert_eq!((assistant.definition.name.as_str(), assistant.version, assistant.latest), ("Agent", version, 2));

        // It may be moved to the newest, and goes on when the assistant is shared no more, or deleted.
        let newest = AssistantVersion { id, version: 2 };
        let moved = json!({"id": sent.conversation_id, "settings": {"assistant": newest}});
        assert_eq!(bob.call_json("update_settings", &moved).await.status, 200);
        share(&ada, id, false).await;
        assert_eq!(ada.call("delete_assistant", &[("id", &id.to_string())]).await.status, 200);
        assert_eq!((listed(&ada, "", "1").await.total, begin(&ada, id).await.status), (0, 404));
        let page = bob.open_conversation(sent.conversation_id).await;
        assert_eq!(page.assistant.map(|it| it.definition.name).as_deref(), Some("Renamed"));
        let next = bob.send_in(sent.conversation_id, "still there?").await;
        assert_eq!(bob.read(next.run_id).await.text, "still there?");
    }

    async fn the_list_is_paged_and_searched_by_name(app: TestApp) {
        let ada = app.sign_up("ada").await;
        for number in 0..25 {
            made(&ada, &format!("Helper_{number}")).await;
        }
        made(&ada, "Übersetzer").await;
        let first = listed(&ada, "", "1").await;
        assert_eq!((first.assistants.len(), first.total, first.pages), (24, 26, 2));
        assert_eq!(first.assistants[0].name, "Übersetzer");
        let beyond = listed(&ada, "", "9").await;
        assert_eq!((beyond.page, beyond.assistants.len()), (2, 2));
        assert_eq!(listed(&ada, "über", "1").await.total, 1);
        assert_eq!(listed(&ada, "r_2", "1").await.total, 6);
        assert_eq!(listed(&ada, "%", "1").await.total, 0);
    }
}

#[tokio::test]
async fn what_is_not_acceptable_is_told_at_its_field() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let long = "x".repeat(301);
    let wrong: [(&str, &[(&str, &str)]); 7] = [
        ("name", &[("form[name]", " ")]),
        ("tool", &[("form[tool]", "nothing-like-it")]),
        ("description", &[("form[description]", &long)]),
        ("temperature", &[("form[numbers][temperature]", "warm")]),
        ("starters", &[("form[starters]", "1\n2\n3\n4\n5\n6\n7")]),
        ("schema", &[("form[schema]", "{\"type\": }")]),
        ("hue", &[("form[hue]", "green")]),
    ];
    for (field, changes) in wrong {
        let mut form = vec![("form[name]", "Agent"), ("form[tool]", "echo")];
        form.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        form.extend(changes);
        let reply = save(&ada, None, &form).await;
        assert_eq!(
            (reply.status, reply.error().field.as_deref()),
            (422, Some(field)),
            "{}",
            reply.body
        );
    }
    assert_eq!(listed(&ada, "", "1").await.total, 0);
    assert_eq!(
        app.visitor()
            .call("list_assistants", &[("query[q]", "")])
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn assistants_are_made_shown_and_talked_to_without_a_script() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let guest = app.visitor().get("/assistants").await;
    assert!(guest.body.contains("log in to make one"), "{}", guest.body);
    assert!(ada.get("/assistants").await.body.contains("Make the first"));
    assert!(
        ada.get("/assistants/new")
            .await
            .body
            .contains("name=\"form[instructions]\"")
    );

    let form = [
        ("form[name]", "Travel agent"),
        ("form[tool]", "echo"),
        ("form[starters]", "Plan a trip to Rome"),
    ];
    let request = ada
        .form("save_assistant", &form)
        .header(ACCEPT, "text/html");
    let made = ada.send(request).await;
    assert_eq!(made.status, 302, "{}", made.body);
    let page = made.header("location").to_owned();
    assert!(page.starts_with("/assistants/"), "{page}");
    let shown = ada.get(&page).await;
    assert!(shown.body.contains("Version 1") && shown.body.contains("Travel agent"));

    let id = page.trim_start_matches("/assistants/");
    let start = ada.get(&format!("/chat?assistant={id}")).await;
    assert!(
        start.body.contains("Plan a trip to Rome"),
        "its starters are shown"
    );
    assert!(
        start
            .body
            .contains(&format!("name=\"assistant\" value=\"{id}\""))
    );
    let sent = ada
        .post(
            "/chat",
            &[("tool", "echo"), ("assistant", id), ("text", "hello")],
        )
        .header(ACCEPT, "text/html");
    let answered = ada.send(sent).await;
    let chat = ada.get(answered.header("location")).await;
    assert!(
        chat.body.contains("aria-label=\"Travel agent\""),
        "its name stands over its answer"
    );
    assert_eq!(ada.get("/assistants/no-id").await.status, 404);
    assert_eq!(ada.get("/chat?assistant=no-id").await.status, 404);
}
