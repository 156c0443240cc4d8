//! Files on messages and in answers: stored with them, sent with them, and given to a provider again that lost them.

use crate::support::{
    database::on_both_databases,
    documents::pdf,
    person::{Person, message, reply},
    pictures::clear_png,
    reader::fold,
    recordings::recording,
    test_app::{Builder, TestApp},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use inspireai::model::{
    chat::{Message, RunState, SendRequest, Sent},
    event::RunEvent,
    file::{Attach, FileView, ImageDetail, ImageEdit, MAX_ATTACHMENTS},
    ids::FileId,
};

/// A model of the catalogue that reads files and sees pictures, by Responses.
const READER: &str = "gpt-6-luna";

fn attach(file: FileId) -> Attach {
    Attach {
        file,
        detail: ImageDetail::Auto,
        edit: ImageEdit::default(),
    }
}

fn with_files(request: SendRequest, files: &[&FileView]) -> SendRequest {
    SendRequest {
        attachments: files.iter().map(|file| attach(file.id)).collect(),
        ..request
    }
}

fn names(message: &Message) -> Vec<&str> {
    let names = message.attachments.iter().map(|one| one.file.name.as_str());
    names.collect()
}

/// The parts of the last question's last message, by their types.
fn parts(app: &TestApp) -> Vec<String> {
    let body = app.upstream.exchanges().pop().expect("a question").body;
    let said = body["input"].as_array().expect("messages");
    let parts = said.last().expect("a message")["content"]
        .as_array()
        .expect("parts");
    let kind = |part: &serde_json::Value| part["type"].as_str().unwrap_or_default().to_owned();
    parts.iter().map(kind).collect()
}

async fn reader(builder: Builder) -> (TestApp, Person) {
    let app = builder.offering(READER).start().await;
    let ada = app.sign_up("ada").await;
    (app, ada)
}

async fn survive_a_reload(builder: Builder) {
    let (app, ada) = reader(builder).await;
    let (picture, paper) = (
        ada.upload("cat.png", clear_png(40, 30)).await,
        ada.upload("plan.pdf", pdf(&["A plan"])).await,
    );
    let request = with_files(message(READER, "what is this?"), &[&picture, &paper]);
    let mut request = request;
    request.attachments[0].detail = ImageDetail::High;
    let sent: Sent = ada.try_send(&request).await.value();
    assert_eq!(ada.read(sent.run_id).await.text, "what is this?");
    assert_eq!(parts(&app), ["input_image", "input_file", "input_text"]);
    let page = ada.open_conversation(sent.conversation_id).await;
    assert_eq!(names(&page.messages[0]), ["cat.png", "plan.pdf"]);
    assert_eq!(page.messages[0].attachments[0].detail, ImageDetail::High);
    assert!(page.messages[1].attachments.is_empty());

    // Another version of the message with other files: each keeps its own.
    let edited = SendRequest {
        replaces: Some(sent.user_message_id),
        ..with_files(reply(sent.conversation_id, "and this?"), &[&paper])
    };
    let edited: Sent = ada.try_send(&edited).await.value();
    ada.read(edited.run_id).await;
    assert_eq!(parts(&app), ["input_file", "input_text"]);
    let page = ada.open_conversation(sent.conversation_id).await;
    assert_eq!(names(&page.messages[0]), ["plan.pdf"]);
}

#[tokio::test]
async fn files_stay_on_their_message_and_go_to_the_model() {
    survive_a_reload(TestApp::builder()).await;
}

#[tokio::test]
async fn files_stay_on_their_message_and_go_to_the_model_on_postgres() {
    let database = crate::support::database::Database::postgres().await;
    survive_a_reload(TestApp::builder().database(database)).await;
}

#[tokio::test]
async fn a_message_of_files_alone_needs_no_words_and_names_the_conversation() {
    let (app, ada) = reader(TestApp::builder()).await;
    let paper = ada.upload("plan.pdf", pdf(&["A plan"])).await;
    let request = with_files(message(READER, " \n"), &[&paper]);
    let sent: Sent = ada.try_send(&request).await.value();
    ada.read(sent.run_id).await;
    assert_eq!(parts(&app), ["input_file"]);
    assert_eq!(ada.conversations().await[0].title, "plan.pdf");
    let next = ada.send_in(sent.conversation_id, "go on").await;
    ada.read(next.run_id).await;
    let page = ada.open_conversation(sent.conversation_id).await;
    assert_eq!(
        (page.messages[0].text.as_str(), names(&page.messages[0])),
        ("", vec!["plan.pdf"])
    );
}

#[tokio::test]
async fn files_that_are_not_ones_own_gone_or_too_many_are_refused_and_nothing_is_stored() {
    let (app, ada) = reader(TestApp::builder()).await;
    let bob = app.sign_up("bob").await;
    let bobs = bob.upload("secret.txt", "mine").await;
    let own = ada.upload("own.txt", "hers").await;
    let gone = ada.upload("gone.txt", "deleted").await;
    ada.delete_file(gone.id).await;
    let many = SendRequest {
        attachments: vec![attach(own.id); MAX_ATTACHMENTS + 1],
        ..message(READER, "all of them")
    };
    for request in [
        with_files(message(READER, "whose?"), &[&bobs]),
        with_files(message(READER, "where?"), &[&gone]),
        many,
    ] {
        let reply = ada.try_send(&request).await;
        assert_eq!(
            (reply.status, reply.error().field.as_deref()),
            (422, Some("attachments"))
        );
    }
    assert!(ada.conversations().await.is_empty());
    assert!(app.upstream.exchanges().is_empty());
}

/// A provider that lost the files of a conversation is given them again, and nobody notices.
#[tokio::test]
async fn files_that_the_provider_lost_are_given_to_it_again() {
    let (app, ada) = reader(TestApp::builder()).await;
    app.upstream.lack("/conversations");
    let paper = ada.upload("plan.pdf", pdf(&["A plan"])).await;
    let request = with_files(message(READER, "read this"), &[&paper]);
    let sent: Sent = ada.try_send(&request).await.value();
    ada.read(sent.run_id).await;
    assert_eq!(app.upstream.files().len(), 1);
    app.upstream.forget_files();
    let next = ada.send_in(sent.conversation_id, "and again").await;
    let events = ada.events(next.run_id, Some(0)).await;
    let answer = fold(&events);
    assert_eq!(answer.text, "and again");
    assert!(
        !events
            .iter()
            .any(|event| matches!(event.event, RunEvent::Retrying { .. }))
    );
    assert_eq!(app.upstream.files().len(), 1, "it has it again");
}

/// A provider whose store breaks while a file is on its way: the message fails, and trying again works.
#[tokio::test]
async fn trying_again_works_after_the_providers_store_broke() {
    let (app, ada) = reader(TestApp::builder()).await;
    let paper = ada.upload("status-500.pdf", pdf(&["A plan"])).await;
    let request = with_files(message(READER, "read this"), &[&paper]);
    let sent: Sent = ada.try_send(&request).await.value();
    let failed = ada.read(sent.run_id).await;
    assert!(
        matches!(failed.state, RunState::Failed { .. }),
        "{failed:?}"
    );
    app.upstream.lack("/files");
    let again = ada.try_again(&sent).await;
    let answer = ada.read(again.run_id).await;
    assert!(
        answer.text.contains("A plan") && answer.text.ends_with("read this"),
        "{answer:?}"
    );
    let page = ada.open_conversation(sent.conversation_id).await;
    assert_eq!(
        (page.messages.len(), names(&page.messages[0])),
        (2, vec!["status-500.pdf"])
    );
}

#[tokio::test]
async fn a_file_that_the_tool_cannot_read_ends_in_a_sentence_with_its_name() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let picture = ada.upload("cat.png", clear_png(40, 30)).await;
    let request = with_files(message("echo", "what is this?"), &[&picture]);
    let sent: Sent = ada.try_send(&request).await.value();
    let failed = ada.read(sent.run_id).await;
    let RunState::Failed { error } = failed.state else {
        panic!("{failed:?}");
    };
    assert!(error.message.contains("cat.png"), "{}", error.message);
    assert!(app.upstream.exchanges().is_empty());
}

