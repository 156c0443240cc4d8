//! Where files are kept: a directory, and a bucket of an S3 server that somebody else wrote.

use crate::support::{
    client::{Client, http_client},
    process::{Process, Variables, run, told, variables},
    s3::{BUCKET, S3},
    upstream::Upstream,
};
use futures::{TryStreamExt, stream};
use inspireai::server::{
    config::{Config, Environment},
    storage::{BlobKey, Storage, StorageError, whole},
};
use std::{collections::BTreeSet, io, net::TcpListener};
use tempfile::TempDir;

fn open(variables: &Variables) -> Storage {
    // Whoever opens a connection needs this once in a process.
    http_client();
    let environment = variables
        .iter()
        .fold(Environment::default(), |environment, (name, value)| {
            environment.with(name, value.as_str())
        });
    let config = Config::from_env(&environment).expect("a valid configuration");
    Storage::open(&config.storage).expect("a storage")
}

fn in_bucket(s3: &S3) -> Variables {
    s3.variables()
        .map(|(name, value)| (name.to_owned(), value))
        .into()
}

async fn read(storage: &Storage, key: BlobKey) -> Result<Vec<u8>, StorageError> {
    let blob = storage.get(key).await?;
    let mut bytes = Vec::new();
    let mut content = blob.content;
    while let Some(piece) = content.try_next().await? {
        bytes.extend_from_slice(&piece);
    }
    assert_eq!(bytes.len() as u64, blob.size_bytes);
    Ok(bytes)
}

/// What every storage must do, whatever it is made of.
async fn holds_files(storage: &Storage) {
    storage.check().await.expect("it works");
    let listed = || async { storage.list().try_collect::<BTreeSet<_>>().await };
    assert!(
        listed().await.expect("a list").is_empty(),
        "the check left something"
    );

    let (corner, apart) = (storage.corner("apart"), BlobKey::new());
    corner.put(apart, whole("apart")).await.expect("stored");
    let listed_apart = corner.list().try_collect::<Vec<_>>().await;
    assert_eq!(listed_apart.expect("a list"), [apart]);
    assert!(listed().await.expect("a list").is_empty());
    assert_eq!(read(&corner, apart).await.expect("read"), b"apart");
    assert!(matches!(
        storage.get(apart).await.err(),
        Some(StorageError::NotFound)
    ));
    corner.delete(apart).await.expect("removed");

    let [small, large, empty] = [BlobKey::new(), BlobKey::new(), BlobKey::new()];
    let written = storage.put(small, whole("hello")).await;
    assert_eq!(written.expect("stored"), 5);
    storage.put(empty, whole("")).await.expect("stored");
    // 20 MB in odd pieces, which go to a bucket in several parts.
    let pieces: Vec<_> = (0..200_u8).map(|number| vec![number; 100_003]).collect();
    let content: Vec<u8> = pieces.concat();
    let stream = stream::iter(pieces.into_iter().map(|piece| Ok(piece.into())));
    let written = storage.put(large, stream).await;
    assert_eq!(written.expect("stored"), content.len() as u64);

    assert_eq!(read(storage, small).await.expect("read"), b"hello");
    assert!(read(storage, empty).await.expect("read").is_empty());
    assert!(read(storage, large).await.expect("read") == content);
    let size = storage.find_size(large).await.expect("a size");
    assert_eq!(size, Some(content.len() as u64));
    assert_eq!(
        listed().await.expect("a list"),
        [small, large, empty].into()
    );

    let broken = stream::iter([Ok(vec![0; 9_000_000].into()), Err(io::Error::other("torn"))]);
    let error = storage.put(BlobKey::new(), broken).await;
    assert!(matches!(error, Err(StorageError::Content(_))), "{error:?}");
    assert_eq!(
        listed().await.expect("a list").len(),
        3,
        "nothing is left of what broke off"
    );

    for key in [small, large, empty, small] {
        storage.delete(key).await.expect("deleted, or gone already");
    }
    assert!(listed().await.expect("a list").is_empty());
    assert_eq!(storage.find_size(small).await.expect("an answer"), None);
    assert!(matches!(
        read(storage, small).await,
        Err(StorageError::NotFound)
    ));
}

#[tokio::test]
async fn a_directory_holds_files() {
    let data_dir = TempDir::new().expect("a directory");
    let directory = data_dir.path().join("made/when/needed");
    let url = format!("file:{}", directory.display());
    let storage = open(&[("STORAGE_URL".to_owned(), url)].into());
    holds_files(&storage).await;
    let left = std::fs::read_dir(&directory).expect("the directory");
    // A corner that was used is a directory, and may stay one.
    let files = left.filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().is_file()));
    assert_eq!(files.count(), 0);
}

#[tokio::test]
async fn a_bucket_holds_files() {
    let s3 = S3::start().await;
    holds_files(&open(&in_bucket(&s3))).await;
}

#[tokio::test]
async fn what_else_lies_in_the_same_place_is_no_file_of_ours() {
    let data_dir = TempDir::new().expect("a directory");
    std::fs::write(data_dir.path().join("README"), "not ours").expect("a file");
    let url = format!("file:{}", data_dir.path().display());
    let storage = open(&[("STORAGE_URL".to_owned(), url)].into());
    let key = BlobKey::new();
    storage.put(key, whole("ours")).await.expect("stored");
    let listed: Vec<_> = storage.list().try_collect().await.expect("a list");
    assert_eq!(listed, [key]);
}

