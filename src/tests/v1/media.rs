//! `/v1/audio` and `/v1/images`.

use super::{events, start};
use crate::support::{client::Reply, program::Program};
use reqwest::{Method, multipart};
use serde_json::json;

async fn transcribe(program: &Program, fields: &[(&str, &str)]) -> Reply {
    // The recording first: its sender may say what is to be done with it after it.
    let recording = multipart::Part::bytes(b"RIFF".to_vec()).file_name("hello.wav");
    let mut form = multipart::Form::new().part("file", recording);
    for (name, value) in fields {
        form = form.text((*name).to_owned(), (*value).to_owned());
    }
    let path = "/v1/audio/transcriptions";
    program
        .send(program.request(Method::POST, path).multipart(form))
        .await
}

#[tokio::test]
async fn words_are_spoken_in_the_format_that_is_asked_for() {
    let (_app, program) = start().await;
    let body = json!({ "model": "tts-1", "input": "good morning", "voice": "alloy", "response_format": "wav", "speed": 1.5 });
    let reply = program.post("/v1/audio/speech", &body).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.header("content-type"), "audio/wav");
    assert!(reply.body.contains("good morning"));

    for (name, value) in [
        ("input", json!("")),
        ("input", json!("x".repeat(4097))),
        ("voice", json!(null)),
        ("response_format", json!("midi")),
        ("speed", json!(9)),
        ("stream_format", json!("sse")),
    ] {
        let mut wrong = body.clone();
        wrong[name] = value;
        let (status, error) = program.post("/v1/audio/speech", &wrong).await.failure();
        assert_eq!((status, &error["param"]), (400, &json!(name)));
    }
}

#[tokio::test]
async fn a_recording_is_heard_as_json_as_text_and_as_it_goes() {
    let (_app, program) = start().await;
    const HEARD: &str = "hello.wav of 4 bytes";
    let reply = transcribe(&program, &[("model", "whisper-1"), ("language", "en")]).await;
    assert_eq!(reply.json(), json!({ "text": HEARD }));
    let reply = transcribe(
        &program,
        &[("model", "whisper-1"), ("response_format", "text")],
    )
    .await;
    assert_eq!(reply.body, format!("{HEARD}\n"));
    let reply = transcribe(
        &program,
        &[("model", "gpt-4o-transcribe"), ("stream", "true")],
    )
    .await;
    let told = events(&reply.body);
    assert_eq!(told[0]["type"], "transcript.text.delta");
    assert_eq!(told.last().expect("an end")["text"], HEARD);
}

#[tokio::test]
async fn a_recording_without_a_model_or_with_wishes_that_nobody_fulfils_is_refused() {
    let (_app, program) = start().await;
    for (fields, place) in [
        (vec![], "model"),
        (
            vec![("model", "whisper-1"), ("response_format", "srt")],
            "response_format",
        ),
        (
            vec![
                ("model", "whisper-1"),
                ("timestamp_granularities[]", "word"),
            ],
            "timestamp_granularities",
        ),
    ] {
        let (status, error) = transcribe(&program, &fields).await.failure();
        assert_eq!((status, &error["param"]), (400, &json!(place)));
    }
}

#[tokio::test]
async fn pictures_come_as_their_bytes() {
    let (_app, program) = start().await;
    let body =
        json!({ "model": "gpt-image-2.6-flare", "prompt": "a cat", "n": 2, "size": "1024x1024" });
    let answer = program.post("/v1/images/generations", &body).await.json();
    assert_eq!(answer["data"].as_array().map(Vec::len), Some(2));
    assert!(
        answer["data"][0]["b64_json"]
            .as_str()
            .is_some_and(|png| png.starts_with("iVBOR"))
    );
    assert_eq!(
        (&answer["size"], &answer["usage"]["total_tokens"]),
        (&json!("1024x1024"), &json!(12))
    );

    for (name, value) in [
        ("prompt", json!("")),
        ("n", json!(11)),
        ("response_format", json!("url")),
    ] {
        let mut wrong = body.clone();
        wrong[name] = value;
        let (status, error) = program
            .post("/v1/images/generations", &wrong)
            .await
            .failure();
        assert_eq!((status, &error["param"]), (400, &json!(name)));
    }
}