#[tokio::test]
async fn a_question_waits_for_nothing_when_it_is_stopped_while_its_file_is_on_its_way() {
    let (_app, ada) = reader(TestApp::builder()).await;
    let paper = ada.upload("silence.pdf", pdf(&["A plan"])).await;
    let request = with_files(message(READER, "read this"), &[&paper]);
    let sent: Sent = ada.try_send(&request).await.value();
    assert_eq!(ada.stop(sent.run_id).await.status, 200);
    assert_eq!(ada.read(sent.run_id).await.state, RunState::Stopped);
}

on_both_databases! {
    async fn files_that_the_model_made_are_kept_with_its_answer(app: TestApp) {
        app.change_features("picture", &serde_json::json!({ "api": "responses", "parameters": [] })).await;
        let ada = app.sign_up("ada").await;
        let sent = ada.send_new("picture", "draw").await;
        let events = ada.events(sent.run_id, Some(0)).await;
        let seen = fold(&events);
        assert!(matches!(seen.state, RunState::Finished { .. }), "{:?}", seen.state);
        assert_eq!((seen.text.as_str(), seen.extras.files.len()), ("draw", 2));
        assert!(seen.extras.files.iter().all(|one| one.file.is_generated));
        let stored = ada.last_message(sent.conversation_id).await;
        assert_eq!(stored.extras, seen.extras);
        for attachment in &stored.extras.files {
            let path = format!("/api/files/{}", attachment.file.id);
            assert!(!ada.bytes(&path).await.is_empty());
        }
        let late = fold(&ada.events(sent.run_id, None).await);
        assert_eq!(late.extras, seen.extras);
    }
}

