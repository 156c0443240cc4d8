//! How a conversation asks: what is set is kept with it and asked with, what a model does not take is not sent, and what
//! nobody can take is refused by its field.

use crate::support::{
    database::on_both_databases,
    person::{Person, message, reply},
    test_app::TestApp,
};
use inspireai::model::{
    ErrorKind,
    chat::{SendRequest, Sent},
    ids::ConversationId,
    settings::ChatSettings,
};
use serde_json::{Value, json};

fn settings(value: &Value) -> ChatSettings {
    serde_json::from_value(value.clone()).expect("settings")
}

async fn update(
    person: &Person,
    id: ConversationId,
    value: &Value,
) -> crate::support::client::Reply {
    person
        .call_json("update_settings", &json!({ "id": id, "settings": value }))
        .await
}

fn last_body(app: &TestApp) -> Value {
    app.upstream.exchanges().pop().expect("a question").body
}

on_both_databases! {
    async fn what_is_set_for_a_new_chat_is_asked_with_and_kept(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let set = json!({
            "system_prompt": "Answer like a pirate.",
            "parameters": { "temperature": 0.25, "top_p": 0.5, "max_tokens": 77, "seed": 9, "stop": ["END"] },
        });
        let request = SendRequest { settings: Some(settings(&set)), ..message("echo", "ahoy") };
        let sent: Sent = ada.try_send(&request).await.value();
        ada.read(sent.run_id).await;
        let body = last_body(&app);
        assert_eq!(body["messages"][0], json!({ "role": "system", "content": "Answer like a pirate." }));
        assert_eq!((&body["temperature"], &body["top_p"]), (&json!(0.25), &json!(0.5)));
        assert_eq!((&body["max_completion_tokens"], &body["seed"]), (&json!(77), &json!(9)));
        assert_eq!(body["stop"], json!(["END"]));
        let page = ada.open_conversation(sent.conversation_id).await;
        assert_eq!(page.settings, settings(&set));

        let next = ada.send_in(sent.conversation_id, "and on").await;
        ada.read(next.run_id).await;
        assert_eq!(last_body(&app)["temperature"], json!(0.25));
    }

    async fn a_change_is_asked_with_from_the_next_message_on(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (sent, _) = ada.ask("echo", "one").await;
        let changed = json!({ "system_prompt": "In French.", "parameters": { "temperature": 1.5 } });
        assert_eq!(update(&ada, sent.conversation_id, &changed).await.status, 200);
        let next = ada.send_in(sent.conversation_id, "two").await;
        ada.read(next.run_id).await;
        let body = last_body(&app);
        assert_eq!((&body["messages"][0]["content"], &body["temperature"]), (&json!("In French."), &json!(1.5)));
        let again: Sent = ada.regenerate(next.message_id).await.value();
        ada.read(again.run_id).await;
        assert_eq!(last_body(&app)["temperature"], json!(1.5));
        // Nothing set is nothing sent.
        assert_eq!(update(&ada, sent.conversation_id, &json!({})).await.status, 200);
        let last = ada.send_in(sent.conversation_id, "three").await;
        ada.read(last.run_id).await;
        assert_eq!(last_body(&app).get("temperature"), None);
        assert_eq!(last_body(&app)["messages"][0]["role"], "user");
    }

    async fn what_is_sent_with_a_message_is_kept_for_the_conversation(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let (sent, _) = ada.ask("echo", "one").await;
        let set = settings(&json!({ "parameters": { "max_tokens": 5 } }));
        let request = SendRequest { settings: Some(set.clone()), ..reply(sent.conversation_id, "two") };
        let next: Sent = ada.try_send(&request).await.value();
        ada.read(next.run_id).await;
        assert_eq!(last_body(&app)["max_completion_tokens"], json!(5));
        assert_eq!(ada.open_conversation(sent.conversation_id).await.settings, set);
    }

    async fn a_model_is_not_sent_what_it_does_not_take(app: TestApp) {
        let ada = app.sign_up("ada").await;
        app.change_features("echo", &json!({ "parameters": ["top_p"], "instructions": "developer" })).await;
        let set = json!({ "system_prompt": "Be kind.", "parameters": { "temperature": 1.0, "top_p": 0.1, "seed": 1 } });
        let request = SendRequest { settings: Some(settings(&set)), ..message("echo", "hello") };
        let sent: Sent = ada.try_send(&request).await.value();
        ada.read(sent.run_id).await;
        let body = last_body(&app);
        assert_eq!((body.get("temperature"), body.get("seed")), (None, None));
        assert_eq!((&body["top_p"], &body["messages"][0]["role"]), (&json!(0.1), &json!("developer")));
    }

    async fn the_tools_own_settings_stand_under_those_of_the_conversation(app: TestApp) {
        let ada = app.sign_up("ada").await;
        app.execute("update tool set parameters = '{\"temperature\":0.75,\"max_tokens\":12}', system_prompt = 'You are an echo.', \
             source = 'manual' where slug = 'echo'").await;
        let (sent, _) = ada.ask("echo", "one").await;
        let body = last_body(&app);
        assert_eq!((&body["temperature"], &body["messages"][0]["content"]), (&json!(0.75), &json!("You are an echo.")));
        update(&ada, sent.conversation_id, &json!({ "system_prompt": "You are I.", "parameters": { "temperature": 0.5 } })).await;
        let next = ada.send_in(sent.conversation_id, "two").await;
        ada.read(next.run_id).await;
        let body = last_body(&app);
        assert_eq!((&body["temperature"], &body["max_completion_tokens"]), (&json!(0.5), &json!(12)));
        assert_eq!(body["messages"][0]["content"], "You are I.");
        assert_eq!(body["messages"][1]["role"], "user");
    }

    async fn an_answer_remembers_the_shape_it_was_asked_for_in(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let output = json!({ "name": "trip", "schema": "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}" });
        let set = settings(&json!({ "output": output }));
        let request = SendRequest { settings: Some(set.clone()), ..message("json", "json={\"city\":\"Rome\"}") };
        let sent: Sent = ada.try_send(&request).await.value();
        ada.read(sent.run_id).await;
        let format = last_body(&app)["response_format"].clone();
        assert_eq!((&format["type"], &format["json_schema"]["name"]), (&json!("json_schema"), &json!("trip")));
        update(&ada, sent.conversation_id, &json!({})).await;
        let next = ada.send_in(sent.conversation_id, "json={}").await;
        ada.read(next.run_id).await;
        assert_eq!(last_body(&app).get("response_format"), None);
        let page = ada.open_conversation(sent.conversation_id).await;
        let shapes: Vec<_> = page.messages.iter().map(|message| message.output.clone()).collect();
        assert_eq!(shapes, [None, set.output, None, None]);
    }

    async fn a_new_chat_begins_with_the_persons_default(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let preset = json!({ "name": "Calm", "settings": { "parameters": { "temperature": 0.125 } }, "replace": false });
        let saved: Value = ada.call_json("save_preset", &preset).await.value();
        let id = saved["id"].as_str().expect("an id").to_owned();
        let chosen = ada.call("set_default_preset", &[("id", &id)]).await;
        assert_eq!(chosen.status, 200, "{}", chosen.body);
        let (sent, _) = ada.ask("echo", "hello").await;
        assert_eq!(last_body(&app)["temperature"], json!(0.125));
        assert_eq!(ada.open_conversation(sent.conversation_id).await.settings.parameters.temperature, Some(0.125));
        let bob = app.sign_up("bob").await;
        bob.ask("echo", "hello").await;
        assert_eq!(last_body(&app).get("temperature"), None);
    }
}

