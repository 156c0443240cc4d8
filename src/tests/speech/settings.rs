//! What there is to choose from, and what a person chose.

use super::{give_voice, options, prefer};
use crate::support::{database::on_both_databases, test_app::TestApp};
use inspireai::model::speech::SpeechSettings;
use reqwest::header::{ACCEPT, REFERER};

on_both_databases! {
    async fn what_a_person_chose_is_kept_for_them_alone(app: TestApp) {
        let (ada, ben) = (app.sign_up("ada").await, app.sign_up("ben").await);
        assert_eq!(options(&ada).await.settings, SpeechSettings::default());
        prefer(&ada, &[
            ("voice", "tts-1/nova"),
            ("speed", "1.5"),
            ("language", "de"),
            ("transcription_tool", ""),
            ("reads_automatically", "true"),
        ]).await;
        let chosen = SpeechSettings {
            speech_tool: Some("tts-1".to_owned()),
            voice: Some("nova".to_owned()),
            speed: 1.5,
            transcription_tool: None,
            language: Some("de".to_owned()),
            reads_automatically: true,
        };
        assert_eq!(options(&ada).await.settings, chosen);
        assert_eq!(options(&ben).await.settings, SpeechSettings::default());
        // A box that is not ticked is not sent.
        prefer(&ada, &[("speed", "1")]).await;
        assert_eq!(options(&ada).await.settings, SpeechSettings::default());

        for (name, value) in [("speed", "9"), ("language", "german")] {
            let field = format!("settings[{name}]");
            let refused = ada.call("save_speech_settings", &[(&field, value)]).await;
            assert_eq!(refused.error().field.as_deref(), Some(name));
        }
    }
}

#[tokio::test]
async fn the_form_in_the_settings_works_without_a_script() {
    let app = TestApp::start().await;
    give_voice(&app).await;
    let ada = app.sign_up("ada").await;
    let page = ada.get("/settings").await.body;
    assert!(page.contains("value=\"tts-1/nova\"") && page.contains("GPT-Transcribe"));
    let form = [
        ("settings[voice]", "tts-1/nova"),
        ("settings[speed]", "1.25"),
        ("settings[transcription_tool]", "gpt-transcribe"),
        ("settings[language]", "de"),
        ("settings[reads_automatically]", "true"),
    ];
    let post = ada
        .form("save_speech_settings", &form)
        .header(ACCEPT, "text/html")
        .header(REFERER, "/settings");
    let saved = ada.send(post).await;
    assert_eq!((saved.status, saved.header("location")), (302, "/settings"));
    let page = ada.get("/settings").await.body;
    for chosen in ["tts-1/nova", "1.25", "gpt-transcribe", "de"] {
        let option = page
            .split("<option ")
            .find(|option| option.contains(&format!("value=\"{chosen}\"")));
        let attributes = option.and_then(|option| option.split('>').next());
        assert!(
            attributes.is_some_and(|attributes| attributes.contains("selected")),
            "{chosen}"
        );
    }
    let visitor = app.visitor().get("/settings").await;
    assert!(visitor.body.contains("Log in to choose a voice."));
}

#[tokio::test]
async fn voices_and_listeners_are_those_that_answer_here() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let none = options(&ada).await;
    assert!(none.voices.is_empty() && none.listeners.is_empty());
    let mute = none.mute_because.expect("a reason");
    assert!(mute.contains("INSPIREAI_LOCAL_SPEECH=off"), "{mute}");
    let deaf = none.deaf_because.expect("a reason");
    assert!(deaf.contains("make models"), "{deaf}");

    give_voice(&app).await;
    let some = options(&ada).await;
    assert_eq!((some.mute_because, some.deaf_because), (None, None));
    assert_eq!(
        (some.max_recording_bytes, some.max_recording_ms),
        (25_000_000, 3_600_000)
    );
    assert!(some.voices.iter().all(|voice| voice.tool == "tts-1"));
    let first = &some.voices[0];
    assert_eq!(
        (first.voice.as_str(), first.label.as_str()),
        ("alloy", "Alloy")
    );
    let listeners: Vec<_> = some.listeners.iter().map(|one| one.tool.as_str()).collect();
    assert_eq!(listeners, ["gpt-transcribe"]);
    assert!(!some.listeners[0].is_local && some.listeners[0].languages.is_empty());
}
