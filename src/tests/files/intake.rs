//! What is taken in and what is refused.

use super::stored;
use crate::support::{
    database::on_both_databases, documents::archive, pictures::jpeg, s3::S3, test_app::TestApp,
    uploads::form, within,
};
use futures::{StreamExt, stream};
use inspireai::model::{
    ErrorKind,
    file::{FileKind, FileView, MAX_NAME_CHARS},
    ids::FileId,
};
use reqwest::{
    Method,
    header::{ACCEPT, CONTENT_TYPE, REFERER},
    multipart::{Form, Part},
};
use std::time::Duration;

on_both_databases! {
    async fn files_are_listed_newest_first_found_by_name_and_gone_when_deleted(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let notes = ada.upload("Notes.txt", "one two").await;
        assert_eq!(
            (notes.kind, notes.media_type.as_str(), notes.size_bytes),
            (FileKind::Text, "text/plain", 7)
        );
        let table = ada.upload("100%_Sales.csv", "a,b\n1,2\n").await;
        let page = ada.files("", 1).await;
        let names: Vec<_> = page.files.iter().map(|entry| entry.file.name.as_str()).collect();
        assert_eq!(names, ["100%_Sales.csv", "Notes.txt"]);
        assert_eq!((page.total, page.pages, page.used_bytes), (2, 1, 15));
        for (query, found) in [("nOtEs", 1), ("%_", 1), ("_", 1), ("nothing", 0)] {
            assert_eq!(ada.files(query, 1).await.total, found, "{query}");
        }
        // A page that is not there is the last that is.
        assert_eq!(ada.files("", 99).await.page, 1);
        let ids = [notes.id, FileId::new(), table.id];
        let found: Vec<FileView> = ada.call_json("find_files", &serde_json::json!({ "ids": ids })).await.value();
        assert_eq!(found, [notes.clone(), table.clone()]);

        assert_eq!(ada.delete_file(notes.id).await.status, 200);
        assert_eq!(ada.delete_file(notes.id).await.status, 404);
        assert_eq!(ada.files("", 1).await.used_bytes, 8);
        assert_eq!(stored(&app).await.len(), 1, "its bytes are gone as well");
    }

    async fn somebody_elses_file_is_not_there(app: TestApp) {
        let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
        let file = ada.upload("secret.png", jpeg(40, 30)).await;
        let path = format!("/api/files/{}", file.id);
        for path in [path.clone(), format!("{path}/preview?size=96")] {
            assert_eq!(bob.get(&path).await.status, 404);
            assert_eq!(app.visitor().get(&path).await.status, 401);
            assert_eq!(ada.get(&path).await.status, 200);
        }
        assert_eq!(bob.delete_file(file.id).await.status, 404);
        assert_eq!(bob.call("file_use", &[("id", &file.id.to_string())]).await.status, 404);
        assert_eq!(bob.files("", 1).await.total, 0);
        let found: Vec<FileView> = bob.call_json("find_files", &serde_json::json!({ "ids": [file.id] })).await.value();
        assert!(found.is_empty());
    }

    async fn a_name_that_is_a_path_or_endless_becomes_a_name(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let file = ada.upload("../../etc/passwd", "root").await;
        assert_eq!(file.name, "passwd");
        let file = ada.upload(&format!("{}.md", "ß".repeat(300)), "# hi").await;
        assert_eq!(file.name.chars().count(), MAX_NAME_CHARS);
        assert!(file.name.ends_with("….md") && file.media_type == "text/markdown", "{file:?}");
        assert_eq!(ada.files("ẞ", 1).await.total, 1, "capital letters find small ones");
    }

    async fn of_uploads_at_once_only_as_many_are_kept_as_there_is_room_for(app: TestApp) {
        let ada = app.sign_up("ada").await;
        // Each fits by itself; the last room is given away once.
        app.execute(
            "insert into file (file_id, user_id, name, name_key, media_type, kind, size_bytes, sha256, blob_key, origin, created_at) \
             select '01950000-0000-7000-8000-000000000000', user_id, 'x', 'x', 'text/plain', 'text', 10239999985, 'x', \
             '01950000-0000-7000-8000-000000000001', 'upload', 0 from app_user",
        )
        .await;
        let uploads = (0..4).map(|number| {
            let ada = &ada;
            async move { ada.try_upload(&format!("{number}.txt"), "ten bytes!").await.status }
        });
        let mut statuses = futures::future::join_all(uploads).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 413, 413, 413]);
        assert_eq!(stored(&app).await.len(), 1);
    }
}

#[tokio::test]
async fn a_file_is_what_its_bytes_say_and_an_empty_or_foreign_one_is_refused() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let packed = ada.upload("cats", archive(&[("a.txt", "hi")])).await;
    assert_eq!(
        (packed.kind, packed.media_type.as_str(), packed.pixels),
        (FileKind::Other, "application/zip", None)
    );
    for (name, content, words) in [
        ("nothing.txt", Vec::new(), "nothing.txt is empty"),
        (
            "cat.png",
            archive(&[("a.txt", "hi")]),
            "cat.png is called a picture, but what is in it is a ZIP archive",
        ),
        (
            "IMG_1.HEIC",
            b"\0\0\0\x18ftypheic\0\0\0\0heicmif1".to_vec(),
            "export it as JPEG",
        ),
    ] {
        let error = ada.try_upload(name, content).await.error();
        assert_eq!(error.kind, ErrorKind::Invalid);
        assert!(error.message.contains(words), "{}", error.message);
    }
    assert_eq!(stored(&app).await.len(), 1);
}

