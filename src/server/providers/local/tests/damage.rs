//! Model files that are none: a sentence each, and the process lives on.

use std::fs;
use std::path::Path;

use super::{answer, ask, config, model_path};
use crate::server::config::LocalConfig;
use crate::server::providers::ProviderErrorKind;
use crate::server::providers::local::LocalChat;

fn chat_with(model_path: &Path) -> LocalChat {
    LocalChat::new(LocalConfig {
        model_path: model_path.to_owned(),
        ..config()
    })
}

/// Asks a model at `path` and expects to hear that it cannot be used, where it is and what to do.
async fn assert_unusable(path: &Path, reason: &str) {
    let error = answer(&chat_with(path), ask("Hello")).await.err().unwrap();
    assert_eq!(error.kind, ProviderErrorKind::Unavailable);
    for part in [path.to_str().unwrap(), reason, "make models"] {
        assert!(
            error.message.contains(part),
            "{part:?} in {}",
            error.message
        );
    }
}

#[tokio::test]
async fn a_missing_model_is_named_and_found_once_it_is_there() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.gguf");
    assert_unusable(&path, "does not exist").await;

    let chat = chat_with(&path);
    assert!(answer(&chat, ask("Hello")).await.is_err());
    assert!(
        chat.problem()
            .is_some_and(|problem| problem.contains("does not exist"))
    );
    std::os::unix::fs::symlink(model_path(), &path).unwrap();
    assert_eq!(chat.problem(), None);
    assert!(answer(&chat, ask("Hello")).await.is_ok());
}

#[tokio::test]
async fn a_folder_an_empty_file_and_garbage_are_no_models() {
    let directory = tempfile::tempdir().unwrap();
    assert_unusable(directory.path(), "not a file").await;
    let path = directory.path().join("model.gguf");
    for (content, reason) in [
        (Vec::new(), "empty"),
        (b"GG".to_vec(), "not a GGUF model"),
        (vec![0xA5; 1 << 20], "not a GGUF model"),
        (b"<html>Not Found</html>".to_vec(), "not a GGUF model"),
        (b"GGUF\x63\0\0\0".to_vec(), "version 99"),
        (
            [b"GGUF\x03\0\0\0".as_slice(), &[0xFF; 4096]].concat(),
            "damaged",
        ),
        (
            [b"GGUF\x03\0\0\0".as_slice(), &[0; 4096]].concat(),
            "damaged",
        ),
    ] {
        fs::write(&path, content).unwrap();
        assert_unusable(&path, reason).await;
    }
}

#[tokio::test]
async fn a_download_that_stopped_anywhere_is_incomplete() {
    let whole = fs::read(model_path()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.gguf");
    for size in [12, 30, 100_000, whole.len() / 2] {
        fs::write(&path, &whole[..size]).unwrap();
        assert_unusable(&path, "incomplete").await;
    }
    // Cut within the last tensor, which only llama.cpp notices.
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    let chat = chat_with(&path);
    assert_eq!(chat.problem(), None);
    assert!(answer(&chat, ask("Hello")).await.is_err());
    assert!(
        chat.problem()
            .is_some_and(|problem| problem.contains("damaged"))
    );
}
