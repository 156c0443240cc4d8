//! Recordings made into text by a service.

use super::{give_voice, prefer, transcribe};
use crate::support::{
    database::on_both_databases,
    person::{Person, message, reply},
    recordings::{recording, silent_mp3, wav},
    test_app::TestApp,
    uploads,
};
use inspireai::model::{
    ErrorKind,
    chat::{SendRequest, Sent},
    ids::{FileId, TranscriptionId},
    speech::{Transcription, TranscriptionLine},
};
use reqwest::{Method, header::ACCEPT};
use serde_json::json;

fn seconds(seconds: usize) -> Vec<u8> {
    wav(16_000, vec![0.1; seconds * 16_000])
}

async fn hear(person: &Person, audio: Vec<u8>) -> Transcription {
    transcribe(person, audio, &[]).await.value()
}

/// The lines of what is heard in a stored file.
async fn lines(person: &Person, file: FileId) -> Vec<TranscriptionLine> {
    let body = json!({ "file": file, "tool": null, "language": null });
    let reply = person.call_json("transcribe_file", &body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let lines = reply.body.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("a line"))
        .collect()
}

on_both_databases! {
    async fn a_message_says_what_was_heard_for_it_once(app: TestApp) {
        give_voice(&app).await;
        app.upstream.hear("good morning");
        let (ada, eve) = (app.sign_up("ada").await, app.sign_up("eve").await);
        let first = hear(&ada, seconds(2)).await;
        let second = hear(&ada, seconds(3)).await;
        assert_eq!((first.text.as_str(), first.heard_ms, second.heard_ms), ("good morning", 2_000, 3_000));
        let with = |request: SendRequest, transcriptions: &[TranscriptionId]| SendRequest {
            transcriptions: transcriptions.to_vec(),
            ..request
        };
        // What somebody else was heard to say is not one's own.
        let theirs: Sent = eve.try_send(&with(message("echo", "hello"), &[first.id])).await.value();
        assert_eq!(theirs.heard_ms, 0);

        let request = with(message("echo", "good morning"), &[first.id, second.id, first.id]);
        let sent: Sent = ada.try_send(&request).await.value();
        let again: Sent = ada.try_send(&request).await.value();
        assert_eq!((sent.heard_ms, &again), (5_000, &sent));
        ada.read(sent.run_id).await;
        let next = with(reply(sent.conversation_id, "more"), &[first.id, TranscriptionId::new()]);
        let next: Sent = ada.try_send(&next).await.value();
        ada.read(next.run_id).await;
        let page = ada.open_conversation(sent.conversation_id).await;
        let heard: Vec<_> = page.messages.iter().map(|message| message.heard_ms).collect();
        assert_eq!(heard, [5_000, 0, 0, 0]);
    }

    async fn a_recording_of_which_no_message_came_is_forgotten(app: TestApp) {
        give_voice(&app).await;
        let ada = app.sign_up("ada").await;
        let (old, new) = (hear(&ada, seconds(2)).await, hear(&ada, seconds(1)).await);
        app.execute(&format!("update transcription set created_at = 0 where transcription_id = '{}'", old.id)).await;
        app.server().state().speech.tidy().await.expect("in order");
        let request = SendRequest { transcriptions: vec![old.id, new.id], ..message("echo", "hello") };
        let sent: Sent = ada.try_send(&request).await.value();
        assert_eq!(sent.heard_ms, 1_000);
    }

    async fn a_stored_recording_is_heard_as_it_goes(app: TestApp) {
        give_voice(&app).await;
        app.upstream.hear("these are words");
        let ada = app.sign_up("ada").await;
        let file = ada.upload("talk.wav", seconds(4)).await;
        let lines = lines(&ada, file.id).await;
        let (done, deltas) = lines.split_last().expect("lines");
        assert_eq!(deltas.len(), 3);
        let TranscriptionLine::Done(done) = done else { panic!("{done:?}") };
        assert_eq!((done.text.as_str(), done.heard_ms), ("these are words", 4_000));
    }
}

