//! A service that somebody else wrote understands us, and we it: chat by both interfaces, files, speech, pictures.

use super::{
    KEY, events, of, question, reason, remote_file, text, thinker, thread_id, user, user_with,
};
use crate::support::{aimock::Aimock, upstream::Upstream};
use futures::{StreamExt, TryStreamExt, stream};
use inspireai::{
    model::{
        catalog::{ApiType, ModelFeatures},
        chat::FinishReason,
    },
    server::{
        config::Environment,
        providers::{
            ChatEvent, Providers, Thread, ToolUse,
            files::{FilePurpose, Upload},
            images::{ImageRequest, InputImage},
            speech::{SpeechFormat, SpeechRequest},
            transcription::{TranscriptionEvent, TranscriptionRequest},
        },
    },
};
use serde_json::json;
use tokio_util::bytes::Bytes;

/// It, and the providers that ask it.
async fn start() -> (Aimock, Providers) {
    let aimock = Aimock::start(&json!({ "fixtures": [
        { "match": { "userMessage": "think" }, "response": { "content": "Thought of it.", "reasoning": "First this." } },
        { "match": { "userMessage": "call" }, "response": { "toolCalls": [{ "name": "weather", "arguments": { "city": "Rome" } }] } },
        { "match": { "userMessage": "Read" }, "response": { "content": { "title": "Report" } } },
        { "match": { "endpoint": "speech" }, "response": { "audio": "SUQz", "format": "mp3" } },
        { "match": { "endpoint": "transcription" }, "response": { "transcription": { "text": "Heard it." } } },
        { "match": { "endpoint": "image" }, "response": { "image": { "b64Json": Upstream::PIXEL } } },
    ] }))
    .await;
    let providers = of(&Environment::from_pairs([
        ("OPENAI_BASE_URL", aimock.base_url()),
        ("OPENAI_API_KEY", KEY),
        ("INSPIREAI_LOCAL_MODEL", "off"),
    ]));
    (aimock, providers)
}

#[tokio::test]
async fn it_answers_by_both_interfaces_and_lacks_conversations() {
    let (_aimock, providers) = start().await;
    // It has no conversations, which is no reason not to answer.
    let mut request = question("gpt-6-luna", thinker(), vec![user("think")]);
    request.thread = Some(Thread { id: None, holds: 0 });
    let answered = events(&providers, request).await.expect("an answer");
    assert!(
        answered.contains(&ChatEvent::Reasoning("First this.".to_owned())),
        "{answered:?}"
    );
    assert_eq!(
        (text(&answered).as_str(), reason(&answered)),
        ("Thought of it.", Some(FinishReason::Stop))
    );
    assert_eq!(thread_id(&answered), None);

    for features in [ModelFeatures::default(), thinker()] {
        let mut request = question("gpt-6-luna", features, vec![user("call")]);
        request.tools = Some(ToolUse {
            definitions: json!([{ "type": "function", "function": { "name": "weather", "parameters": { "type": "object" } } }]),
            choice: None,
            parallel: None,
        });
        let answered = events(&providers, request).await.expect("an answer");
        let arguments: String = answered
            .iter()
            .filter_map(|event| match event {
                ChatEvent::ToolCall(delta) => Some(delta.arguments.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(arguments, r#"{"city":"Rome"}"#);
        assert_eq!(reason(&answered), Some(FinishReason::ToolCalls));
    }
}

#[tokio::test]
async fn it_keeps_a_file_and_answers_about_it() {
    let (_aimock, providers) = start().await;
    let store = providers.files(ApiType::Openai).expect("configured");
    let upload = Upload {
        name: "report.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        purpose: FilePurpose::UserData,
        size_bytes: 4,
        bytes: stream::iter([Ok(Bytes::from_static(b"%PDF"))]).boxed(),
        expires_after: None,
    };
    let file = store.upload(upload).await.expect("stored");
    let pieces: Vec<Bytes> = store
        .content(&file.id)
        .await
        .expect("there")
        .try_collect()
        .await
        .expect("whole");
    assert_eq!(pieces.concat(), b"%PDF");
    let asked = user_with("Read it.", vec![remote_file(&file.id)]);
    let answered = events(&providers, question("gpt-6-luna", thinker(), vec![asked]))
        .await
        .expect("an answer");
    assert_eq!(text(&answered), r#"{"title":"Report"}"#);
    store.delete(&file.id).await.expect("deleted");
}

#[tokio::test]
async fn it_speaks_listens_and_makes_pictures() {
    let (_aimock, providers) = start().await;
    let speech = SpeechRequest {
        model: "gpt-4o-mini-tts".to_owned(),
        text: "Hello".to_owned(),
        voice: "alloy".to_owned(),
        format: SpeechFormat::Mp3,
        speed: None,
        instructions: None,
    };
    let speech = providers
        .speech(ApiType::Openai)
        .expect("configured")
        .speak(speech)
        .await
        .expect("speech");
    let sound: Vec<Bytes> = speech.bytes.try_collect().await.expect("whole");
    assert_eq!(
        (speech.media_type.as_str(), sound.concat()),
        ("audio/mpeg", b"ID3".to_vec())
    );

    let recording = TranscriptionRequest {
        model: "gpt-transcribe".to_owned(),
        name: "note.webm".to_owned(),
        media_type: "audio/webm".to_owned(),
        size_bytes: 3,
        audio: stream::iter([Ok(Bytes::from_static(b"hum"))]).boxed(),
        language: None,
        prompt: None,
        is_streamed: false,
    };
    let listener = providers
        .transcription(ApiType::Openai)
        .expect("configured");
    let heard: Vec<_> = listener
        .transcribe(recording)
        .await
        .expect("heard")
        .try_collect()
        .await
        .expect("whole");
    assert_eq!(
        heard,
        [TranscriptionEvent::Done {
            text: "Heard it.".to_owned(),
            heard_ms: None
        }]
    );

    let painter = providers.images(ApiType::Openai).expect("configured");
    let wanted = ImageRequest {
        model: "gpt-image-2".to_owned(),
        prompt: "A cat".to_owned(),
        ..ImageRequest::default()
    };
    let made = painter.generate(wanted.clone()).await.expect("made");
    let input = InputImage {
        name: "cat.png".to_owned(),
        media_type: "image/png".to_owned(),
        bytes: made.images[0].bytes.clone(),
    };
    let changed = painter
        .edit(wanted, vec![input], None)
        .await
        .expect("changed");
    assert_eq!(changed.images[0].bytes, made.images[0].bytes);
}
