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

/// What is answered instead, so often.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) path: String,
    pub(super) status: u16,
    pub(super) times: usize,
}

/// How samples of speech come.
#[derive(Clone, Copy, Debug, Default)]
pub struct SpeechScript {
    /// Milliseconds before each piece, which are a tenth of a second.
    pub piece_ms: u64,
    /// After how many pieces the connection breaks.
    pub die_after: Option<usize>,
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
    pub(super) refusals: Vec<Refusal>,
    pub(super) speech: SpeechScript,
    /// The words in every recording; its name and its size where nothing is set.
    pub(super) heard: Option<String>,
    /// Texts that are being said just now, and the most that were at once.
    pub(super) speaking: (usize, usize),
    /// The same for recordings that are being heard.
    pub(super) listening: (usize, usize),
    made: usize,
}

impl Kept {
    /// The status that a path is refused with this time.
    pub(super) fn refusal(&mut self, path: &str) -> Option<u16> {
        let found = self.refusals.iter_mut();
        let mut found = found.filter(|refusal| path.ends_with(&refusal.path));
        let refusal = found.find(|refusal| refusal.times > 0)?;
        refusal.times -= 1;
        Some(refusal.status)
    }

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
