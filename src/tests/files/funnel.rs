//! Files on messages, on their way to the provider: given to its store once, named by their ids, given again when it forgot
//! them, and deleted there with the file.

use crate::support::{
    database::on_both_databases,
    documents::{docx, pdf},
    person::{Person, message, reply},
    pictures::jpeg,
    test_app::TestApp,
};
use inspireai::model::{
    chat::{RunState, SendRequest, Sent},
    file::{Attach, FileView, ImageDetail, ImageEdit},
    settings::{ChatSettings, OutputFormat},
    transcript::Transcript,
};
use serde_json::json;

/// A model of the catalogue that sees pictures and reads files.
pub(super) const READER: &str = "gpt-6-luna";

/// A message with files.
pub(super) fn with(files: &[&FileView], tool: &str, text: &str) -> SendRequest {
    let attachments = files.iter().map(|file| Attach {
        file: file.id,
        detail: ImageDetail::Auto,
        edit: ImageEdit::default(),
    });
    SendRequest {
        attachments: attachments.collect(),
        ..message(tool, text)
    }
}

async fn ask(person: &Person, request: &SendRequest) -> (Sent, Transcript) {
    let sent: Sent = person.try_send(request).await.value();
    let answer = person.read(sent.run_id).await;
    (sent, answer)
}

/// The ids by which the last question named files.
fn named_files(app: &TestApp) -> Vec<String> {
    let asked = app.upstream.exchanges().pop().expect("a question");
    let body = asked.body.to_string();
    let ids = body.split("\"file_id\":\"").skip(1);
    ids.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
        .collect()
}

/// How often something was given to the provider's store.
fn given(app: &TestApp) -> usize {
    let requests = app.upstream.requests();
    let is_upload = |method: &str, path: &str| method == "POST" && path == "/v1/files";
    requests
        .iter()
        .filter(|each| is_upload(&each.method, &each.path))
        .count()
}

async fn reading() -> (TestApp, Person) {
    let app = TestApp::builder().offering(READER).start().await;
    let ada = app.sign_up("ada").await;
    (app, ada)
}

#[tokio::test]
async fn a_document_is_given_to_the_provider_once_and_deleted_there_with_the_file() {
    let (app, ada) = reading().await;
    let plan = ada.upload("plan.pdf", pdf(&["A plan"])).await;
    let letter = ada.upload("letter", docx("Dear Bob")).await;
    ask(&ada, &with(&[&plan, &letter], READER, "read this")).await;
    let first = named_files(&app);
    assert_eq!(first.len(), 2);
    let kept = app.upstream.files();
    let names: Vec<_> = kept.values().map(|file| file.name.as_str()).collect();
    // A provider goes by the ending.
    assert_eq!(names, ["plan.pdf", "letter.docx"]);
    assert!(
        kept.values().all(|file| file.expires_at.is_some()),
        "nothing stays there for ever"
    );

    ask(&ada, &with(&[&plan, &letter], READER, "again")).await;
    assert_eq!((named_files(&app), given(&app)), (first, 2));
    let page = ada.files("plan", 1).await;
    assert!(page.files[0].is_shared);
    assert_eq!(ada.delete_file(plan.id).await.status, 200);
    let left: Vec<_> = app
        .upstream
        .files()
        .into_values()
        .map(|file| file.name)
        .collect();
    assert_eq!(left, ["letter.docx"]);
}

#[tokio::test]
async fn json_is_asked_for_about_files_that_are_named_by_their_ids_in_one_message() {
    let (app, ada) = reading().await;
    let plan = ada.upload("plan.pdf", pdf(&["A plan"])).await;
    let letter = ada.upload("letter.docx", docx("Dear Bob")).await;
    let photo = ada.upload("photo.jpg", jpeg(40, 30)).await;
    let any_object = OutputFormat {
        name: "answer".to_owned(),
        schema: None,
        is_strict: false,
    };
    let request = SendRequest {
        settings: Some(ChatSettings {
            output: Some(any_object),
            ..ChatSettings::default()
        }),
        ..with(&[&plan, &letter, &photo], READER, "list what these say")
    };
    let (sent, _) = ask(&ada, &request).await;
    let body = app.upstream.exchanges().pop().expect("a question").body;
    assert_eq!(body["text"]["format"], json!({ "type": "json_object" }));
    let said = body["input"]
        .as_array()
        .expect("messages")
        .last()
        .expect("one");
    let kinds: Vec<_> = said["content"]
        .as_array()
        .expect("parts")
        .iter()
        .map(|part| &part["type"])
        .collect();
    assert_eq!(
        kinds,
        ["input_file", "input_file", "input_image", "input_text"]
    );
    let ids = named_files(&app);
    assert_eq!(ids.len(), 2);
    assert!(ids.iter().all(|id| app.upstream.files().contains_key(id)));

    // So is the next question, with the ids that they have already.
    let next = SendRequest {
        attachments: with(&[&plan], READER, "").attachments,
        ..reply(sent.conversation_id, "and this one alone?")
    };
    ask(&ada, &next).await;
    let body = app.upstream.exchanges().pop().expect("a question").body;
    assert_eq!(body["text"]["format"]["type"], "json_object");
    assert_eq!(given(&app), 2);
    assert_eq!(named_files(&app).last(), ids.first());
}