#[tokio::test]
async fn what_no_model_can_take_is_refused_by_its_field_and_changes_nothing() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let (sent, _) = ada.ask("echo", "one").await;
    let long = "x".repeat(70_000);
    for (field, wrong) in [
        (
            "temperature",
            json!({ "parameters": { "temperature": 2.5 } }),
        ),
        ("top_p", json!({ "parameters": { "top_p": -1 } })),
        ("max_tokens", json!({ "parameters": { "max_tokens": 0 } })),
        (
            "stop",
            json!({ "parameters": { "stop": ["1", "2", "3", "4", "5"] } }),
        ),
        ("system_prompt", json!({ "system_prompt": long })),
        (
            "schema",
            json!({ "output": { "name": "x", "schema": long } }),
        ),
    ] {
        let reply = update(&ada, sent.conversation_id, &wrong).await;
        assert!(
            reply.status == 422 || reply.status == 413,
            "{field}: {}",
            reply.body
        );
        assert_eq!(reply.error().field.as_deref(), Some(field));
        let request = SendRequest {
            settings: Some(settings(&wrong)),
            ..message("echo", "hello")
        };
        assert_eq!(
            ada.try_send(&request).await.error().field.as_deref(),
            Some(field)
        );
    }
    let page = ada.open_conversation(sent.conversation_id).await;
    assert_eq!(page.settings, ChatSettings::default());
    assert_eq!(app.upstream.exchanges().len(), 1);
}

#[tokio::test]
async fn nobody_changes_how_somebody_elses_conversation_asks() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
    let (sent, _) = ada.ask("echo", "mine").await;
    let reply = update(
        &bob,
        sent.conversation_id,
        &json!({ "system_prompt": "Mine now." }),
    )
    .await;
    assert_eq!(
        (reply.status, reply.error().kind),
        (404, ErrorKind::NotFound)
    );
    let page = ada.open_conversation(sent.conversation_id).await;
    assert_eq!(page.settings, ChatSettings::default());
}
