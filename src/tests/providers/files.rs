//! The provider's store of files.

use super::{of, start};
use crate::support::upstream::Upstream;
use futures::{StreamExt, TryStreamExt, stream};
use inspireai::{
    model::catalog::ApiType,
    server::{
        config::Environment,
        providers::{
            ProviderErrorKind, Providers,
            files::{FilePurpose, FilesProvider, Upload},
        },
    },
};
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::net::TcpListener;
use tokio_util::bytes::Bytes;

fn store(providers: &Providers) -> Arc<dyn FilesProvider> {
    providers.files(ApiType::Openai).expect("configured")
}

/// A file of so many pieces of a kilobyte.
fn upload(name: &str, pieces: u64) -> Upload {
    let piece = Bytes::from(vec![b'x'; 1024]);
    let bytes = stream::iter((0..pieces).map(move |_| Ok(piece.clone())));
    Upload {
        name: name.to_owned(),
        media_type: "application/pdf".to_owned(),
        purpose: FilePurpose::UserData,
        size_bytes: pieces * 1024,
        bytes: bytes.boxed(),
        expires_after: Some(Duration::from_secs(10)),
    }
}

#[tokio::test]
async fn a_file_is_stored_read_back_and_deleted() {
    let (upstream, providers) = start().await;
    let store = store(&providers);
    let file = store
        .upload(upload("Bericht über \"alles\".pdf", 100))
        .await
        .expect("stored");
    let kept = upstream.files().remove(&file.id).expect("it is there");
    assert_eq!((kept.size, kept.purpose.as_str()), (102_400, "user_data"));
    assert_eq!(kept.media_type, "application/pdf");
    // Not for less than an hour, which is the shortest that is taken.
    let expires_at = file.expires_at.expect("it tells") / 1000;
    assert_eq!(Some(expires_at.unsigned_abs()), kept.expires_at);
    let pieces: Vec<Bytes> = store
        .content(&file.id)
        .await
        .expect("there")
        .try_collect()
        .await
        .expect("whole");
    assert_eq!(pieces.concat().len(), 102_400);
    store.delete(&file.id).await.expect("deleted");
    upstream.forget_files();
    store.delete(&file.id).await.expect("it is gone already");
    let error = store.content(&file.id).await.err().expect("gone");
    assert_eq!(
        (error.kind, error.gone),
        (ProviderErrorKind::FileGone, Some(file.id))
    );
}

#[tokio::test]
async fn ids_that_are_none_reach_no_address() {
    let (upstream, providers) = start().await;
    let store = store(&providers);
    for id in ["", "../models", "a/b", "file 1?x"] {
        store.delete(id).await.expect("nothing to delete");
        let error = store.content(id).await.err().expect("none");
        assert_eq!(error.kind, ProviderErrorKind::FileGone);
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn trouble_in_the_middle_of_an_upload_is_told_and_another_try_works() {
    use ProviderErrorKind as Kind;
    let (upstream, providers) = start().await;
    let store = store(&providers);
    for (name, kind) in [
        ("status-500.pdf", Kind::Unavailable),
        ("rate-limited.pdf", Kind::RateLimited),
        ("die.pdf", Kind::Disconnected),
        ("silence.pdf", Kind::Timeout),
    ] {
        let error = store.upload(upload(name, 2000)).await.expect_err(name);
        assert_eq!(error.kind, kind, "{name}: {error}");
        assert!(!error.message.contains(super::KEY));
    }
    let mut broken = upload("report.pdf", 3);
    let pieces = [
        Ok(Bytes::from_static(b"half")),
        Err(io::Error::other("the disk is gone")),
    ];
    broken.bytes = stream::iter(pieces).boxed();
    let error = store.upload(broken).await.expect_err("half a file");
    assert!(error.message.contains("could not be read"), "{error}");
    assert!(upstream.files().is_empty());
    store.upload(upload("report.pdf", 3)).await.expect("stored");
}

#[tokio::test]
async fn a_slow_upload_is_no_silence_as_long_as_it_goes_on() {
    let (upstream, providers) = start().await;
    let mut slow = upload("slow.pdf", 8);
    // Together longer than the longest silence of half a second.
    slow.bytes = slow
        .bytes
        .then(|piece| async {
            tokio::time::sleep(Duration::from_millis(120)).await;
            piece
        })
        .boxed();
    store(&providers).upload(slow).await.expect("stored");
    assert_eq!(upstream.files().len(), 1);
}

#[tokio::test]
async fn a_file_is_read_no_faster_than_it_is_taken() {
    // It takes the connection and nothing that comes by it.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}/v1", listener.local_addr().expect("its address"));
    let accepted = tokio::spawn(async move { listener.accept().await });
    let environment = Environment::from_pairs([
        ("OPENAI_BASE_URL", base.as_str()),
        ("INSPIREAI_LOCAL_MODEL", "off"),
        ("INSPIREAI_UPSTREAM_IDLE_SECONDS", "0.5"),
    ]);
    let read = Arc::new(AtomicU64::new(0));
    let mut huge = upload("huge.pdf", 512 * 1024);
    let counted = read.clone();
    huge.bytes = huge
        .bytes
        .inspect(move |_| {
            counted.fetch_add(1024, Ordering::Relaxed);
        })
        .boxed();
    let error = store(&of(&environment))
        .upload(huge)
        .await
        .expect_err("silence");
    assert_eq!(error.kind, ProviderErrorKind::Timeout);
    // What the operating system takes for both ends, and little more.
    let read = read.load(Ordering::Relaxed);
    assert!(read < 16 * 1024 * 1024, "{read} bytes were read of 512 MB");
    accepted.abort();
}

#[tokio::test]
async fn a_server_without_files_says_so_and_is_known_for_it() {
    let (upstream, providers) = start().await;
    upstream.lack("/files");
    let store = store(&providers);
    assert!(!store.is_known_to_lack_files());
    let error = store
        .upload(upload("report.pdf", 1))
        .await
        .expect_err("no store");
    assert_eq!(error.kind, ProviderErrorKind::Unsupported);
    assert!(store.is_known_to_lack_files());
}

#[tokio::test]
async fn an_account_is_a_kind_of_provider_and_its_address() {
    let upstream = Upstream::start().await;
    let environment = Environment::from_pairs([
        ("OPENAI_BASE_URL", upstream.base_url().as_str()),
        ("INSPIREAI_LOCAL_MODEL", "off"),
    ]);
    let providers = of(&environment);
    let account = store(&providers).account().to_owned();
    assert_eq!(account, format!("openai {}", upstream.base_url()));
    assert!(providers.files(ApiType::Azure).is_none() && providers.files(ApiType::Local).is_none());
}