#[tokio::test]
async fn a_file_that_the_provider_forgot_or_is_about_to_is_given_to_it_again() {
    let (app, ada) = reading().await;
    let plan = ada.upload("plan.pdf", pdf(&["A plan"])).await;
    ask(&ada, &with(&[&plan], READER, "one")).await;
    app.upstream.forget_files();
    let (_, answer) = ask(&ada, &with(&[&plan], READER, "two")).await;
    assert_eq!(answer.text, "two", "nobody notices");
    assert_eq!((given(&app), app.upstream.files().len()), (2, 1));

    app.execute("update provider_file set expires_at = created_at")
        .await;
    let (_, answer) = ask(&ada, &with(&[&plan], READER, "three")).await;
    assert_eq!((answer.text.as_str(), given(&app)), ("three", 3));
}

#[tokio::test]
async fn a_server_without_a_store_is_told_the_words_of_a_document() {
    let (app, ada) = reading().await;
    app.upstream.lack("/files");
    let plan = ada.upload("plan.pdf", pdf(&["A plan of two words"])).await;
    let (_, answer) = ask(&ada, &with(&[&plan], READER, "read this")).await;
    assert!(
        matches!(answer.state, RunState::Finished { .. }),
        "{answer:?}"
    );
    assert!(named_files(&app).is_empty());
    let asked = app
        .upstream
        .exchanges()
        .pop()
        .expect("a question")
        .body
        .to_string();
    assert!(asked.contains("A plan of two words"), "{asked}");
}

on_both_databases! {
    async fn an_upload_that_fails_at_the_provider_can_be_tried_again(app: TestApp) {
        app.upstream.offer(READER);
        app.server().state().catalog.discover().await.expect("discovered");
        let ada = app.sign_up("ada").await;
        // The upstream breaks the connection in the middle of a file of this name, when it comes in pieces.
        let plan = ada.upload("die.pdf", pdf(&[&"A plan ".repeat(40_000)])).await;
        let (sent, answer) = ask(&ada, &with(&[&plan], READER, "read this")).await;
        assert!(matches!(answer.state, RunState::Failed { .. }), "{answer:?}");
        assert!(app.upstream.files().is_empty());
        let page = ada.open_conversation(sent.conversation_id).await;
        assert_eq!(page.messages[0].attachments[0].file, plan, "nothing is lost");

        app.execute("update file set name = 'fine.pdf'").await;
        let again: Sent = ada.regenerate(sent.message_id).await.value();
        assert_eq!(ada.read(again.run_id).await.text, "read this");
        assert_eq!(app.upstream.files().len(), 1);
    }

    async fn where_a_file_was_sent_is_told_before_it_is_deleted(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let notes = ada.upload("notes.txt", "some words").await;
        let id = notes.id.to_string();
        let used = async || -> inspireai::model::file::FileUse {
            ada.call("file_use", &[("id", &id)]).await.value()
        };
        assert_eq!(used().await.conversations, 0);
        for text in ["first", "second"] {
            ask(&ada, &with(&[&notes], "echo", text)).await;
        }
        let used = used().await;
        assert_eq!((used.conversations, used.titles), (2, vec!["second".to_owned(), "first".to_owned()]));
        // The conversation goes on without it.
        let (sent, _) = ask(&ada, &with(&[&notes], "echo", "third")).await;
        ada.delete_file(notes.id).await;
        let next = ada.send_in(sent.conversation_id, "and now?").await;
        assert_eq!(ada.read(next.run_id).await.text, "and now?");
        let asked = app.upstream.exchanges().pop().expect("a question").body.to_string();
        assert!(asked.contains("it was deleted since"), "{asked}");
    }
}

#[tokio::test]
async fn somebody_elses_file_cannot_be_sent() {
    let (app, ada) = reading().await;
    let bob = app.sign_up("bob").await;
    let photo = ada.upload("photo.jpg", jpeg(40, 30)).await;
    let reply = bob.try_send(&with(&[&photo], READER, "look")).await;
    assert_eq!(
        reply.error().field.as_deref(),
        Some("attachments"),
        "{}",
        reply.body
    );
    assert!(app.upstream.exchanges().is_empty());
}
