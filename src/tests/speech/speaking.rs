//! Texts made into sound by a service.

use super::{BYTES_A_CHARACTER, give_voice, prefer, say, speak};
use crate::support::{
    database::on_both_databases,
    person::{Person, message},
    test_app::TestApp,
    upstream::SpeechScript,
    within,
};
use futures::StreamExt;
use inspireai::model::{
    ErrorKind,
    assistant::NewChat,
    chat::{Message, SendRequest},
    ids::{AssistantId, ConversationId},
    speech::MAX_SPOKEN_CHARS,
};
use reqwest::{
    Method,
    header::{ACCEPT, CONTENT_TYPE},
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The tool and the voice of the last text that was said.
fn last_voice(app: &TestApp) -> (String, String) {
    let requests = app.upstream.requests();
    let spoken = requests
        .iter()
        .rfind(|request| request.path.ends_with("/audio/speech"));
    let body = spoken.and_then(|spoken| spoken.json.clone()).expect("said");
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (text("model"), text("voice"))
}

async fn answer(person: &Person, conversation: ConversationId) -> Message {
    person.last_message(conversation).await
}

on_both_databases! {
    async fn a_text_is_said_and_its_message_tells_how_much(app: TestApp) {
        give_voice(&app).await;
        let ada = app.sign_up("ada").await;
        let (sent, _) = ada.ask("count", "tokens=3").await;
        let sound = speak(&ada, &json!({ "text": " Ten letters. ", "message": sent.message_id })).await.expect("said");
        assert_eq!(sound.len(), 12 * BYTES_A_CHARACTER);
        assert_eq!(answer(&ada, sent.conversation_id).await.spoken_chars, 12);
        // What was kept costs nothing, and counts for nothing.
        let again = speak(&ada, &json!({ "text": "Ten letters.", "message": sent.message_id })).await.expect("said");
        assert_eq!(again, sound);
        assert_eq!(answer(&ada, sent.conversation_id).await.spoken_chars, 12);
        speak(&ada, &json!({ "text": "Four.", "message": sent.message_id })).await.expect("said");
        assert_eq!(answer(&ada, sent.conversation_id).await.spoken_chars, 17);
        assert_eq!(app.upstream.said(), ["Ten letters.", "Four."]);
    }

    async fn whoever_is_named_speaks_else_the_assistant_else_whom_the_person_prefers(app: TestApp) {
        give_voice(&app).await;
        app.upstream.offer("gpt-4o-mini-tts");
        app.server().state().catalog.discover().await.expect("known");
        let ada = app.sign_up("ada").await;
        say(&ada, "One.").await;
        let (first, voice) = last_voice(&app);
        assert_eq!(voice, "alloy");

        prefer(&ada, &[("voice", "tts-1/nova")]).await;
        say(&ada, "Two.").await;
        assert_eq!(last_voice(&app), ("tts-1".to_owned(), "nova".to_owned()));

        let form = [("form[name]", "Bard"), ("form[tool]", "echo"), ("form[voice]", "gpt-4o-mini-tts/verse")];
        let bard: AssistantId = ada.call("save_assistant", &form).await.value();
        let begun: NewChat = ada.call("begin_chat", &[("assistant", &bard.to_string())]).await.value();
        let request = SendRequest { settings: Some(begun.settings), ..message("echo", "hello") };
        let sent: inspireai::model::chat::Sent = ada.try_send(&request).await.value();
        ada.read(sent.run_id).await;
        let with = |more: Value| {
            let mut request = json!({ "text": "Three.", "message": sent.message_id });
            request.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
            request
        };
        speak(&ada, &with(json!({}))).await.expect("said");
        assert_eq!(last_voice(&app), ("gpt-4o-mini-tts".to_owned(), "verse".to_owned()));
        speak(&ada, &with(json!({ "voice": "sage", "tool": "tts-1" }))).await.expect("said");
        assert_eq!(last_voice(&app), ("tts-1".to_owned(), "sage".to_owned()));
        speak(&ada, &with(json!({ "voice": "ballad" }))).await.expect("said");
        assert_eq!(last_voice(&app), ("gpt-4o-mini-tts".to_owned(), "ballad".to_owned()));

        // Whom the person prefers may be gone; whom they name must be there.
        prefer(&ada, &[("voice", "local-voice/heart")]).await;
        say(&ada, "Four.").await;
        assert_eq!(last_voice(&app).0, first);
        for (tool, told) in [("local-voice", "INSPIREAI_LOCAL_SPEECH=off"), ("nobody", "no model `nobody`")] {
            let (status, error) = speak(&ada, &json!({ "text": "Five.", "tool": tool })).await.expect_err("refused");
            assert_eq!((status, error.field.as_deref()), (422, Some("tool")));
            assert!(error.message.contains(told), "{}", error.message);
        }
        let (_, error) = speak(&ada, &json!({ "text": "Five.", "voice": "elvis" })).await.expect_err("refused");
        assert!(error.message.contains("No voice here is called elvis"), "{}", error.message);
    }
}

#[tokio::test]
async fn sound_comes_as_it_is_made() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    app.upstream.script_speech(SpeechScript {
        piece_ms: 100,
        die_after: None,
    });
    let began = Instant::now();
    let text = "A sentence that lasts one second, more or less...";
    let response = open(&ada, text).await;
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    let mut sound = response.bytes_stream();
    sound.next().await.expect("a beginning").expect("samples");
    let first = began.elapsed();
    while let Some(piece) = sound.next().await {
        piece.expect("samples");
    }
    let last = began.elapsed();
    assert!(first * 3 < last, "{first:?} of {last:?}");
}

