//! Giving files back.

use crate::support::{client::Reply, person::Person, pictures::jpeg, test_app::TestApp};
use inspireai::model::file::FileView;
use reqwest::Method;

async fn get(person: &Person, file: &FileView, query: &str, headers: &[(&str, &str)]) -> Reply {
    let path = format!("/api/files/{}{query}", file.id);
    let request = person.request(Method::GET, &path);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    person.send(request).await
}

#[tokio::test]
async fn a_file_is_given_back_whole_in_parts_and_not_again_when_it_is_known() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let file = ada.upload("Grüße \"1\".txt", "0123456789").await;
    let whole = get(&ada, &file, "", &[("accept-encoding", "br, gzip")]).await;
    assert_eq!((whole.status, whole.body.as_str()), (200, "0123456789"));
    assert_eq!(whole.header("content-length"), "10");
    assert_eq!(whole.header("content-encoding"), "");
    assert_eq!(whole.header("content-type"), "text/plain; charset=utf-8");
    let disposition =
        "inline; filename=\"Gr__e _1_.txt\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22.txt";
    assert_eq!(whole.header("content-disposition"), disposition);
    let kept = get(&ada, &file, "?download", &[]).await;
    assert!(
        kept.header("content-disposition")
            .starts_with("attachment;")
    );
    assert_eq!(kept.header("content-type"), "text/plain");

    let part = get(&ada, &file, "", &[("range", "bytes=2-4")]).await;
    assert_eq!((part.status, part.body.as_str()), (206, "234"));
    assert_eq!(part.header("content-range"), "bytes 2-4/10");
    let tag = whole.header("etag").to_owned();
    let known = get(&ada, &file, "", &[("if-none-match", &tag)]).await;
    assert_eq!((known.status, known.body.as_str()), (304, ""));
    let changed = get(
        &ada,
        &file,
        "",
        &[("range", "bytes=2-4"), ("if-range", "\"other\"")],
    )
    .await;
    assert_eq!((changed.status, changed.body.as_str()), (200, "0123456789"));
    let beyond = get(&ada, &file, "", &[("range", "bytes=10-")]).await;
    assert_eq!(beyond.status, 416);
    assert_eq!(beyond.header("content-range"), "bytes */10");
}

#[tokio::test]
async fn nothing_that_somebody_stored_can_run_in_a_browser() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    for (name, content) in [
        ("page.html", "<!DOCTYPE html><script>alert(1)</script>"),
        (
            "drawing.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
        ),
        ("code.js", "alert(1)"),
        (
            "page.xhtml",
            "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"/>",
        ),
    ] {
        let file = ada.upload(name, content).await;
        for query in ["", "?download"] {
            let reply = get(&ada, &file, query, &[]).await;
            assert_eq!(reply.body, content);
            let policy = reply.header("content-security-policy");
            assert!(policy.contains("default-src 'none'; sandbox"), "{policy}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff");
            let is_plain = reply.header("content-type").starts_with("text/plain");
            let is_kept = reply
                .header("content-disposition")
                .starts_with("attachment");
            assert!(is_plain || is_kept, "{name}{query}");
        }
    }
    let file = ada.upload("photo.jpg", jpeg(40, 30)).await;
    let reply = ada
        .open(ada.request(Method::GET, &format!("/api/files/{}", file.id)))
        .await;
    assert_eq!(reply.headers()["content-type"], "image/jpeg");
    assert!(
        reply.headers()["content-disposition"]
            .to_str()
            .expect("text")
            .starts_with("inline")
    );
}

#[tokio::test]
async fn bytes_that_are_lost_are_told_of_in_words() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let file = ada.upload("a.txt", "hello").await;
    for key in super::stored(&app).await {
        app.server()
            .state()
            .storage
            .delete(key)
            .await
            .expect("deleted");
    }
    let reply = get(&ada, &file, "", &[]).await;
    assert_eq!(reply.status, 404);
    assert!(
        reply.error().message.contains("Upload the file again"),
        "{}",
        reply.body
    );
    assert_eq!(ada.delete_file(file.id).await.status, 200);
}
