//! Answers in a shape: how they are asked for, whether they have it, and asking again where they do not.

use crate::support::{
    client::Reply,
    database::on_both_databases,
    person::{Person, message},
    test_app::TestApp,
};
use inspireai::model::{
    ErrorKind,
    chat::{FinishReason, RunState, SendRequest, Sent},
    ids::{IdempotencyKey, MessageId},
    schema::outcome::{OutputCheck, Verdict},
    settings::{ChatSettings, OutputFormat},
};
use reqwest::header::{ACCEPT, REFERER};
use serde_json::{Value, json};

const TRIP: &str = r#"{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":1}},
    "required":["city","days"],"additionalProperties":false}"#;
const GOOD: &str = r#"{"city":"Rome","days":3}"#;
const BAD: &str = r#"{"city":7,"days":0}"#;

fn shape(schema: Option<&str>) -> OutputFormat {
    OutputFormat {
        name: "trip".to_owned(),
        schema: schema.map(str::to_owned),
        is_strict: schema.is_some(),
    }
}

fn ask_in(schema: Option<&str>, text: &str) -> SendRequest {
    SendRequest {
        settings: Some(ChatSettings {
            output: Some(shape(schema)),
            ..ChatSettings::default()
        }),
        ..message("shaped", text)
    }
}

/// Asks for a trip and waits for the whole answer.
async fn ask(person: &Person, text: &str) -> Sent {
    let sent: Sent = person.try_send(&ask_in(Some(TRIP), text)).await.value();
    person.read(sent.run_id).await;
    sent
}

async fn check(person: &Person, message: MessageId) -> OutputCheck {
    try_check(person, message).await.value()
}

async fn try_check(person: &Person, message: MessageId) -> Reply {
    person
        .call("check_output", &[("message", &message.to_string())])
        .await
}

async fn try_repair(person: &Person, message: MessageId) -> Reply {
    person
        .with_key("repair_answer", message, IdempotencyKey::new())
        .await
}

/// Has an answer repaired and waits for the end of that.
async fn repair(person: &Person, message: MessageId) -> Sent {
    let sent: Sent = try_repair(person, message).await.value();
    person.read(sent.run_id).await;
    sent
}

/// The formats that the upstream was asked for, oldest first.
fn formats(app: &TestApp) -> Vec<Value> {
    let exchanges = app.upstream.exchanges();
    let bodies = exchanges.iter().map(|exchange| &exchange.body);
    bodies
        .map(|body| body["response_format"]["type"].clone())
        .collect()
}

