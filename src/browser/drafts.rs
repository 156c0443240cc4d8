//! What somebody has typed and not sent, kept in the browser until it is sent.

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