#[tokio::test]
async fn what_is_known_of_a_recording_goes_along() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    let sent = |name: &str| {
        let requests = app.upstream.requests();
        let form = &requests.last().expect("a request").form;
        let field = form.iter().find(|field| field.name == name)?;
        field.text.clone().or_else(|| field.filename.clone())
    };
    hear(&ada, seconds(1)).await;
    assert_eq!((sent("language"), sent("prompt")), (None, None));
    assert_eq!(sent("model").as_deref(), Some("gpt-transcribe"));
    assert_eq!(sent("file").as_deref(), Some("recording.wav"));
    let fields = [("language", "de-CH"), ("prompt", "Frau Müller sagt")];
    transcribe(&ada, seconds(1), &fields)
        .await
        .value::<Transcription>();
    assert_eq!(sent("language").as_deref(), Some("de"));
    assert_eq!(sent("prompt").as_deref(), Some("Frau Müller sagt"));
    prefer(&ada, &[("language", "fr")]).await;
    hear(&ada, seconds(1)).await;
    assert_eq!(sent("language").as_deref(), Some("fr"));
    let fields = [("tool", "whisper-1"), ("language", "")];
    transcribe(&ada, seconds(1), &fields)
        .await
        .value::<Transcription>();
    assert_eq!(sent("model").as_deref(), Some("whisper-1"));
}

#[tokio::test]
async fn marks_that_are_written_where_nobody_spoke_are_no_words() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    app.upstream.hear(" ... ");
    let ada = app.sign_up("ada").await;
    assert_eq!(hear(&ada, seconds(1)).await.text, "");
}

#[tokio::test]
async fn what_a_service_refuses_is_told_in_words_and_heard_at_the_next_try() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    for (status, kind) in [
        (400, ErrorKind::Invalid),
        (429, ErrorKind::RateLimited),
        (500, ErrorKind::Upstream),
    ] {
        app.upstream.refuse("/audio/transcriptions", status, 1);
        let error = transcribe(&ada, seconds(1), &[]).await.error();
        assert_eq!(error.kind, kind, "{}", error.message);
        hear(&ada, seconds(1)).await;
    }
    let file = ada.upload("talk.wav", seconds(1)).await;
    app.upstream.refuse("/audio/transcriptions", 500, 1);
    let body = json!({ "file": file.id, "tool": null, "language": null });
    let error = ada.call_json("transcribe_file", &body).await.error();
    assert_eq!(error.kind, ErrorKind::Upstream);
    assert_eq!(lines(&ada, file.id).await.len(), 4);
}

#[tokio::test]
async fn what_is_no_recording_or_too_much_of_one_is_refused_before_anybody_is_asked() {
    let app = TestApp::builder()
        .env("INSPIREAI_TRANSCRIPTION_MAX_MINUTES", "1")
        .start()
        .await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    let none = uploads::form("recording.wav", "RIFF");
    let request = ada
        .request(Method::POST, "/api/transcribe")
        .header(ACCEPT, "application/json")
        .multipart(none);
    let error = ada.send(request).await.error();
    assert_eq!(error.field.as_deref(), Some("audio"));
    let empty = transcribe(&ada, Vec::new(), &[]).await;
    assert!(empty.error().message.contains("is empty"));
    let long = transcribe(&ada, seconds(61), &[]).await;
    assert_eq!(long.error().kind, ErrorKind::TooLarge);
    assert!(long.error().message.contains("longer than the 1 minutes"));
    let large = transcribe(&ada, vec![0; 25_100_000], &[]).await;
    assert_eq!(large.status, 413, "{}", large.body);
    let talk = ada.upload("talk.wav", seconds(61)).await;
    let words = ada.upload("notes.txt", "These are words.").await;
    for (file, told) in [
        (talk, "longer than the 1 minutes"),
        (words, "notes.txt is no recording"),
    ] {
        let body = json!({ "file": file.id, "tool": null, "language": null });
        let error = ada.call_json("transcribe_file", &body).await.error();
        assert!(error.message.contains(told), "{}", error.message);
    }
    let asked = app.upstream.requests();
    assert!(
        !asked
            .iter()
            .any(|one| one.path.ends_with("/audio/transcriptions"))
    );
}

#[tokio::test]
async fn a_stored_recording_that_is_too_large_for_whoever_listens_is_told_so() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    let large = silent_mp3(7 * 3_600);
    assert!(large.len() > 25_000_000);
    let file = ada.upload("night.mp3", large).await;
    let body = json!({ "file": file.id, "tool": null, "language": null });
    let error = ada.call_json("transcribe_file", &body).await.error();
    assert!(
        error.message.contains("larger than the 25 MB"),
        "{}",
        error.message
    );
}

#[tokio::test]
async fn what_a_browser_records_is_taken_as_it_is() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    let heard = hear(&ada, recording("speech.webm")).await;
    assert!(heard.text.starts_with("recording.wav of "), "{heard:?}");
    // As long as the service says that it was.
    assert_eq!(heard.heard_ms, 1_000);
}