async fn open(person: &Person, text: &str) -> reqwest::Response {
    let request = person
        .request(Method::POST, "/api/speak")
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/json")
        .body(json!({ "request": { "text": text } }).to_string());
    person.open(request).await
}

#[tokio::test]
async fn whoever_goes_takes_the_request_to_the_service_along() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    app.upstream.script_speech(SpeechScript {
        piece_ms: 200,
        die_after: None,
    });
    for _ in 0..6 {
        let mut sound = open(&ada, &"A long story. ".repeat(20))
            .await
            .bytes_stream();
        sound.next().await.expect("a beginning").expect("samples");
    }
    // Only four are said to a person at once: the fifth would never have begun beside four that go on.
    within("the end of all of them", async {
        while app.upstream.speaking_now() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_service_refuses_is_told_in_words_and_said_at_the_next_try() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    for (status, kind) in [
        (400, ErrorKind::Invalid),
        (429, ErrorKind::RateLimited),
        (500, ErrorKind::Upstream),
    ] {
        app.upstream.refuse("/audio/speech", status, 1);
        let text = format!("After {status}.");
        let refused = speak(&ada, &json!({ "text": text })).await;
        let (_, error) = refused.expect_err("refused");
        assert_eq!(error.kind, kind, "{}", error.message);
        assert!(error.message.ends_with('.'), "{}", error.message);
        if status == 429 {
            assert_eq!(error.retry_after_s, Some(7));
        }
        assert!(!say(&ada, &text).await.is_empty());
    }
}

#[tokio::test]
async fn sound_that_breaks_off_is_a_connection_that_breaks_and_is_not_kept() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    app.upstream.script_speech(SpeechScript {
        piece_ms: 0,
        die_after: Some(2),
    });
    let text = "This sentence is cut off in the middle.";
    let response = open(&ada, text).await;
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    app.upstream.script_speech(SpeechScript::default());
    assert_eq!(say(&ada, text).await.len(), text.len() * BYTES_A_CHARACTER);
    assert_eq!(app.upstream.said().len(), 2);
}

#[tokio::test]
async fn a_sentence_of_ten_thousand_characters_is_said_in_parts() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    let text = "word ".repeat(MAX_SPOKEN_CHARS / 5);
    let sound = say(&ada, &text).await;
    let said = app.upstream.said();
    assert_eq!(said.len(), 3);
    assert!(said.iter().all(|part| part.chars().count() <= 4096));
    assert_eq!(said.join(" "), text.trim());
    let characters: usize = said.iter().map(String::len).sum();
    assert_eq!(sound.len(), characters * BYTES_A_CHARACTER);

    for (text, told) in [
        ("word ".repeat(2_001), "10000 characters"),
        ("***".to_owned(), "no words"),
        (String::new(), "no words"),
    ] {
        let refused = speak(&ada, &json!({ "text": text })).await;
        let (status, error) = refused.expect_err("refused");
        assert_eq!((status, error.field.as_deref()), (422, Some("text")));
        assert!(error.message.contains(told), "{}", error.message);
    }
}

#[tokio::test]
async fn where_nobody_speaks_the_reason_is_told() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let refused = speak(&ada, &json!({ "text": "Hello." })).await;
    let (status, error) = refused.expect_err("refused");
    assert_eq!(status, 503);
    assert!(error.message.contains("INSPIREAI_LOCAL_SPEECH=off"));
}
