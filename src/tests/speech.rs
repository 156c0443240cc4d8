//! Speech in and out, as pages use it.

mod crowd;
mod keeping;
mod listening;
mod local;
mod settings;
mod speaking;

use crate::support::{client::Reply, person::Person, test_app::TestApp};
use inspireai::model::{AppError, speech::SpeechOptions};
use reqwest::{
    Method,
    header::{ACCEPT, CONTENT_TYPE},
    multipart::{Form, Part},
};
use serde_json::{Value, json};

/// Samples that the upstream's tone has a character: 20 ms of them, two bytes each.
const BYTES_A_CHARACTER: usize = 960;

/// Has a service speak and listen.
async fn give_voice(app: &TestApp) {
    app.upstream.offer("tts-1");
    app.upstream.offer("gpt-transcribe");
    let catalog = &app.server().state().catalog;
    catalog.discover().await.expect("its models are known");
}

/// Has something said; samples, or why not.
async fn speak(person: &Person, request: &Value) -> Result<Vec<u8>, (u16, AppError)> {
    let body = json!({ "request": request }).to_string();
    let request = person
        .request(Method::POST, "/api/speak")
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/json")
        .body(body);
    let response = person.open(request).await;
    let status = response.status().as_u16();
    let bytes = response.bytes().await;
    if status == 200 {
        return Ok(bytes.expect("all of it").to_vec());
    }
    let error = serde_json::from_slice(&bytes.expect("an error")).expect("an error of ours");
    Err((status, error))
}

/// The same for mere words.
async fn say(person: &Person, text: &str) -> Vec<u8> {
    let said = speak(person, &json!({ "text": text })).await;
    said.expect("it is said")
}

/// Sends a recording with what is known of it before it.
async fn transcribe(person: &Person, audio: Vec<u8>, fields: &[(&str, &str)]) -> Reply {
    let mut form = Form::new();
    for (name, value) in fields {
        form = form.text((*name).to_owned(), (*value).to_owned());
    }
    let audio = Part::bytes(audio).file_name("recording.wav");
    let request = person
        .request(Method::POST, "/api/transcribe")
        .header(ACCEPT, "application/json")
        .multipart(form.part("audio", audio));
    person.send(request).await
}

async fn options(person: &Person) -> SpeechOptions {
    person.call("speech_options", &[]).await.value()
}

/// Changes what a person prefers, by a form.
async fn prefer(person: &Person, fields: &[(&str, &str)]) {
    let names: Vec<_> = fields
        .iter()
        .map(|(name, _)| format!("settings[{name}]"))
        .collect();
    let fields: Vec<_> = names
        .iter()
        .zip(fields)
        .map(|(name, (_, value))| (name.as_str(), *value))
        .collect();
    let saved = person.call("save_speech_settings", &fields).await;
    assert_eq!(saved.status, 200, "{}", saved.body);
}
