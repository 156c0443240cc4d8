//! Speech in both directions, and pictures.

use super::start;
use crate::support::upstream::Upstream;
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::{StreamExt, TryStreamExt, stream};
use inspireai::{
    model::{catalog::ApiType, chat::Usage},
    server::providers::{
        ProviderErrorKind,
        images::{ImageRequest, InputImage},
        speech::{SpeechFormat, SpeechRequest},
        transcription::{TranscriptionEvent, TranscriptionRequest},
    },
};
use tokio_util::bytes::Bytes;

fn words(model: &str) -> SpeechRequest {
    SpeechRequest {
        model: model.to_owned(),
        text: "Hello there".to_owned(),
        voice: "alloy".to_owned(),
        format: SpeechFormat::Wav,
        speed: Some(9.0),
        instructions: Some("Softly".to_owned()),
    }
}

fn recording(model: &str, is_streamed: bool) -> TranscriptionRequest {
    TranscriptionRequest {
        model: model.to_owned(),
        name: "note.webm".to_owned(),
        media_type: "audio/webm".to_owned(),
        size_bytes: 4,
        audio: stream::iter([Ok(Bytes::from_static(b"hum."))]).boxed(),
        language: Some("de".to_owned()),
        prompt: Some("InspireAI".to_owned()),
        is_streamed,
    }
}

#[tokio::test]
async fn speech_comes_in_pieces_as_the_format_that_was_asked_for() {
    let (upstream, providers) = start().await;
    let speaker = providers.speech(ApiType::Openai).expect("configured");
    let speech = speaker
        .speak(words("gpt-4o-mini-tts"))
        .await
        .expect("speech");
    assert_eq!(speech.media_type, "audio/wav");
    let sound: Vec<Bytes> = speech.bytes.try_collect().await.expect("whole");
    assert_eq!(sound.concat(), b"ID3Hello thereEND");
    let asked = upstream.requests()[0].json.clone().expect("JSON");
    assert_eq!(asked["speed"], 4.0, "no faster than the reference allows");
    assert_eq!(asked["instructions"], "Softly");
}

#[tokio::test]
async fn speech_that_fails_says_how_before_and_in_the_middle() {
    let (upstream, providers) = start().await;
    let speaker = providers.speech(ApiType::Openai).expect("configured");
    let error = speaker
        .speak(words("status-500"))
        .await
        .err()
        .expect("refused");
    assert_eq!(error.kind, ProviderErrorKind::Unavailable);
    let error = speaker.speak(words("html")).await.err().expect("a page");
    assert_eq!(error.kind, ProviderErrorKind::Protocol);
    let cut = speaker
        .speak(words("die-after"))
        .await
        .expect("a beginning");
    let error = cut.bytes.try_collect::<Vec<_>>().await.expect_err("cut");
    assert_eq!(error.kind, ProviderErrorKind::Disconnected);
    upstream.lack("/audio/speech");
    let error = speaker
        .speak(words("tts-1"))
        .await
        .err()
        .expect("not there");
    assert_eq!(error.kind, ProviderErrorKind::Unsupported);
}

#[tokio::test]
async fn a_recording_is_heard_at_once_or_word_by_word() {
    let (upstream, providers) = start().await;
    let listener = providers
        .transcription(ApiType::Openai)
        .expect("configured");
    let done = |heard_ms| TranscriptionEvent::Done {
        text: "note.webm of 4 bytes".to_owned(),
        heard_ms,
    };
    for (model, is_streamed) in [("gpt-transcribe", false), ("whisper-1", true)] {
        let events = listener
            .transcribe(recording(model, is_streamed))
            .await
            .expect("heard");
        let events: Vec<_> = events.try_collect().await.expect("whole");
        assert_eq!(events, [done(Some(1_000))], "{model}");
    }
    let events = listener
        .transcribe(recording("gpt-transcribe", true))
        .await
        .expect("heard");
    let events: Vec<_> = events.try_collect().await.expect("whole");
    assert_eq!(events.len(), 4);
    assert_eq!(
        events[0],
        TranscriptionEvent::Delta("note.webm ".to_owned())
    );
    assert_eq!(events[3], done(None));
    let form = &upstream.requests()[0].form;
    let field = |name: &str| {
        form.iter()
            .find(|field| field.name == name)
            .and_then(|field| field.text.clone())
    };
    assert_eq!(field("language").as_deref(), Some("de"));
    assert_eq!(field("prompt").as_deref(), Some("InspireAI"));
    assert_eq!(field("response_format").as_deref(), Some("json"));
    assert_eq!(field("stream"), None);
}