on_both_databases! {
    async fn an_answer_is_checked_here_and_what_is_wrong_is_told_at_its_place(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let good = ask(&ada, &format!("json={GOOD}")).await;
        assert_eq!(check(&ada, good.message_id).await, OutputCheck::valid());
        let bad = ask(&ada, &format!("json={BAD}")).await;
        let told = check(&ada, bad.message_id).await;
        assert_eq!(told.verdict, Verdict::Invalid);
        let told: Vec<_> = told.problems.iter().map(|problem| (problem.pointer.as_str(), problem.message.as_str())).collect();
        assert_eq!(told, [("/city", "This must be a text, not 7."), ("/days", "This must be at least 1.")]);
    }

    async fn repair_asks_again_with_what_is_wrong_and_the_answer_stands_beside_the_broken_one(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let bad = ask(&ada, &format!("json={BAD} fixed={GOOD}")).await;
        let repaired = repair(&ada, bad.message_id).await;
        let asked = app.upstream.exchanges().pop().expect("a question");
        let messages = asked.messages();
        let [.., (_, question), (who, before), (_, again)] = messages.as_slice() else { panic!("{messages:?}") };
        assert!(question.contains("fixed="));
        assert_eq!((who.as_str(), before.as_str()), ("assistant", BAD));
        assert!(again.contains("at /city: This must be a text") && again.contains("at /days"), "{again}");
        assert_eq!(asked.body["response_format"]["json_schema"]["name"], "trip");

        let page = ada.open_conversation(bad.conversation_id).await;
        assert_eq!(page.messages.len(), 2, "what the model was told is no message of the person's");
        let answer = &page.messages[1];
        assert_eq!((answer.text.as_str(), &answer.siblings), (GOOD, &vec![bad.message_id, repaired.message_id]));
        assert_eq!(answer.output.as_ref(), Some(&shape(Some(TRIP))));
        assert_eq!(check(&ada, repaired.message_id).await.verdict, Verdict::Valid);
        // The conversation goes on from the answer that was put right.
        let next = ada.send_in(bad.conversation_id, "json={}").await;
        ada.read(next.run_id).await;
        let asked = app.upstream.exchanges().pop().expect("a question").messages();
        assert!(asked.iter().any(|(_, text)| text == GOOD) && !asked.iter().any(|(_, text)| text == BAD));
    }

    async fn a_repair_that_breaks_off_goes_on_with_try_again(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let bad = ask(&ada, &format!("json={BAD} fixed={GOOD} breaks=1")).await;
        let broken: Sent = try_repair(&ada, bad.message_id).await.value();
        let half = ada.read(broken.run_id).await;
        assert_eq!(half.text, r#"{"city"#);
        assert!(half.state.is_cut_short(), "{:?}", half.state);
        assert_eq!(check(&ada, broken.message_id).await.verdict, Verdict::CutOff);
        // The broken answer is still there, and so is the half of the new one.
        let page = ada.open_conversation(bad.conversation_id).await;
        assert_eq!(page.messages[1].siblings, [bad.message_id, broken.message_id]);

        let again = ada.try_again(&broken).await;
        assert_eq!(again.message_id, broken.message_id);
        assert_eq!(ada.read(again.run_id).await.text, GOOD);
        let asked = app.upstream.exchanges().pop().expect("a question").messages();
        let place = |words: &str| asked.iter().position(|(_, text)| text.contains(words));
        let (told, half) = (place("What is wrong:").expect("the problems"), asked.iter().position(|(_, text)| text == r#"{"city"#));
        assert!(half > Some(told), "it is told what was wrong, then shown what it has said of the new answer: {asked:?}");
        assert_eq!(check(&ada, broken.message_id).await, OutputCheck::valid());
    }

    async fn a_repair_that_gets_no_word_is_asked_again_as_a_repair(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let bad = ask(&ada, &format!("json={BAD} fixed={GOOD} denies=1")).await;
        let refused: Sent = try_repair(&ada, bad.message_id).await.value();
        let nothing = ada.read(refused.run_id).await;
        assert_eq!(nothing.text, "");
        assert!(matches!(nothing.state, RunState::Failed { .. }), "{:?}", nothing.state);
        let again = ada.try_again(&refused).await;
        assert_eq!(ada.read(again.run_id).await.text, GOOD);
        let asked = app.upstream.exchanges().pop().expect("a question").messages();
        assert!(asked.last().is_some_and(|(_, text)| text.contains("What is wrong:")), "{asked:?}");
        assert_eq!(check(&ada, again.message_id).await, OutputCheck::valid());
    }

    async fn a_repair_survives_that_the_server_is_started_again(app: TestApp) {
        let mut app = app;
        let ada = app.sign_up("ada").await;
        let bad = ask(&ada, &format!("json={BAD} fixed={GOOD} breaks=1")).await;
        let broken: Sent = try_repair(&ada, bad.message_id).await.value();
        ada.read(broken.run_id).await;
        app.restart().await;
        let ada = ada.moved_to(app.address());
        let again = ada.try_again(&broken).await;
        assert_eq!(ada.read(again.run_id).await.text, GOOD);
    }

    async fn an_answer_that_was_cut_off_is_told_so_and_continued_or_repaired(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let cut = ask(&ada, &format!("json={GOOD} cut=9")).await;
        let told = check(&ada, cut.message_id).await;
        assert_eq!(told.verdict, Verdict::CutOff);
        assert!(told.problems[0].message.contains("longest length"), "{told:?}");
        let more: Sent = ada.continue_answer(cut.message_id).await.value();
        assert_eq!(ada.read(more.run_id).await.text, GOOD);
        assert_eq!(check(&ada, cut.message_id).await, OutputCheck::valid());

        let other = ask(&ada, &format!("json={GOOD} cut=8")).await;
        let repaired = repair(&ada, other.message_id).await;
        let asked = app.upstream.exchanges().pop().expect("a question").messages();
        assert!(asked.last().is_some_and(|(_, text)| text.contains("cut off") && text.contains("Be shorter")));
        assert_eq!(check(&ada, repaired.message_id).await, OutputCheck::valid());
    }

    async fn the_same_repair_sent_twice_is_one(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let bad = ask(&ada, &format!("json={BAD} fixed={GOOD}")).await;
        let key = IdempotencyKey::new();
        let first: Sent = ada.with_key("repair_answer", bad.message_id, key).await.value();
        let second: Sent = ada.with_key("repair_answer", bad.message_id, key).await.value();
        assert_eq!(first, second);
        ada.read(first.run_id).await;
        assert_eq!(app.upstream.exchanges().len(), 2);
    }
}

#[tokio::test]
async fn what_a_service_refuses_is_asked_for_in_a_weaker_way_and_remembered() {
    for (refuses, held) in [
        ("json_schema", json!("json_object")),
        ("json_object", Value::Null),
    ] {
        let app = TestApp::start().await;
        let ada = app.sign_up("ada").await;
        let sent = ask(&ada, &format!("json={BAD} fixed={GOOD} refuses={refuses}")).await;
        assert_eq!(formats(&app).last(), Some(&held));
        let tries = formats(&app).len();
        let asked = app.upstream.exchanges().pop().expect("a question");
        let told = asked.messages().into_iter().map(|(_, text)| text);
        assert!(
            told.into_iter()
                .any(|text| text.contains("JSON schema") && text.contains("\"days\""))
        );
        assert_eq!(check(&ada, sent.message_id).await.verdict, Verdict::Invalid);
        let repaired = repair(&ada, sent.message_id).await;
        assert_eq!(
            formats(&app).len(),
            tries + 1,
            "it is known by now what the service takes"
        );
        assert_eq!(formats(&app).last(), Some(&held));
        assert_eq!(check(&ada, repaired.message_id).await, OutputCheck::valid());
    }
}

#[tokio::test]
async fn a_tool_that_is_known_to_take_json_alone_is_asked_for_that_at_once() {
    let app = TestApp::start().await;
    app.change_features("shaped", &json!({ "structured": "json_object" }))
        .await;
    let ada = app.sign_up("ada").await;
    let sent = ask(&ada, &format!("json={GOOD}")).await;
    assert_eq!(formats(&app), [json!("json_object")]);
    assert_eq!(check(&ada, sent.message_id).await, OutputCheck::valid());
}

#[tokio::test]
async fn json_mode_takes_any_object_and_nothing_else() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    for (text, verdict) in [
        ("json={\"a\":[1,2]}", Verdict::Valid),
        ("json=[1,2]", Verdict::Invalid),
        ("json=Sorry.", Verdict::NotJson),
    ] {
        let sent: Sent = ada.try_send(&ask_in(None, text)).await.value();
        ada.read(sent.run_id).await;
        assert_eq!(
            check(&ada, sent.message_id).await.verdict,
            verdict,
            "{text}"
        );
    }
    assert_eq!(
        formats(&app),
        [
            json!("json_object"),
            json!("json_object"),
            json!("json_object")
        ]
    );
}

#[tokio::test]
async fn there_is_nothing_to_repair_about_an_answer_that_fits_or_declines_or_is_prose() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let good = ask(&ada, &format!("json={GOOD}")).await;
    let refused = try_repair(&ada, good.message_id).await;
    assert_eq!(
        (refused.status, refused.error().kind),
        (422, ErrorKind::Invalid)
    );
    let (prose, _) = ada.ask("echo", "hello").await;
    assert_eq!(try_repair(&ada, prose.message_id).await.status, 422);
    assert_eq!(try_check(&ada, prose.message_id).await.status, 422);
    assert_eq!(try_repair(&ada, prose.user_message_id).await.status, 404);

    let declining = SendRequest {
        tool: Some("refuse".to_owned()),
        ..ask_in(Some(TRIP), "no")
    };
    let declined: Sent = ada.try_send(&declining).await.value();
    let answer = ada.read(declined.run_id).await;
    assert_eq!(
        answer.state,
        RunState::Finished {
            reason: FinishReason::Refusal
        }
    );
    assert_eq!(
        check(&ada, declined.message_id).await.verdict,
        Verdict::Declined
    );
    assert_eq!(try_repair(&ada, declined.message_id).await.status, 422);
}

#[tokio::test]
async fn an_open_answer_is_neither_checked_nor_repaired() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let request = SendRequest {
        tool: Some("silence".to_owned()),
        ..ask_in(Some(TRIP), "after=2")
    };
    let sent: Sent = ada.try_send(&request).await.value();
    app.upstream
        .wait_until(|exchanges| exchanges.iter().any(|exchange| exchange.tokens_sent == 2))
        .await;
    assert_eq!(try_check(&ada, sent.message_id).await.status, 409);
    assert_eq!(try_repair(&ada, sent.message_id).await.status, 409);
    assert_eq!(ada.stop(sent.run_id).await.status, 200);
    ada.read(sent.run_id).await;
    assert_eq!(check(&ada, sent.message_id).await.verdict, Verdict::NotJson);
}

