//! `/v1/audio/transcriptions` with the model in the server itself.

use super::events;
use crate::support::{
    client::Reply,
    program::Program,
    recordings::{
        SENTENCE, clips, models_dir, noise, recording, silent_mp3, wav, word_errors, words,
    },
    test_app::TestApp,
};
use reqwest::{Method, multipart};
use serde_json::json;
use std::time::Instant;

const MODEL: &str = "moonshine-tiny";

async fn start_with(variables: &[(&str, &str)]) -> (TestApp, Program) {
    let model = models_dir().join(MODEL);
    let mut builder =
        TestApp::builder().env("INSPIREAI_LOCAL_TRANSCRIPTION", &model.to_string_lossy());
    for (name, value) in variables {
        builder = builder.env(name, value);
    }
    let app = builder.start().await;
    let program = Program::of(&app.sign_up("ada").await).await;
    (app, program)
}

async fn send(program: &Program, name: &str, bytes: Vec<u8>, fields: &[(&str, &str)]) -> Reply {
    let file = multipart::Part::bytes(bytes).file_name(name.to_owned());
    let mut form = multipart::Form::new().part("file", file);
    for (name, value) in fields {
        form = form.text((*name).to_owned(), (*value).to_owned());
    }
    let path = "/v1/audio/transcriptions";
    program
        .send(program.request(Method::POST, path).multipart(form))
        .await
}

async fn hear(program: &Program, name: &str, bytes: Vec<u8>) -> String {
    let reply = send(program, name, bytes, &[("model", MODEL)]).await;
    assert_eq!(reply.status, 200, "{name}: {}", reply.body);
    let text = reply.json()["text"].as_str().map(ToOwned::to_owned);
    text.expect("a text")
}

async fn refusal(program: &Program, name: &str, bytes: Vec<u8>) -> String {
    let reply = send(program, name, bytes, &[("model", MODEL)]).await;
    let (status, error) = reply.failure();
    assert_eq!(status, 400, "{name}: {error}");
    error["message"].as_str().expect("a sentence").to_owned()
}

