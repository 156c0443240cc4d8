//! The line and the worker, by the provider's own door.

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::{StreamExt, stream};
use tokio_util::bytes::Bytes;

use super::*;

/// Generous: the machine that runs the tests may be busy with a build.
const PATIENCE: Duration = Duration::from_mins(2);

fn provider(spool_dir: &Path, queue: usize) -> LocalTranscription {
    let models_dir = std::env::var_os("INSPIREAI_MODELS_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("data/models"),
        PathBuf::from,
    );
    LocalTranscription::new(LocalTranscriptionConfig {
        model_dir: models_dir.join("moonshine-tiny"),
        threads: None,
        queue,
        max_bytes: 100_000_000,
        max_duration: Duration::from_hours(1),
        spool_dir: spool_dir.to_owned(),
    })
}

fn request(bytes: Vec<u8>) -> TranscriptionRequest {
    TranscriptionRequest {
        model: "moonshine-tiny".to_owned(),
        name: "speech".to_owned(),
        media_type: "audio/mpeg".to_owned(),
        size_bytes: bytes.len() as u64,
        audio: stream::iter([Ok(Bytes::from(bytes))]).boxed(),
        language: None,
        prompt: None,
        is_streamed: true,
    }
}

fn sentence() -> Vec<u8> {
    include_bytes!("../../../../tests/recordings/speech.mp3").to_vec()
}

async fn end_of(mut stream: TranscriptionStream) -> String {
    let listening = async {
        while let Some(event) = stream.next().await {
            if let TranscriptionEvent::Done { text, .. } = event.expect("heard") {
                return text;
            }
        }
        panic!("no end")
    };
    let text = tokio::time::timeout(PATIENCE, listening).await;
    text.expect("an end in time")
}

#[tokio::test]
async fn a_sentence_does_not_wait_for_a_long_recording_that_came_before_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let provider = provider(directory.path(), 2);
    let long = provider.transcribe(request(sentence().repeat(60))).await;
    let mut long = long.expect("taken");
    let short = provider
        .transcribe(request(sentence()))
        .await
        .expect("taken");
    let said = end_of(short).await;
    assert!(said.contains("amiable himself"), "{said}");
    let first = long.next().await.expect("an event").expect("heard");
    assert!(matches!(first, TranscriptionEvent::Delta(_)));
    let rest = end_of(long).await;
    assert!(rest.matches("amiable himself").count() > 40, "{rest}");
    let left = std::fs::read_dir(directory.path()).expect("a directory");
    assert_eq!(left.count(), 0, "no recording is left behind");
}

#[tokio::test]
async fn more_recordings_than_may_wait_are_told_to_come_again_and_a_dropped_one_makes_room() {
    let directory = tempfile::tempdir().expect("a directory");
    let provider = provider(directory.path(), 0);
    let long = provider.transcribe(request(sentence().repeat(200))).await;
    let long = long.expect("taken");
    let refused = provider.transcribe(request(sentence())).await;
    let refused = refused.err().expect("no room");
    assert_eq!(refused.kind, ProviderErrorKind::Busy);
    assert!(refused.retry_after.is_some());

    drop(long);
    let room = tokio::time::timeout(PATIENCE, provider.places.acquire()).await;
    drop(room.expect("in time").expect("open"));
    let said = provider
        .transcribe(request(sentence()))
        .await
        .expect("taken");
    assert!(end_of(said).await.contains("amiable himself"));
}

#[tokio::test]
async fn an_upload_that_breaks_off_or_stands_still_holds_nothing_once_it_is_gone() {
    let directory = tempfile::tempdir().expect("a directory");
    let provider = provider(directory.path(), 0);
    let broken = stream::iter([
        Ok(Bytes::from(sentence())),
        Err(std::io::Error::other("the network is gone")),
    ]);
    let refused = provider
        .transcribe(TranscriptionRequest {
            audio: broken.boxed(),
            ..request(sentence())
        })
        .await;
    assert!(refused.err().expect("broken").message.contains("broke off"));

    let endless = TranscriptionRequest {
        audio: stream::pending().boxed(),
        ..request(sentence())
    };
    let waiting = provider.transcribe(endless);
    assert!(futures::poll!(waiting).is_pending());
    let said = provider
        .transcribe(request(sentence()))
        .await
        .expect("taken");
    assert!(end_of(said).await.contains("amiable himself"));
}

#[tokio::test]
async fn a_server_that_stops_ends_what_it_listens_to() {
    let directory = tempfile::tempdir().expect("a directory");
    let provider = provider(directory.path(), 1);
    let long = provider.transcribe(request(sentence().repeat(400))).await;
    let mut long = long.expect("taken");
    provider.shut_down();
    let mut last = None;
    while let Some(event) = long.next().await {
        last = Some(event);
    }
    let error = last.expect("an event").expect_err("no false end");
    assert_eq!(error.kind, ProviderErrorKind::Disconnected);
    let refused = provider.transcribe(request(sentence())).await;
    assert_eq!(
        refused.err().expect("stopped").kind,
        ProviderErrorKind::Unavailable
    );
}
