//! What the upstream keeps between requests: files and conversations, what it offers and what it lacks.

use super::record::Recorded;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

/// A file that was uploaded.
#[derive(Clone, Debug)]
pub struct StoredFile {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// What it is said to be.
    pub media_type: String,
    /// How long it is.
    pub size: usize,
    /// Its beginning.
    pub bytes: Vec<u8>,
    /// When it is forgotten, in seconds since 1970.
    pub expires_at: Option<u64>,
}

#[derive(Default)]
pub(super) struct Kept {
    pub(super) requests: Vec<Recorded>,
    pub(super) files: BTreeMap<String, StoredFile>,
    pub(super) conversations: BTreeMap<String, Vec<Value>>,
    /// Paths below the interface's base that are not there.
    pub(super) lacking: Vec<String>,
    /// Models besides the scripted ones.
    pub(super) offered: Vec<String>,
    made: usize,
}

impl Kept {
    /// An id that nothing has yet.
    pub(super) fn next_id(&mut self, prefix: &str) -> String {
        self.made += 1;
        format!("{prefix}{:06}", self.made)
    }
}

/// The same for all requests.
#[derive(Clone, Default)]
pub(super) struct Shelf(Arc<Mutex<Kept>>);

impl Shelf {
    pub(super) fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0
            .lock()
            .expect("no test panics while it holds the shelf")
    }
}
