//! Storing the files on a message, a few at a time. It goes on when the page that shows them is gone.

use super::draft_files::{DraftFile, DraftFiles, FileState, Source};
use crate::{
    api,
    browser::{files::is_readable, upload::upload},
    model::{AppError, AppResult, ErrorKind, file::FileView},
    ui::kit::number::file_size,
};
use futures::future::abortable;
use leptos::{prelude::*, task::spawn_local};

/// Uploads at a time: a browser has six connections to a server, and answers want some of them.
const AT_A_TIME: usize = 3;
/// From here on it is worth a question whether the server takes a file before it is sent there.
const LONG_BYTES: u64 = 1_000_000;

/// Starts as many of those that wait as may be under way.
pub(super) fn start_next(files: &DraftFiles) {
    let all = files.files.get_untracked();
    let is = |file: &DraftFile, is: fn(&FileState) -> bool| file.state.with_untracked(is);
    let underway = all
        .iter()
        .filter(|file| is(file, |state| matches!(state, FileState::Uploading(_))))
        .count();
    all.iter()
        .filter(|file| is(file, |state| *state == FileState::Waiting))
        .take(AT_A_TIME.saturating_sub(underway))
        .for_each(|file| start(files, file));
}

fn start(files: &DraftFiles, file: &DraftFile) {
    let Some(source) = file.source.clone() else {
        return;
    };
    file.state.set(FileState::Uploading(0));
    let (storing, abort) = abortable(store(source, file.state.clone()));
    file.abort.set_value(Some(abort));
    let (files, file) = (files.clone(), file.clone());
    spawn_local(async move {
        match storing.await {
            Ok(Ok(view)) => {
                files.say(format!("{} is attached.", view.name));
                file.state.set(FileState::Stored(view));
                files.keep();
            }
            Ok(Err(error)) => {
                files.say(format!(
                    "{} is not attached. {}",
                    file.name(),
                    error.message
                ));
                file.state.set(FileState::Failed(error));
            }
            // Taken off the message meanwhile.
            Err(_) => {}
        }
        start_next(&files);
    });
}

async fn store(source: Source, state: ArcRwSignal<FileState>) -> AppResult<FileView> {
    if !is_readable(&source.blob).await {
        return Err(AppError::new(
            ErrorKind::Invalid,
            "It cannot be read. A folder cannot be attached; a file that was moved has to be chosen again.",
        ));
    }
    if let Some(limit) = exceeded(source.size_bytes).await {
        return Err(AppError::new(
            ErrorKind::TooLarge,
            format!(
                "It has {}; at most {} are taken.",
                file_size(source.size_bytes),
                file_size(limit)
            ),
        ));
    }
    let told = move |percent| {
        let is_news = state.with_untracked(|state| *state != FileState::Uploading(percent));
        if is_news {
            state.set(FileState::Uploading(percent));
        }
    };
    upload(&source.blob, &source.name, told).await
}

/// The server's limit, when a file is longer. Only of a long one the server is asked; where it does not say, it tells when
/// the file comes.
async fn exceeded(size_bytes: u64) -> Option<u64> {
    if size_bytes < LONG_BYTES {
        return None;
    }
    let page = api::files::list_files(String::new(), 1).await.ok()?;
    (size_bytes > page.upload_limit_bytes).then_some(page.upload_limit_bytes)
}

/// Tries once more what failed.
pub(super) fn retry(files: &DraftFiles, file: &DraftFile) {
    file.state.set(FileState::Waiting);
    start_next(files);
}

/// Takes a file off the message; an upload is broken off.
pub(super) fn remove(files: &DraftFiles, file: &DraftFile) {
    if let Some(abort) = file.abort.get_value() {
        abort.abort();
    }
    files
        .files
        .update(|files| files.retain(|it| it.key != file.key));
    files.say(format!("{} was taken off.", file.name()));
    files.keep();
    start_next(files);
}
