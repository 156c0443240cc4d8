//! Speech by the voice in the server itself.

use crate::support::{program::Program, test_app::TestApp};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::path::Path;

async fn start(voice: &str) -> (TestApp, Program) {
    let app = TestApp::builder()
        .env("INSPIREAI_LOCAL_SPEECH", voice)
        .start()
        .await;
    let program = Program::of(&app.sign_up("ada").await).await;
    (app, program)
}

fn voice() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "where the models are concerns the tests, not the product's configuration"
    )]
    let directory = std::env::var("INSPIREAI_MODELS_DIR").unwrap_or_else(|_| {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/models");
        directory.to_string_lossy().into_owned()
    });
    format!("{directory}/hibari/hibari.onnx")
}

async fn hear(program: &Program, body: &Value) -> (StatusCode, String, Vec<u8>) {
    let reply = program
        .json("/v1/audio/speech", body)
        .send()
        .await
        .expect("an answer");
    let (status, kind) = (reply.status(), reply.headers()["content-type"].clone());
    let sound = reply.bytes().await.expect("all of it").to_vec();
    (status, kind.to_str().expect("text").to_owned(), sound)
}

/// How loud 16-bit samples are on the whole, of 1.
fn loudness(pcm: &[u8]) -> f64 {
    let samples = pcm
        .chunks_exact(2)
        .map(|pair| f64::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0);
    let squares: f64 = samples.map(|sample| sample * sample).sum();
    (squares / (pcm.len() as f64 / 2.0)).sqrt()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_voice_in_the_server_speaks_without_a_key() {
    let (_app, program) = start(&voice()).await;
    let list = program.get("/v1/models").await.json();
    let ids: Vec<_> = list["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|model| &model["id"])
        .collect();
    assert!(ids.contains(&&json!("local-voice")) && ids.contains(&&json!("hibari")));

    for model in ["local-voice", "hibari"] {
        let body = json!({ "model": model, "input": "It costs $9.99. The quick brown fox jumps over the lazy dog.", "voice": "heart" });
        let (status, kind, sound) = hear(&program, &body).await;
        assert_eq!((status.as_u16(), kind.as_str()), (200, "audio/wav"));
        assert_eq!((&sound[..4], &sound[36..40]), (&b"RIFF"[..], &b"data"[..]));
        let (seconds, loud) = ((sound.len() - 44) as f64 / 48_000.0, loudness(&sound[44..]));
        assert!((4.0..8.0).contains(&seconds), "{seconds} s");
        assert!((0.02..0.3).contains(&loud), "{loud}");
    }
    let body = json!({ "model": "hibari", "input": "Hello there.", "voice": "heart", "response_format": "pcm", "speed": 2 });
    let (status, kind, sound) = hear(&program, &body).await;
    assert_eq!((status.as_u16(), kind.as_str()), (200, "audio/pcm"));
    assert!(
        (0.3..1.3).contains(&(sound.len() as f64 / 48_000.0)),
        "{} bytes",
        sound.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_voice_in_the_server_cannot_do_is_told_in_words() {
    let (_app, program) = start(&voice()).await;
    let body = json!({ "model": "hibari", "input": "Hello.", "voice": "heart" });
    for (name, value, told) in [
        ("input", json!("Добрый день всем"), "Cyrillic"),
        ("input", json!("***"), "no words"),
        ("voice", json!("alloy"), "`heart`"),
        ("response_format", json!("mp3"), "`wav` and `pcm`"),
    ] {
        let mut wrong = body.clone();
        wrong[name] = value;
        let (status, error) = program.post("/v1/audio/speech", &wrong).await.failure();
        let message = error["message"].as_str().expect("a sentence");
        assert!(
            status == 400 && message.contains(told),
            "{status} {message}"
        );
    }
    let chat = json!({ "model": "hibari", "messages": [{ "role": "user", "content": "hello" }] });
    let (status, error) = program.post("/v1/chat/completions", &chat).await.failure();
    assert_eq!((status, &error["code"]), (404, &json!("model_not_found")));
    let mut silent = body;
    silent["model"] = json!("local-assistant");
    let (status, error) = program.post("/v1/audio/speech", &silent).await.failure();
    assert!(
        status == 404
            && error["message"]
                .as_str()
                .is_some_and(|told| told.contains("does not speak"))
    );
}

#[tokio::test]
async fn a_voice_that_is_missing_or_off_is_no_model_and_everything_else_works() {
    for (setting, told) in [
        ("/nowhere/hibari.onnx", "make models"),
        ("off", "INSPIREAI_LOCAL_SPEECH=off"),
    ] {
        let (_app, program) = start(setting).await;
        let list = program.get("/v1/models").await.json();
        let has_voice = |model: &Value| model["id"] == "local-voice" || model["id"] == "hibari";
        assert!(
            !list["data"]
                .as_array()
                .expect("a list")
                .iter()
                .any(has_voice)
        );
        let body = json!({ "model": "local-voice", "input": "Hello.", "voice": "heart" });
        let (status, error) = program.post("/v1/audio/speech", &body).await.failure();
        let message = error["message"].as_str().expect("a sentence");
        assert!(
            status == 404 && message.contains(told),
            "{status} {message}"
        );
        let said = json!({ "model": "tts-1", "input": "good morning", "voice": "alloy" });
        assert_eq!(program.post("/v1/audio/speech", &said).await.status, 200);
    }
}