#[tokio::test]
async fn a_schema_that_refers_to_itself_is_asked_with_and_checked() {
    let tree = r##"{"type":"object","properties":{"name":{"type":"string"},"parts":{"type":"array","items":{"$ref":"#"}}},
        "required":["name","parts"],"additionalProperties":false}"##;
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let broken = r#"json={"name":"a","parts":[{"name":"b","parts":[{"name":"c"}]}]}"#;
    let sent: Sent = ada.try_send(&ask_in(Some(tree), broken)).await.value();
    ada.read(sent.run_id).await;
    let told = check(&ada, sent.message_id).await;
    assert_eq!(told.problems[0].pointer, "/parts/0/parts/0");
    assert_eq!(told.problems[0].message, "`parts` is missing.");
}

#[tokio::test]
async fn somebody_elses_answer_is_told_like_one_that_does_not_exist() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.sign_up("ada").await, app.sign_up("eve").await);
    let bad = ask(&ada, &format!("json={BAD}")).await;
    let mut answers = Vec::new();
    for message in [bad.message_id, MessageId::new()] {
        let replies = [
            try_check(&eve, message).await,
            try_repair(&eve, message).await,
        ];
        answers.push(replies.map(|reply| reply.anonymous_error()));
    }
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].iter().all(|(status, _)| *status == 404));
    assert_eq!(app.upstream.exchanges().len(), 1);
}

