//! The other doors to the chat: a form without a script, and JSON for programs that want a whole answer at once.

use crate::support::{
    client::Reply, database::on_both_databases, documents::pdf, person::Person, test_app::TestApp,
    upstream::counted,
};
use inspireai::model::{ErrorKind, chat::RunState};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

/// A model of the catalogue that reads files.
const READER: &str = "gpt-6-luna";

async fn ask(person: &Person, body: &Value) -> Reply {
    person.call_json("chat", body).await
}

on_both_databases! {
    async fn a_program_gets_a_whole_answer_and_goes_on_in_its_conversation(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let settings = json!({ "parameters": { "max_tokens": 9 } });
        let first: Value = ask(&ada, &json!({ "tool": "count", "text": "tokens=3", "settings": settings })).await.value();
        assert_eq!(first["text"], json!(counted(3)));
        assert_eq!(first["finish_reason"], "stop");
        assert_eq!(first["usage"]["output_tokens"], 3);
        let next: Value = ask(&ada, &json!({ "conversation": first["conversation"], "text": "tokens=2" })).await.value();
        assert_eq!((&next["text"], &next["conversation"]), (&json!(counted(2)), &first["conversation"]));
        let asked = app.upstream.exchanges().pop().expect("a question");
        assert_eq!((asked.messages().len(), &asked.body["max_completion_tokens"]), (3, &json!(9)));
        // It is a conversation like any other.
        let id = first["conversation"].as_str().expect("an id").parse().expect("an id");
        let page = ada.open_conversation(id).await;
        assert_eq!(page.messages.len(), 4);
        assert_eq!(json!(page.messages[3].id), next["message"]);
    }

    async fn a_form_without_a_script_brings_its_files(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let form = Form::new()
            .text("tool", "echo")
            .text("text", "two\r\nlines")
            .part("file", Part::bytes(b"some notes".to_vec()).file_name("notes.txt"))
            .part("file", Part::bytes(Vec::new()).file_name(""));
        let reply = ada.send(ada.request(Method::POST, "/chat").multipart(form)).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        let id = reply.header("location").rsplit('/').next().expect("an id").parse().expect("an id");
        let page = ada.open_conversation(id).await;
        assert_eq!(page.messages[0].text, "two\nlines");
        assert_eq!(page.messages[0].attachments[0].file.name, "notes.txt");
        let asked = app.upstream.exchanges().pop().expect("a question");
        assert!(asked.body.to_string().contains("some notes"), "{}", asked.body);

        // Another version of it, by a form as well, keeps the file.
        let replaced = page.messages[0].id.to_string();
        let form = [("conversation", id.to_string()), ("replaces", replaced), ("text", "three".to_owned())];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        let reply = ada.send(ada.post("/chat", &form)).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        let page = ada.open_conversation(id).await;
        assert_eq!((page.messages[0].text.as_str(), page.messages[0].siblings.len()), ("three", 2));
        assert_eq!(page.messages[0].attachments[0].file.name, "notes.txt");
    }
}

#[tokio::test]
async fn a_program_sends_stored_files_along() {
    let app = TestApp::builder().offering(READER).start().await;
    let ada = app.sign_up("ada").await;
    let paper = ada.upload("plan.pdf", pdf(&["A plan"])).await;
    let body =
        json!({ "tool": READER, "text": "read this", "attachments": [{ "file": paper.id }] });
    let answer: Value = ask(&ada, &body).await.value();
    assert_eq!(answer["text"], "read this");
    assert_eq!(app.upstream.files().len(), 1);
}

#[tokio::test]
async fn a_program_hears_of_failures_and_of_cut_answers() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let cut: Value = ask(&ada, &json!({ "tool": "length", "text": "tokens=20" }))
        .await
        .value();
    assert_eq!(cut["finish_reason"], "length");
    let failed = ask(&ada, &json!({ "tool": "status-401", "text": "hello" })).await;
    assert_eq!(
        (failed.status, failed.error().kind),
        (502, ErrorKind::Upstream)
    );
    // What failed is in the conversation, to be tried again there.
    let last = ada.conversations().await[0].id;
    let answer = ada.last_message(last).await;
    assert!(matches!(
        answer.run.expect("a run").state,
        RunState::Failed { .. }
    ));
}

#[tokio::test]
async fn a_program_that_repeats_itself_has_one_answer() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let body =
        json!({ "tool": "echo", "text": "once", "key": "01890a5d-ac96-774b-bcce-b302099a8057" });
    let first: Value = ask(&ada, &body).await.value();
    let second: Value = ask(&ada, &body).await.value();
    assert_eq!(first, second);
    assert_eq!(app.upstream.exchanges().len(), 1);
}

#[tokio::test]
async fn what_a_program_cannot_mean_is_refused_in_words() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    for body in [json!({ "texts": "hello" }), json!([]), json!({ "text": 5 })] {
        let refused = ask(&ada, &body).await;
        assert_eq!(
            (refused.status, refused.error().kind),
            (422, ErrorKind::Invalid),
            "{body}"
        );
    }
    let empty = ask(&ada, &json!({ "tool": "echo" })).await;
    assert_eq!(empty.error().field.as_deref(), Some("text"));
    let unknown = ask(&ada, &json!({ "tool": "no-such-tool", "text": "hello" })).await;
    assert_eq!(unknown.status, 404);
    let visitor = app.visitor();
    let nobody = visitor.call_json("chat", &json!({ "text": "hello" })).await;
    assert_eq!(
        (nobody.status, nobody.error().kind),
        (401, ErrorKind::Unauthorized)
    );
    assert!(app.upstream.exchanges().is_empty());
}

#[tokio::test]
async fn a_program_that_stops_waiting_does_not_stop_the_answer() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let body = json!({ "tool": "count", "text": "tokens=40 rate=100" });
    let request = ada.call_json("chat", &body);
    let given_up = tokio::time::timeout(std::time::Duration::from_millis(150), request).await;
    assert!(given_up.is_err());
    let exchanges = app
        .upstream
        .wait_until(|all| all.iter().any(|one| one.ending.is_some()))
        .await;
    assert_eq!(exchanges[0].tokens_sent, 40);
    let conversation = ada.conversations().await[0].id;
    let run = ada.last_message(conversation).await.run.expect("a run");
    ada.read(run.id).await;
    assert_eq!(ada.last_message(conversation).await.text, counted(40));
}