#[tokio::test]
async fn check_proves_the_bucket_and_says_what_is_wrong_with_key_bucket_and_address() {
    let (data_dir, upstream, s3) = (
        TempDir::new().expect("a directory"),
        Upstream::start().await,
        S3::start().await,
    );
    let mut variables = variables(data_dir.path(), &upstream);
    variables.extend(in_bucket(&s3));
    run("migrate", &variables).await;
    let right = run("check", &variables).await;
    assert_eq!(right.status.code(), Some(0), "{}", told(&right));
    let place = format!("storage: the bucket {BUCKET} (under test/files/)");
    assert!(told(&right).contains(&place), "{}", told(&right));

    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port");
    let closed = format!("http://{}", nobody.local_addr().expect("its address"));
    drop(nobody);
    for (variable, value, words) in [
        (
            "AWS_SECRET_ACCESS_KEY",
            "wrong",
            [
                "S3 refuses the key AKIA",
                "SignatureDoesNotMatch",
                "AWS_SECRET_ACCESS_KEY",
            ],
        ),
        (
            "AWS_ACCESS_KEY_ID",
            "AKIAUNKNOWN",
            [
                "S3 refuses the key AKIAUNKNOWN",
                "InvalidAccessKeyId",
                "AWS_ACCESS_KEY_ID",
            ],
        ),
        (
            "STORAGE_URL",
            "s3://no-such-bucket",
            [
                "there is no bucket no-such-bucket",
                "Create it",
                "STORAGE_URL",
            ],
        ),
        (
            "AWS_ENDPOINT_URL",
            &closed,
            [&closed, "does not answer", "AWS_ENDPOINT_URL"],
        ),
    ] {
        let mut wrong = variables.clone();
        wrong.insert(variable.to_owned(), value.to_owned());
        let output = run("check", &wrong).await;
        assert_eq!(output.status.code(), Some(1), "{variable}={value}");
        for word in words {
            assert!(
                told(&output).contains(word),
                "{word} is missing in {}",
                told(&output)
            );
        }
        let secret = &variables["AWS_SECRET_ACCESS_KEY"];
        assert!(
            !told(&output).contains(secret.as_str()),
            "a secret is printed: {}",
            told(&output)
        );
    }
}

#[tokio::test]
async fn a_secret_may_stand_in_a_file() {
    let (data_dir, upstream, s3) = (
        TempDir::new().expect("a directory"),
        Upstream::start().await,
        S3::start().await,
    );
    let mut variables = variables(data_dir.path(), &upstream);
    variables.extend(in_bucket(&s3));
    let secret = variables.remove("AWS_SECRET_ACCESS_KEY").expect("a secret");
    let file = data_dir.path().join("secret");
    std::fs::write(&file, secret + "\n").expect("a file");
    let path = file.to_string_lossy().into_owned();
    variables.insert("AWS_SECRET_ACCESS_KEY_FILE".to_owned(), path);
    run("migrate", &variables).await;
    let output = run("check", &variables).await;
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[tokio::test]
async fn a_server_starts_while_its_bucket_is_away_and_says_so_in_its_log() {
    let (data_dir, upstream) = (
        TempDir::new().expect("a directory"),
        Upstream::start().await,
    );
    let mut variables = variables(data_dir.path(), &upstream);
    for (name, value) in [
        ("STORAGE_URL", "s3://some-bucket"),
        // A port for nobody: the system gives it to no one who asks for any.
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "hush"),
    ] {
        variables.insert(name.to_owned(), value.to_owned());
    }
    let log = data_dir.path().join("log");
    let server = Process::serve_logging_to(&variables, &log).await;
    let visitor = Client::new(http_client(), server.address());
    assert_eq!(visitor.get("/readyz").await.status, 200);
    let ada = server.sign_up("ada").await;
    assert_eq!(ada.ask("echo", "hello").await.1.text, "hello");
    crate::support::within("the warning", async {
        while !std::fs::read_to_string(&log)
            .expect("a log")
            .contains("does not answer")
        {
            // It comes after some tries; asking the server meanwhile passes the time.
            visitor.get("/healthz").await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_directory_that_cannot_be_used_keeps_the_server_from_starting_and_check_from_passing() {
    let (data_dir, upstream) = (
        TempDir::new().expect("a directory"),
        Upstream::start().await,
    );
    let mut variables = variables(data_dir.path(), &upstream);
    let file = data_dir.path().join("a-file");
    std::fs::write(&file, "").expect("a file");
    let url = format!("file:{}/below", file.display());
    variables.insert("STORAGE_URL".to_owned(), url);
    for command in ["serve", "check"] {
        let output = run(command, &variables).await;
        assert_eq!(output.status.code(), Some(1), "{command}");
        let told = told(&output);
        assert!(
            told.contains("a-file/below") && told.contains("STORAGE_URL=file:DIR"),
            "{told}"
        );
    }
}