/// A body that comes in pieces of a megabyte, as long as it is asked for more.
fn endless(megabytes: u64) -> reqwest::Body {
    let pieces = (0..megabytes).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1_000_000]));
    reqwest::Body::wrap_stream(stream::iter(pieces))
}

#[tokio::test]
async fn a_file_beyond_the_limit_or_the_quota_is_refused_on_its_way_and_leaves_nothing() {
    let app = TestApp::builder()
        .env("INSPIREAI_UPLOAD_LIMIT_MB", "20")
        .env("INSPIREAI_STORAGE_QUOTA_MB", "30")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let reply = ada.try_upload("large.txt", endless(21)).await;
    assert_eq!(reply.status, 413);
    assert!(
        reply
            .error()
            .message
            .contains("large.txt is larger than 20 MB"),
        "{}",
        reply.body
    );
    ada.upload("first.txt", endless(18)).await;
    let reply = ada.try_upload("second.txt", endless(19)).await;
    let message = reply.error().message;
    assert!(
        message.contains("30 MB") && message.contains("Delete files"),
        "{message}"
    );
    assert_eq!(stored(&app).await.len(), 1);
    let page = ada.files("", 1).await;
    assert_eq!(
        (page.total, page.used_bytes, page.quota_bytes),
        (1, 18_000_000, 30_000_000)
    );
    // What was freed can be used again.
    ada.delete_file(page.files[0].file.id).await;
    ada.upload("second.txt", endless(19)).await;
}

async fn cancelled_upload_leaves_nothing(app: TestApp) {
    const PIECES: u32 = 24;
    let ada = app.sign_up("ada").await;
    let (told, mut taken) = tokio::sync::watch::channel(0);
    let pieces = stream::iter(0..PIECES)
        .map(move |number| {
            told.send_replace(number);
            Ok::<_, std::io::Error>(vec![b'x'; 1_000_000])
        })
        .chain(stream::pending());
    let request = ada
        .request(Method::POST, "/api/upload_file")
        .multipart(form("cut.txt", reqwest::Body::wrap_stream(pieces)));
    let sending = tokio::spawn(request.send());
    // More is on its way than a store takes in one part, and the sender goes away.
    let all = taken.wait_for(|number| *number == PIECES - 1);
    within("the pieces to be taken", all)
        .await
        .expect("a sender");
    sending.abort();
    within("the rest to be cleared away", async {
        while !stored(&app).await.is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(ada.files("", 1).await.total, 0);
    app.server()
        .state()
        .storage
        .check()
        .await
        .expect("it works");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_cancelled_leaves_nothing_in_a_directory() {
    let directory = tempfile::TempDir::new().expect("a directory");
    let url = format!("file:{}", directory.path().display());
    let app = TestApp::builder().env("STORAGE_URL", &url).start().await;
    cancelled_upload_leaves_nothing(app).await;
    let left = || {
        std::fs::read_dir(directory.path())
            .expect("the directory")
            .count()
    };
    within("what was half written to be removed", async {
        while left() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_in_a_bucket_are_taken_in_given_back_in_parts_and_cancelled_alike() {
    let s3 = S3::start().await;
    let mut builder = TestApp::builder();
    for (name, value) in s3.variables() {
        builder = builder.env(name, &value);
    }
    let app = builder.start().await;
    let bob = app.sign_up("bob").await;
    let file = bob.upload("long.txt", endless(9)).await;
    let request = bob
        .request(Method::GET, &format!("/api/files/{}", file.id))
        .header("range", "bytes=8999990-");
    let reply = bob.send(request).await;
    assert_eq!((reply.status, reply.body.as_str()), (206, "xxxxxxxxxx"));
    assert_eq!(bob.delete_file(file.id).await.status, 200);
    cancelled_upload_leaves_nothing(app).await;
}

#[tokio::test]
async fn a_form_without_a_usable_boundary_is_refused_and_nobody_uploads_without_an_account() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    for kind in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=a b",
        "text/plain",
    ] {
        let request = ada
            .request(Method::POST, "/api/upload_file")
            .header(CONTENT_TYPE, kind)
            .body("--x\r\n");
        let reply = ada.send(request).await;
        assert_eq!(reply.status, 422, "{kind}: {}", reply.body);
    }
    let visitor = app.visitor();
    assert_eq!(visitor.try_upload("a.txt", "hi").await.status, 401);
    // A form that ends in the middle is told apart from one without a file.
    let request = ada
        .request(Method::POST, "/api/upload_file")
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "multipart/form-data; boundary=x")
        .body(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhalf",
        );
    assert!(
        ada.send(request)
            .await
            .error()
            .message
            .contains("broke off")
    );
    let request = ada
        .request(Method::POST, "/api/upload_file")
        .header(ACCEPT, "application/json")
        .multipart(Form::new().text("other", "field"));
    assert_eq!(
        ada.send(request).await.error().field.as_deref(),
        Some("file")
    );
    assert!(stored(&app).await.is_empty());
}

#[tokio::test]
async fn a_form_without_a_script_brings_several_files_and_comes_back_to_its_page() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let part = |name: &str| Part::bytes(b"hello".to_vec()).file_name(name.to_owned());
    let form = |second: &str| {
        Form::new()
            .part("file", part("a.txt"))
            .part("file", part(second))
    };
    let send = async |form: Form| {
        let request = ada
            .request(Method::POST, "/api/upload_files")
            .header(ACCEPT, "text/html")
            .header(REFERER, format!("http://{}/files", app.address()))
            .multipart(form);
        ada.send(request).await
    };
    let reply = send(form("b.txt")).await;
    assert_eq!(reply.status, 302, "{}", reply.body);
    assert!(
        reply.header("location").contains("/files"),
        "{}",
        reply.header("location")
    );
    assert_eq!(ada.files("", 1).await.total, 2);
}
