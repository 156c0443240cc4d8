//! What somebody has typed and not sent, and the files on it, kept in the browser until it is sent.

use crate::model::{file::Attach, ids::TranscriptionId};
use web_sys::Storage;

/// Longest draft that is kept, in UTF-16 units; storage is small and shared.
const MAX_UNITS: u32 = 400_000;

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn key(place: &str) -> String {
    format!("draft:{place}")
}

/// The draft of a place (a conversation's id, or `new`).
#[must_use]
pub fn load(place: &str) -> Option<String> {
    storage()?.get_item(&key(place)).ok().flatten()
}

/// Keeps a draft; an empty one is forgotten. A browser that refuses storage keeps none.
pub fn save(place: &str, text: &str) {
    let Some(storage) = storage() else { return };
    let units = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let _ = if text.is_empty() || units > MAX_UNITS {
        storage.remove_item(&key(place))
    } else {
        storage.set_item(&key(place), text)
    };
}

fn files_key(place: &str) -> String {
    format!("draft-files:{place}")
}

/// The files on the draft of a place, in their order.
#[must_use]
pub fn load_files(place: &str) -> Vec<Attach> {
    let kept = storage().and_then(|storage| storage.get_item(&files_key(place)).ok().flatten());
    kept.and_then(|kept| serde_json::from_slice(kept.as_bytes()).ok())
        .unwrap_or_default()
}

/// Keeps the files on a draft; of none, nothing is kept.
pub fn save_files(place: &str, files: &[Attach]) {
    let Some(storage) = storage() else { return };
    let json = serde_json::to_string(files).unwrap_or_default();
    let _ = if files.is_empty() {
        storage.remove_item(&files_key(place))
    } else {
        storage.set_item(&files_key(place), &json)
    };
}

fn heard_key(place: &str) -> String {
    format!("draft-heard:{place}")
}

/// The recordings whose words went into the draft of a place.
#[must_use]
pub fn load_heard(place: &str) -> Vec<TranscriptionId> {
    let kept = storage().and_then(|storage| storage.get_item(&heard_key(place)).ok().flatten());
    kept.and_then(|kept| serde_json::from_slice(kept.as_bytes()).ok())
        .unwrap_or_default()
}

/// Keeps them; of none, nothing is kept.
pub fn save_heard(place: &str, heard: &[TranscriptionId]) {
    let Some(storage) = storage() else { return };
    let json = serde_json::to_string(heard).unwrap_or_default();
    let _ = if heard.is_empty() {
        storage.remove_item(&heard_key(place))
    } else {
        storage.set_item(&heard_key(place), &json)
    };
}