#[tokio::test]
async fn a_file_of_the_models_beyond_the_quota_ends_the_answer_in_words_and_keeps_its_text() {
    let app = TestApp::builder()
        .env("INSPIREAI_STORAGE_QUOTA_MB", "1")
        .start()
        .await;
    app.change_features(
        "picture",
        &serde_json::json!({ "api": "responses", "parameters": [] }),
    )
    .await;
    let ada = app.sign_up("ada").await;
    ada.upload("most.txt", "x".repeat(1_000_000)).await;
    let (sent, answer) = ada.ask("picture", "draw").await;
    let RunState::Failed { error } = &answer.state else {
        panic!("{answer:?}");
    };
    assert!(error.message.contains("was not kept"), "{}", error.message);
    let stored = ada.last_message(sent.conversation_id).await;
    assert_eq!(
        (stored.text.as_str(), stored.extras.files.len()),
        (answer.text.as_str(), 0)
    );
}

#[tokio::test]
async fn a_recording_is_heard_by_models_that_hear_and_others_say_so() {
    const LISTENER: &str = "gpt-audio-mini";
    let app = TestApp::builder()
        .offering(LISTENER)
        .offering(READER)
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let memo = ada.upload("memo.mp3", recording("speech.mp3")).await;
    let request = with_files(message(LISTENER, "what is said?"), &[&memo]);
    let sent: Sent = ada.try_send(&request).await.value();
    ada.read(sent.run_id).await;
    let body = app.upstream.exchanges().pop().expect("a question").body;
    let parts = &body["messages"][0]["content"];
    let heard = parts
        .as_array()
        .and_then(|parts| parts.iter().find(|part| part["type"] == "input_audio"))
        .expect("the recording");
    assert_eq!(heard["input_audio"]["format"], "mp3");
    assert_eq!(
        heard["input_audio"]["data"].as_str(),
        Some(STANDARD.encode(recording("speech.mp3")).as_str())
    );

    // Neither a model that is deaf nor a format that it does not know loses the message.
    let film = ada.upload("memo.flac", recording("speech.flac")).await;
    for (model, file, words) in [
        (READER, &memo, "cannot hear sound"),
        (LISTENER, &film, "memo.flac is neither"),
    ] {
        let request = with_files(message(model, "and this?"), &[file]);
        let sent: Sent = ada.try_send(&request).await.value();
        let RunState::Failed { error } = ada.read(sent.run_id).await.state else {
            panic!("it was taken");
        };
        assert!(error.message.contains(words), "{}", error.message);
        let page = ada.open_conversation(sent.conversation_id).await;
        assert_eq!(names(&page.messages[0]), [file.name.as_str()]);
    }
}
