//! The model's file and what is known of its state.
//!
//! Pages ask on every request whether the model can be used, so the answer is kept until the file
//! changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::engine;
use crate::server::providers::ProviderError;

pub struct ModelFile {
    path: PathBuf,
    known: Mutex<Option<Known>>,
}

struct Known {
    stamp: Stamp,
    result: Result<(), ProviderError>,
}

/// Size and time of the last change, by which a file is known again; `None` while it is missing.
type Stamp = Option<(u64, SystemTime)>;

impl ModelFile {
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            known: Mutex::new(None),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The model's name, as its file has it.
    pub fn name(&self) -> String {
        let name = self.path.file_stem().unwrap_or(self.path.as_os_str());
        name.to_string_lossy().into_owned()
    }

    /// Whether the file can be used, as far as one can tell without loading it, or as the last
    /// try to load it has shown.
    pub fn check(&self) -> Result<(), ProviderError> {
        let stamp = self.stamp();
        let mut known = self.lock();
        if let Some(known) = known.as_ref().filter(|known| known.stamp == stamp) {
            return known.result.clone();
        }
        let result = engine::check(&self.path);
        *known = Some(Known {
            stamp,
            result: result.clone(),
        });
        result
    }

    /// Loads the file and remembers how that went.
    pub fn load<T>(
        &self,
        load: impl FnOnce(&Path) -> Result<T, ProviderError>,
    ) -> Result<T, ProviderError> {
        let stamp = self.stamp();
        let loaded = load(&self.path);
        let result = loaded.as_ref().map(drop).map_err(Clone::clone);
        *self.lock() = Some(Known { stamp, result });
        loaded
    }

    fn stamp(&self) -> Stamp {
        let metadata = fs::metadata(&self.path).ok()?;
        Some((metadata.len(), metadata.modified().ok()?))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
