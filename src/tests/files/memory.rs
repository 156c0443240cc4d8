//! How much memory files take: of the real program, at its highest, as the kernel counts it.

use super::funnel::{READER, with};
use crate::support::{
    person::Person,
    pictures::photo,
    process::{Process, variables},
    uploads::form,
    upstream::Upstream,
    within,
};
use futures::{future::join_all, stream};
use image::{ExtendedColorType, ImageEncoder};
use inspireai::model::{chat::Sent, file::FileView};
use reqwest::{Method, header::ACCEPT};
use std::time::Duration;
use tempfile::TempDir;

/// Bytes in a megabyte.
const MB: u64 = 1_000_000;

/// A program with somebody who has an account, and whose memory is looked at.
struct Measured {
    person: Person,
    process: Process,
    _data_dir: TempDir,
    upstream: Upstream,
}

impl Measured {
    async fn start() -> Self {
        let (data_dir, upstream) = (
            TempDir::new().expect("a directory"),
            Upstream::start().await,
        );
        upstream.offer(READER);
        let process = Process::serve(&variables(data_dir.path(), &upstream)).await;
        let person = process.sign_up("ada").await;
        // Everything that is loaded once is there from here on.
        person
            .upload("first.jpg", crate::support::pictures::jpeg(64, 64))
            .await;
        Self {
            person,
            process,
            _data_dir: data_dir,
            upstream,
        }
    }

    /// What the program has now, and what it has had at most, in bytes.
    fn memory(&self) -> (u64, u64) {
        (self.process.memory("VmRSS"), self.process.memory("VmHWM"))
    }
}

/// A photo of 12 megapixels, of some megabytes.
fn large_photo() -> Vec<u8> {
    let (width, height) = (4000, 3000);
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 92)
        .write_image(
            photo(width, height).as_raw(),
            width,
            height,
            ExtendedColorType::Rgb8,
        )
        .expect("a JPEG");
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_pictures_of_12_megapixels_stored_and_sent_at_once_take_less_than_150_mb() {
    let measured = Measured::start().await;
    let (idle, _) = measured.memory();
    let picture = large_photo();
    let uploads = (0..10).map(|number| {
        let (person, picture) = (&measured.person, picture.clone());
        async move { person.upload(&format!("{number}.jpg"), picture).await }
    });
    let files = within("ten pictures to be stored", join_all(uploads)).await;
    assert!(files.iter().all(|file| file.pixels == Some((4000, 3000))));
    let all: Vec<_> = files.iter().collect();
    let sent: Sent = measured
        .person
        .try_send(&with(&all, READER, "what are these?"))
        .await
        .value();
    let answer = measured.person.read(sent.run_id).await;
    assert_eq!(answer.text, "what are these?");
    let asked = measured.upstream.exchanges().pop().expect("a question");
    let pictures = asked
        .body
        .to_string()
        .matches("data:image/jpeg;base64,")
        .count();
    assert_eq!(pictures, 10);
    let (_, highest) = measured.memory();
    assert!(
        highest - idle < 150 * MB,
        "{} MB above idle",
        (highest - idle) / MB
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_512_mb_is_taken_in_and_given_back_in_constant_memory() {
    let measured = Measured::start().await;
    let (idle, _) = measured.memory();
    let piece = axum::body::Bytes::from(vec![7_u8; 1_000_000]);
    let pieces = stream::iter((0..512).map(move |_| Ok::<_, std::io::Error>(piece.clone())));
    let content = reqwest::Body::wrap_stream(pieces);
    let storing = measured
        .person
        .request(Method::POST, "/api/upload_file")
        .header(ACCEPT, "application/json")
        .multipart(form("large.bin", content))
        .timeout(Duration::from_secs(180))
        .send();
    let answer = storing.await.expect("it is stored in time");
    let file: FileView =
        serde_json::from_str(&answer.text().await.expect("an answer")).expect("a file");
    assert_eq!(file.size_bytes, 512 * MB);
    let path = format!("/api/files/{}", file.id);
    let mut answer = measured
        .person
        .open(measured.person.request(Method::GET, &path))
        .await;
    let mut length = 0;
    while let Some(piece) = answer.chunk().await.expect("all of it") {
        length += piece.len() as u64;
    }
    assert_eq!(length, 512 * MB);
    let (_, highest) = measured.memory();
    assert!(
        highest - idle < 100 * MB,
        "{} MB above idle",
        (highest - idle) / MB
    );
}