#[tokio::test]
async fn the_page_that_the_server_renders_holds_the_tree_of_an_answer() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let sent = ask(&ada, &format!("json={GOOD}")).await;
    let page = ada.get(&format!("/chat/{}", sent.conversation_id)).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("json-tree") && page.body.contains("Rome"));
    let hostile = ask(&ada, "json={\"city\":\"<img/src=x>\",\"days\":1}").await;
    let page = ada.get(&format!("/chat/{}", hostile.conversation_id)).await;
    assert!(page.body.contains("&lt;img/src=x&gt;</span>") && !page.body.contains("<img/src=x>"));
}

#[tokio::test]
async fn without_a_script_repair_is_a_form_that_leads_back_to_the_conversation() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let bad = ask(&ada, &format!("json={BAD} fixed={GOOD}")).await;
    let path = format!("/chat/{}", bad.conversation_id);
    let message = bad.message_id.to_string();
    let form = ada.form("repair_answer", &[("message", &message)]);
    let form = form
        .header(ACCEPT, "text/html")
        .header(REFERER, format!("http://{}{path}", app.address()));
    let posted = ada.send(form).await;
    assert_eq!(posted.status, 302, "{}", posted.body);
    assert!(posted.header("location").contains(&path));
    app.upstream
        .wait_until(|exchanges| exchanges.len() == 2)
        .await;
    let answer = ada.last_message(bad.conversation_id).await;
    ada.read(answer.run.expect("a run").id).await;
    assert_eq!(ada.last_message(bad.conversation_id).await.text, GOOD);
}
