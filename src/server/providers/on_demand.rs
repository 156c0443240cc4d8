//! A model in this process that is loaded when it is first asked for, and shared from then on.

use super::ProviderError;
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

/// The model, once it is loaded. A failure is not kept: its files may be there at the next try.
pub struct OnDemand<T> {
    what: &'static str,
    model: Mutex<Option<Arc<T>>>,
}

impl<T> OnDemand<T> {
    /// A model that is not loaded yet; `what` is what log lines call it.
    #[must_use]
    pub fn new(what: &'static str) -> Self {
        Self {
            what,
            model: Mutex::new(None),
        }
    }

    /// The model. The first to ask loads it from `path` while the others wait.
    ///
    /// # Errors
    /// As `load` fails.
    pub fn get(
        &self,
        path: &Path,
        load: impl FnOnce() -> Result<T, ProviderError>,
    ) -> Result<Arc<T>, ProviderError> {
        let what = self.what;
        let mut model = self.model.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = model.as_ref() {
            return Ok(Arc::clone(model));
        }
        let started = Instant::now();
        let loaded = load().inspect_err(|error| tracing::warn!(%error, "{what} was not loaded"))?;
        tracing::info!(
            path = %path.display(),
            duration_ms = started.elapsed().as_millis(),
            "loaded {what}"
        );
        Ok(Arc::clone(model.insert(Arc::new(loaded))))
    }

    /// Whether it is there.
    pub fn is_loaded(&self) -> bool {
        // While somebody loads it, the lock is taken: that is "not yet".
        self.model.try_lock().is_ok_and(|model| model.is_some())
    }
}