/// `.ci/word-errors` runs this and shows what it prints.
#[expect(clippy::print_stdout, reason = "a command shows what is measured here")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_recorded_words_at_most_six_percent_are_heard_wrong() {
    let (_app, program) = start_with(&[]).await;
    let (mut said, mut wrong) = (0, 0);
    for clip in clips() {
        let began = Instant::now();
        let heard = hear(&program, "clip.wav", clip.wav).await;
        let errors = word_errors(&clip.words, &words(&heard));
        println!(
            "{}: {errors} of {} words wrong, {} ms: {heard}",
            clip.name,
            clip.words.len(),
            began.elapsed().as_millis()
        );
        said += clip.words.len();
        wrong += errors;
    }
    let percent = wrong as f64 * 100.0 / said as f64;
    println!("word errors: {percent:.1} % ({wrong} of {said} words)");
    assert!(percent <= 6.0, "{percent:.1} %");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_form_in_which_speech_is_sent_is_heard_whatever_its_name() {
    let (_app, program) = start_with(&[]).await;
    for kind in ["webm", "mp4", "opus", "ogg", "mp3", "flac"] {
        let bytes = recording(&format!("speech.{kind}"));
        let heard = hear(&program, "recording", bytes).await;
        assert_eq!(words(&heard).join(" "), SENTENCE, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_recording_is_told_segment_by_segment_and_then_whole() {
    let (_app, program) = start_with(&[]).await;
    let mut samples = Vec::new();
    for clip in clips().iter().chain(&clips()) {
        let pcm = clip.wav[44..].chunks_exact(2);
        samples
            .extend(pcm.map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0));
    }
    let fields = [("model", "local-transcription"), ("stream", "true")];
    let reply = send(&program, "long.wav", wav(16_000, samples), &fields).await;
    let told = events(&reply.body);
    let (done, deltas) = told.split_last().expect("events");
    assert!(deltas.len() >= 2, "{told:?}");
    let joined: String = deltas
        .iter()
        .filter_map(|event| event["delta"].as_str())
        .collect();
    assert_eq!(done["text"], joined);
    assert_eq!(joined.matches("prudently").count(), 2, "{joined}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_and_noise_say_nothing() {
    let (_app, program) = start_with(&[]).await;
    let second = 16_000;
    let swelling = noise()
        .enumerate()
        .map(|(index, sample)| sample * 0.3 * (index as f32 / 9_000.0).sin().abs());
    for (name, bytes) in [
        ("silence", wav(16_000, vec![0.0; 4 * second])),
        (
            "noise",
            wav(44_100, noise().map(|sample| sample * 0.3).take(5 * second)),
        ),
        ("wind", wav(16_000, swelling.take(5 * second))),
        ("an instant", wav(16_000, vec![0.1; 100])),
    ] {
        assert_eq!(hear(&program, "x.wav", bytes).await, "", "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_recording_that_was_cut_off_what_came_is_heard() {
    let (_app, program) = start_with(&[]).await;
    for kind in ["webm", "opus", "mp3", "flac"] {
        let mut bytes = recording(&format!("speech.{kind}"));
        bytes.truncate(bytes.len() * 2 / 3);
        let heard = words(&hear(&program, "cut.webm", bytes).await).join(" ");
        assert!(
            heard.starts_with("he might even") && heard != SENTENCE,
            "{kind}: {heard}"
        );
    }
    let mut bytes = recording("speech.mp4");
    bytes.truncate(bytes.len() * 2 / 3);
    let told = refusal(&program, "cut.mp4", bytes).await;
    assert!(told.contains("its end is missing"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_recording_is_told_so() {
    let (_app, program) = start_with(&[]).await;
    let picture = [b"\x89PNG\r\n\x1a\n".to_vec(), vec![0xff; 5_000]].concat();
    for (bytes, sentence) in [
        (b"These are words.".to_vec(), "no recording in a format"),
        (picture, "no recording in a format"),
        (vec![0x1a, 0x45, 0xdf, 0xa3], "cannot be read"),
        (wav(16_000, []), "no sound"),
        (recording("speech.mp4")[..60].to_vec(), "cannot be read"),
    ] {
        let told = refusal(&program, "x.webm", bytes).await;
        assert!(told.contains(sentence), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recording_that_is_too_long_or_too_large_is_refused_with_the_limit() {
    let (_app, program) = start_with(&[("INSPIREAI_TRANSCRIPTION_MAX_MB", "20")]).await;
    let told = refusal(&program, "night.mp3", silent_mp3(3 * 3_600)).await;
    assert!(told.contains("longer than the 60 minutes"), "{told}");
    let told = refusal(&program, "large.wav", wav(16_000, vec![0.0; 10_500_000])).await;
    assert!(told.contains("larger than the 20 MB"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_language_than_english_is_refused_in_words() {
    let (_app, program) = start_with(&[]).await;
    for (language, wanted) in [("en", 200), ("de", 400)] {
        let fields = [("model", MODEL), ("language", language)];
        let reply = send(&program, "x.webm", recording("speech.webm"), &fields).await;
        assert_eq!(reply.status, wanted, "{}", reply.body);
        assert_eq!(wanted == 400, reply.body.contains("English only"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recording_whose_length_is_written_wrong_is_heard_all_the_same() {
    let (_app, program) = start_with(&[]).await;
    let mut endless = clips().remove(4).wav;
    // What a program writes that does not know yet how much will come.
    endless[4..8].fill(0xff);
    endless[40..44].fill(0xff);
    let heard = hear(&program, "x.wav", endless).await;
    assert_eq!(words(&heard).join(" "), SENTENCE);
}

#[tokio::test]
async fn without_its_model_nothing_is_offered_and_the_reason_is_told() {
    let app = TestApp::start().await;
    let program = Program::of(&app.sign_up("ada").await).await;
    let (status, error) = send(
        &program,
        "x.webm",
        recording("speech.webm"),
        &[("model", MODEL)],
    )
    .await
    .failure();
    assert_eq!((status, &error["code"]), (404, &json!("model_not_found")));
    let told = error["message"].as_str().expect("a sentence");
    assert!(
        told.contains("is missing") && told.contains("make models"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_model_is_listed_and_only_listens() {
    let (_app, program) = start_with(&[]).await;
    let list = program.get("/v1/models").await.json();
    let models = list["data"].as_array().expect("a list");
    for id in ["local-transcription", MODEL] {
        assert!(models.iter().any(|model| model["id"] == id), "{list}");
    }
    let body = json!({ "model": MODEL, "messages": [{ "role": "user", "content": "hello" }] });
    let (status, _) = program.post("/v1/chat/completions", &body).await.failure();
    assert_eq!(status, 404);
}