#[tokio::test]
async fn a_recording_that_is_not_heard_to_its_end_is_a_failure() {
    let (_upstream, providers) = start().await;
    let listener = providers
        .transcription(ApiType::Openai)
        .expect("configured");
    let error = listener
        .transcribe(recording("status-500", false))
        .await
        .err()
        .expect("refused");
    assert_eq!(error.kind, ProviderErrorKind::Unavailable);
    for (model, kind) in [
        ("error-in-stream", ProviderErrorKind::Unavailable),
        ("die-after", ProviderErrorKind::Disconnected),
    ] {
        let events = listener
            .transcribe(recording(model, true))
            .await
            .expect("a beginning");
        let error = events.try_collect::<Vec<_>>().await.expect_err(model);
        assert_eq!(error.kind, kind);
    }
}

fn picture(model: &str) -> ImageRequest {
    ImageRequest {
        model: model.to_owned(),
        prompt: "A cat".to_owned(),
        count: Some(2),
        size: Some("1024x1024".to_owned()),
        ..ImageRequest::default()
    }
}

#[tokio::test]
async fn pictures_are_made_and_changed() {
    let (upstream, providers) = start().await;
    let painter = providers.images(ApiType::Openai).expect("configured");
    let pixel = Bytes::from(STANDARD.decode(Upstream::PIXEL).expect("base64"));
    let made = painter
        .generate(picture("gpt-image-2"))
        .await
        .expect("made");
    assert_eq!(made.images.len(), 2);
    assert_eq!(made.images[1].name, "image-2.png");
    assert_eq!(made.images[1].bytes, pixel);
    let usage = Usage {
        input_tokens: 5,
        output_tokens: 7,
        reasoning_tokens: 0,
    };
    assert_eq!(made.usage, Some(usage));
    let input = InputImage {
        name: "cat.png".to_owned(),
        media_type: "image/png".to_owned(),
        bytes: pixel,
    };
    let changed = painter.edit(
        picture("gpt-image-2"),
        vec![input.clone(), input.clone()],
        Some(input),
    );
    assert_eq!(changed.await.expect("changed").images.len(), 2);
    let names: Vec<_> = upstream.requests()[1]
        .form
        .iter()
        .map(|field| field.name.clone())
        .collect();
    assert_eq!(
        names,
        ["model", "prompt", "size", "n", "image[]", "image[]", "mask"]
    );
}

#[tokio::test]
async fn a_picture_that_is_not_made_says_why() {
    let (upstream, providers) = start().await;
    let painter = providers.images(ApiType::Openai).expect("configured");
    for (model, kind, told) in [
        (
            "status-400",
            ProviderErrorKind::BadRequest,
            "content filter",
        ),
        ("status-500", ProviderErrorKind::Unavailable, "trouble"),
        ("no-picture", ProviderErrorKind::Protocol, "no picture"),
    ] {
        let error = painter.generate(picture(model)).await.expect_err(model);
        assert_eq!(error.kind, kind);
        assert!(error.message.contains(told), "{error}");
    }
    upstream.lack("/images/generations");
    let error = painter
        .generate(picture("gpt-image-2"))
        .await
        .expect_err("not there");
    assert_eq!(error.kind, ProviderErrorKind::Unsupported);
}
