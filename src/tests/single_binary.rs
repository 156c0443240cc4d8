//! The program that is all there is to install: it needs nothing beside it, and nobody can tell it from the ordinary one.

use crate::support::{
    client::{Client, Reply, http_client},
    process::{Process, Variables},
    test_app::sign_up,
};
use reqwest::{Method, header};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// The program that `.ci/dist debug` leaves.
fn program() -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "where the program is concerns the tests, not the product's configuration"
    )]
    let path = std::env::var("INSPIREAI_DIST_BIN")
        .expect("this test needs the single program: run `make test`, or set INSPIREAI_DIST_BIN to what `.ci/dist debug` leaves");
    path.into()
}

fn variables() -> Variables {
    [("LEPTOS_SITE_ADDR", "127.0.0.1:0"), ("RUST_LOG", "error")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

/// A server of the single program, in an empty directory.
async fn single() -> (Process, TempDir) {
    let directory = TempDir::new().expect("a directory");
    let server = Process::serve_program(&program(), directory.path(), &variables()).await;
    (server, directory)
}

fn visitor(server: &Process) -> Client {
    Client::new(http_client(), server.address())
}

/// The site that both programs serve: the files as the build names them, without their compressed forms.
fn site() -> (PathBuf, BTreeSet<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/site");
    let package = fs::read_dir(root.join("pkg")).expect("the site is built: `.ci/site`");
    let mut paths: BTreeSet<_> = package
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| format!("/pkg/{}", name.to_string_lossy()))
        .filter(|path| !path.ends_with(".br") && !path.ends_with(".gz"))
        .collect();
    paths.insert("/favicon.svg".to_owned());
    (root, paths)
}

#[tokio::test]
async fn it_needs_an_empty_directory_and_keeps_its_data_in_it() {
    let (server, directory) = single().await;
    let visitor = visitor(&server);
    let page = visitor.get("/").await;
    assert_eq!(page.status, 200);
    let files: BTreeSet<_> = page
        .body
        .split('"')
        .filter(|text| text.starts_with("/pkg/inspireai."))
        .map(|text| text.trim_end_matches('\\'))
        .collect();
    let kinds: BTreeSet<_> = files
        .iter()
        .filter_map(|file| file.rsplit_once('.'))
        .map(|(_, kind)| kind)
        .collect();
    assert_eq!(kinds, BTreeSet::from(["css", "js", "wasm"]), "{files:?}");
    for file in files {
        let reply = visitor.send(visitor.request(Method::HEAD, file)).await;
        assert_eq!(reply.status, 200, "{file}");
        let policy = reply.header("cache-control");
        assert!(policy.contains("immutable"), "{file}: {policy}");
    }
    assert_eq!(sign_up(&visitor, "ada").await.status, 200);
    assert!(directory.path().join("data/inspireai.db").is_file());
}

/// What of an answer must be the same. Tags are a program's own, and identify the same file for as long as it runs.
fn told(reply: &Reply) -> (u16, Vec<String>, &str) {
    let names = [
        "cache-control",
        "content-encoding",
        "content-length",
        "content-type",
        "vary",
        "allow",
    ];
    let headers = names.map(|name| format!("{name}: {}", reply.header(name)));
    (reply.status, headers.into(), &reply.body)
}

#[tokio::test]
async fn it_serves_the_same_files_in_the_same_way_as_the_program_with_a_directory() {
    let (server, _directory) = single().await;
    let (root, mut paths) = site();
    assert!(paths.len() > 5, "{paths:?}");
    let missing = ["/pkg/missing.js", "/pkg/..%2fhash.txt", "/hash.txt"];
    paths.extend(missing.map(ToOwned::to_owned));

    let data_dir = TempDir::new().expect("a directory");
    let mut ordinary = variables();
    for (name, value) in [
        ("LEPTOS_SITE_ROOT", root.as_path()),
        ("INSPIREAI_DATA_DIR", data_dir.path()),
    ] {
        ordinary.insert(name.to_owned(), value.to_string_lossy().into_owned());
    }
    let ordinary = Process::serve(&ordinary).await;
    let (single, ordinary) = (visitor(&server), visitor(&ordinary));

    for path in &paths {
        for accepted in ["identity", "gzip", "br, gzip", "br;q=0, gzip", "*"] {
            for method in [Method::GET, Method::HEAD, Method::PUT] {
                let mut replies = Vec::new();
                for visitor in [&single, &ordinary] {
                    let request = visitor
                        .request(method.clone(), path)
                        .header(header::ACCEPT_ENCODING, accepted);
                    replies.push(visitor.send(request).await);
                }
                // The page of what is not found has a nonce of its own each time.
                if path.starts_with("/pkg/") || replies[0].status != 404 {
                    assert_eq!(
                        told(&replies[0]),
                        told(&replies[1]),
                        "{method} {path} {accepted}"
                    );
                } else {
                    assert_eq!(replies[0].status, replies[1].status, "{method} {path}");
                }
                let tag = replies[0].header("etag");
                if method == Method::GET && !tag.is_empty() {
                    let request = single
                        .request(method, path)
                        .header(header::ACCEPT_ENCODING, accepted)
                        .header(header::IF_NONE_MATCH, tag);
                    assert_eq!(single.send(request).await.status, 304, "{path}");
                }
            }
        }
    }
}
