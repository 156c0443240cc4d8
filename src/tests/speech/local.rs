//! Speech by the models in the server itself.

use super::{options, prefer, say, speak, transcribe};
use crate::support::{
    person::{Person, message},
    recordings::{
        SENTENCE, clips, models_dir, noise, recording, silent_mp3, wav, word_errors, words,
    },
    test_app::TestApp,
    within,
};
use futures::future::join_all;
use inspireai::model::{
    ErrorKind,
    chat::{SendRequest, Sent},
    speech::{Transcription, TranscriptionLine},
};
use serde_json::json;
use std::time::Instant;

async fn start() -> (TestApp, Person) {
    let models = models_dir();
    let path = |name: &str| models.join(name).to_string_lossy().into_owned();
    let app = TestApp::builder()
        .env("INSPIREAI_LOCAL_SPEECH", &path("hibari/hibari.onnx"))
        .env("INSPIREAI_LOCAL_TRANSCRIPTION", &path("moonshine-tiny"))
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    (app, ada)
}

async fn hear(person: &Person, audio: Vec<u8>) -> Transcription {
    transcribe(person, audio, &[]).await.value()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_any_key_the_server_speaks_and_hears_what_it_said() {
    let (_app, ada) = start().await;
    let offered = options(&ada).await;
    let voice = &offered.voices[0];
    assert_eq!(
        (voice.tool.as_str(), voice.voice.as_str()),
        ("local-voice", "heart")
    );
    let listener = &offered.listeners[0];
    assert!(listener.is_local && listener.languages == ["en"]);

    let said = "The quick brown fox jumps over the lazy dog.";
    let sound = say(&ada, said).await;
    let samples = sound
        .chunks_exact(2)
        .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0);
    let heard = hear(&ada, wav(24_000, samples)).await;
    assert_eq!(
        word_errors(&words(said), &words(&heard.text)),
        0,
        "{}",
        heard.text
    );
    let played_ms = u32::try_from(sound.len() / 48).expect("short");
    assert!(
        heard.heard_ms.abs_diff(played_ms) < 100,
        "{} {played_ms}",
        heard.heard_ms
    );
    assert_eq!(say(&ada, said).await, sound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dictated_message_says_how_long_it_was() {
    let (_app, ada) = start().await;
    let clip = clips().remove(0);
    let played_ms = u32::try_from((clip.wav.len() - 44) / 32).expect("short");
    let heard = hear(&ada, clip.wav).await;
    assert!(heard.heard_ms.abs_diff(played_ms) < 100);
    // What the container does not say is counted.
    let browser = hear(&ada, recording("speech.webm")).await;
    assert_eq!(words(&browser.text).join(" "), SENTENCE);
    assert!(
        (2_000..6_000).contains(&browser.heard_ms),
        "{}",
        browser.heard_ms
    );
    let request = SendRequest {
        transcriptions: vec![heard.id, browser.id],
        ..message("echo", &heard.text)
    };
    let sent: Sent = ada.try_send(&request).await.value();
    assert_eq!(sent.heard_ms, heard.heard_ms + browser.heard_ms);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_and_noise_have_no_words_and_are_no_failure() {
    let (_app, ada) = start().await;
    let second = 16_000;
    for audio in [
        wav(16_000, vec![0.0; 3 * second]),
        wav(16_000, noise().map(|sample| sample * 0.3).take(3 * second)),
    ] {
        let heard = hear(&ada, audio).await;
        assert_eq!((heard.text.as_str(), heard.heard_ms), ("", 3_000));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_heard_is_told_in_words() {
    let (_app, ada) = start().await;
    for (audio, told) in [
        (b"These are words.".to_vec(), "no recording in a format"),
        (vec![0x1a, 0x45, 0xdf, 0xa3], "cannot be read"),
        (wav(16_000, []), "no sound"),
        (silent_mp3(3 * 3_600), "longer than the 60 minutes"),
    ] {
        let error = transcribe(&ada, audio, &[]).await.error();
        assert!(error.message.contains(told), "{}", error.message);
    }
    let mut cut = recording("speech.webm");
    cut.truncate(cut.len() * 2 / 3);
    let heard = hear(&ada, cut).await;
    assert!(
        words(&heard.text).join(" ").starts_with("he might even"),
        "{}",
        heard.text
    );

    let file = ada.upload("night.mp3", silent_mp3(3 * 3_600)).await;
    let body = json!({ "file": file.id, "tool": null, "language": null });
    let reply = ada.call_json("transcribe_file", &body).await;
    let line: TranscriptionLine = serde_json::from_str(reply.body.trim()).expect("a line");
    let TranscriptionLine::Error(error) = line else {
        panic!("{line:?}")
    };
    assert!(
        error.message.contains("longer than the 60 minutes"),
        "{}",
        error.message
    );

    prefer(&ada, &[("language", "de")]).await;
    let error = transcribe(&ada, recording("speech.webm"), &[])
        .await
        .error();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(error.message.contains("English only"), "{}", error.message);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_recordings_and_twenty_texts_at_once_hold_nobody_else_up() {
    let (app, ada) = start().await;
    let ben = app.sign_up("ben").await;
    let texts: Vec<_> = (0..20)
        .map(|index| format!("This is the text with the number {index}."))
        .collect();
    let clip = recording("speech.opus");
    let began = Instant::now();
    let much = async {
        let said = join_all(texts.iter().map(|text| say(&ada, text)));
        let heard = join_all((0..20).map(|_| hear(&ada, clip.clone())));
        let (said, heard) = futures::join!(said, heard);
        assert!(said.iter().all(|sound| sound.len() > 48_000));
        for one in heard {
            assert_eq!(words(&one.text).join(" "), SENTENCE);
        }
        began.elapsed()
    };
    let little = async {
        hear(&ben, clip.clone()).await;
        say(&ben, "Good morning.").await;
        began.elapsed()
    };
    let (much, little) = within("both", async { futures::join!(much, little) }).await;
    assert!(little * 2 < much, "{little:?} of {much:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_in_another_script_is_refused_with_what_to_do() {
    let (_app, ada) = start().await;
    let refused = speak(&ada, &json!({ "text": "Добрый день всем" })).await;
    let (status, error) = refused.expect_err("refused");
    assert_eq!(status, 422);
    assert!(
        error.message.contains("Cyrillic") && error.message.contains("Choose a speech model"),
        "{}",
        error.message
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn for_a_language_that_the_server_does_not_understand_a_service_listens() {
    let (app, ada) = start().await;
    super::give_voice(&app).await;
    app.upstream.hear("Guten Morgen");
    let german = transcribe(&ada, recording("speech.webm"), &[("language", "de")]).await;
    assert_eq!(german.value::<Transcription>().text, "Guten Morgen");
    let english = hear(&ada, recording("speech.webm")).await;
    assert_eq!(words(&english.text).join(" "), SENTENCE);
}
