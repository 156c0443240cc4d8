//! Files on their way to the server, one after the other.

use crate::{browser::upload::upload, model::AppError, ui::kit::number::file_size};
use futures::future::{AbortHandle, abortable};
use leptos::{__reexports::send_wrapper::SendWrapper, prelude::*, task::spawn_local};
use std::collections::VecDeque;
use web_sys::File;

/// The uploads of a page.
#[derive(Clone, Copy)]
pub(super) struct Uploads {
    /// Those that are shown: waiting, on their way, failed.
    pub(super) rows: RwSignal<Vec<UploadState>>,
    /// Files that wait for their turn; only a browser has any.
    waiting: StoredValue<VecDeque<(u32, SendWrapper<File>)>>,
    is_sending: StoredValue<bool>,
    last_key: StoredValue<u32>,
    stored: RwSignal<usize>,
}

/// One upload.
#[derive(Clone, Copy)]
pub(super) struct UploadState {
    /// Tells it from the others.
    pub(super) key: u32,
    /// What the file is called.
    pub(super) name: StoredValue<String>,
    /// How far it is, in percent; none while it waits.
    pub(super) percent: RwSignal<Option<u8>>,
    /// Why it failed.
    pub(super) problem: RwSignal<Option<AppError>>,
    cancel: StoredValue<Option<AbortHandle>>,
}

impl Uploads {
    /// None yet.
    pub(super) fn new() -> Self {
        Self {
            rows: RwSignal::new(Vec::new()),
            waiting: StoredValue::new(VecDeque::new()),
            is_sending: StoredValue::new(false),
            last_key: StoredValue::new(0),
            stored: RwSignal::new(0),
        }
    }

    /// How many were stored since the page was opened.
    pub(super) fn stored(&self) -> usize {
        self.stored.get()
    }

    /// Adds files to those that wait. One that is too large is not even sent.
    pub(super) fn add(self, files: Vec<File>, limit_bytes: u64) {
        for file in files {
            let key = self.last_key.get_value() + 1;
            self.last_key.set_value(key);
            let state = UploadState {
                key,
                name: StoredValue::new(file.name()),
                percent: RwSignal::new(None),
                problem: RwSignal::new(None),
                cancel: StoredValue::new(None),
            };
            self.rows.update(|rows| rows.push(state));
            if size(&file) > limit_bytes {
                state
                    .problem
                    .set(Some(too_large(&file.name(), limit_bytes)));
                continue;
            }
            self.waiting
                .update_value(|waiting| waiting.push_back((key, SendWrapper::new(file))));
        }
        self.send_next();
    }

    /// Sends the next file that waits, unless one is on its way.
    fn send_next(self) {
        if self.is_sending.try_get_value() != Some(false) {
            return;
        }
        let Some((state, file)) = self.next() else {
            return;
        };
        self.is_sending.set_value(true);
        state.percent.set(Some(0));
        let percent = state.percent;
        let name = file.name();
        let sending = async move {
            upload(&file, &name, move |done| {
                percent.try_set(Some(done));
            })
            .await
        };
        let (sending, cancel) = abortable(sending);
        state.cancel.set_value(Some(cancel));
        spawn_local(async move {
            match sending.await {
                Ok(Ok(_)) => {
                    self.remove(state.key);
                    let _ = self.stored.try_update(|stored| *stored += 1);
                }
                Ok(Err(error)) => {
                    state.problem.try_set(Some(error));
                }
                // Cancelled: its row is gone already.
                Err(_) => {}
            }
            // The page may be gone meanwhile.
            if self.is_sending.try_set_value(false).is_none() {
                self.send_next();
            }
        });
    }

    fn next(self) -> Option<(UploadState, File)> {
        loop {
            let next = self.waiting.try_update_value(VecDeque::pop_front)?;
            let (key, file) = next?;
            // One whose row was removed is not sent.
            let state = self
                .rows
                .with_untracked(|rows| rows.iter().find(|row| row.key == key).copied());
            if let Some(state) = state {
                return Some((state, file.take()));
            }
        }
    }

    /// Breaks one off, or takes a failed one away.
    pub(super) fn remove(self, key: u32) {
        let _ = self.rows.try_update(|rows| {
            if let Some(row) = rows.iter().find(|row| row.key == key)
                && let Some(Some(cancel)) = row.cancel.try_get_value()
            {
                cancel.abort();
            }
            rows.retain(|row| row.key != key);
        });
    }
}

/// Browsers count in fractions, of whole bytes.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a length, far below 2^53"
)]
fn size(file: &File) -> u64 {
    file.size() as u64
}

fn too_large(name: &str, limit_bytes: u64) -> AppError {
    AppError::new(
        crate::model::ErrorKind::TooLarge,
        format!(
            "{name} is larger than {}, the most that one file may have here. Upload a smaller one.",
            file_size(limit_bytes)
        ),
    )
}
