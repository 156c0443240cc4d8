//! The client's files on their way to a browser: in the form it takes, as often as it must, and nothing beside them.

use crate::support::{
    client::{Client, Reply},
    test_app::TestApp,
};
use reqwest::{Method, header};
use std::{fs, path::Path};
use tempfile::TempDir;

const HASHED: &str = "/pkg/inspireai.0123456789abcdef.js";

/// A site as the build leaves one, and a server of it.
async fn server() -> (TestApp, TempDir) {
    let directory = TempDir::new().expect("a directory");
    let root = directory.path().join("site");
    fs::create_dir_all(root.join("pkg")).expect("directories");
    for (name, content) in [
        ("hash.txt", "js: 0123456789abcdef\n"),
        ("favicon.svg", "<svg/>"),
        ("pkg/inspireai.0123456789abcdef.js", "plain"),
        ("pkg/inspireai.0123456789abcdef.js.br", "as brotli"),
        ("pkg/inspireai.0123456789abcdef.js.gz", "as gzip"),
        ("pkg/highlight.js", "no other form"),
        ("../secret.js", "not of the site"),
    ] {
        fs::write(root.join(name), content).expect("a file");
    }
    let app = TestApp::builder()
        .env("LEPTOS_SITE_ROOT", &root.to_string_lossy())
        .start()
        .await;
    (app, directory)
}

async fn get(visitor: &Client, path: &str, headers: &[(header::HeaderName, &str)]) -> Reply {
    let request = visitor.request(Method::GET, path);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(name, *value)
    });
    visitor.send(request).await
}

#[tokio::test]
async fn a_page_names_the_files_by_their_hashes() {
    let (app, _directory) = server().await;
    let page = app.visitor().get("/").await.body;
    assert!(page.contains(HASHED), "{page}");
    assert!(page.contains("/pkg/inspireai.css"), "{page}");
}

#[tokio::test]
async fn only_the_page_of_a_lazy_part_names_its_files() {
    let (app, directory) = server().await;
    let part = "/pkg/inspireai.settings.fedcba9876543210.wasm";
    fs::write(
        directory.path().join("site/hash.txt"),
        "js: 0123456789abcdef\npart settings: inspireai.settings.fedcba9876543210.wasm\n",
    )
    .expect("a file");
    let visitor = app.visitor();
    for (path, is_named) in [("/settings", true), ("/settings?tab=1", true), ("/", false)] {
        let page = visitor.get(path).await.body;
        assert_eq!(page.contains(part), is_named, "{path}: {page}");
    }
}

#[tokio::test]
async fn a_file_comes_in_the_smallest_form_that_a_browser_takes() {
    let (app, _directory) = server().await;
    let visitor = app.visitor();
    for (accepted, encoding, content) in [
        ("gzip, deflate, br", "br", "as brotli"),
        ("gzip", "gzip", "as gzip"),
        ("br;q=0, gzip;q=0.5", "gzip", "as gzip"),
        ("identity", "", "plain"),
    ] {
        let reply = get(&visitor, HASHED, &[(header::ACCEPT_ENCODING, accepted)]).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-encoding"), encoding, "{accepted}");
        assert_eq!(
            reply.header("content-type"),
            "text/javascript; charset=utf-8"
        );
        assert_eq!(reply.header("content-length"), content.len().to_string());
        assert_eq!(reply.header("vary"), "accept-encoding");
        assert_eq!(reply.body, content, "{accepted}");
    }
    let reply = get(
        &visitor,
        "/pkg/highlight.js",
        &[(header::ACCEPT_ENCODING, "br")],
    )
    .await;
    assert_eq!(reply.body, "no other form");
}

#[tokio::test]
async fn what_carries_a_hash_is_kept_for_ever_and_the_rest_asked_for_again() {
    let (app, _directory) = server().await;
    let visitor = app.visitor();
    for (path, policy) in [
        (HASHED, "public, max-age=31536000, immutable"),
        ("/pkg/highlight.js", "no-cache"),
        ("/favicon.svg", "public, max-age=3600"),
    ] {
        let first = visitor.get(path).await;
        assert_eq!(first.header("cache-control"), policy, "{path}");
        let tag = first.header("etag");
        let again = get(&visitor, path, &[(header::IF_NONE_MATCH, tag)]).await;
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
        assert_eq!(again.header("cache-control"), policy, "{path}");
        assert_eq!(again.header("etag"), tag, "{path}");
        let other = get(&visitor, path, &[(header::IF_NONE_MATCH, "\"other\"")]).await;
        assert_eq!((other.status, other.body), (200, first.body), "{path}");
    }
}

#[tokio::test]
async fn a_file_that_a_build_replaces_is_told_apart_from_the_one_before() {
    let (app, directory) = server().await;
    let visitor = app.visitor();
    let before = visitor.get("/pkg/highlight.js").await;
    fs::write(directory.path().join("site/pkg/highlight.js"), "a new one").expect("a file");
    let known = [(header::IF_NONE_MATCH, before.header("etag"))];
    let after = get(&visitor, "/pkg/highlight.js", &known).await;
    assert_eq!((after.status, after.body.as_str()), (200, "a new one"));
}

#[tokio::test]
async fn only_the_head_of_a_file_is_sent_where_that_is_asked_for_and_nothing_can_be_posted_to_it() {
    let (app, _directory) = server().await;
    let visitor = app.visitor();
    let head = visitor.send(visitor.request(Method::HEAD, HASHED)).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), "5");
    let post = visitor.send(visitor.request(Method::POST, HASHED)).await;
    assert_eq!(post.status, 405);
}

#[tokio::test]
async fn what_is_missing_or_outside_of_the_site_is_not_found() {
    let (app, _directory) = server().await;
    let visitor = app.visitor();
    for path in [
        "/pkg/missing.js",
        "/pkg/%2e%2e/%2e%2e/secret.js",
        "/pkg/..%2f..%2fsecret.js",
        "/pkg/..%2fhash.txt",
        "/pkg/%2fetc%2fpasswd",
        "/pkg/a%00b",
        "/hash.txt",
    ] {
        let reply = visitor.get(path).await;
        assert_eq!(reply.status, 404, "{path}: {}", reply.body);
        assert!(!reply.body.contains("not of the site"), "{path}");
    }
}

#[tokio::test]
async fn every_file_of_public_is_there() {
    let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("public");
    let app = TestApp::builder()
        .env("LEPTOS_SITE_ROOT", &public.to_string_lossy())
        .start()
        .await;
    for entry in fs::read_dir(&public).expect("the directory") {
        let name = entry.expect("an entry").file_name();
        let path = format!("/{}", name.to_string_lossy());
        assert_eq!(app.visitor().get(&path).await.status, 200, "{path}");
    }
}
