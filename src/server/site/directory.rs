//! The client's files where the build leaves them: in a directory.

use crate::server::site::{File, HASHES};
use leptos::config::{LeptosOptions, errors::LeptosConfigError, get_configuration};
use std::{
    borrow::Cow,
    path::{Component, Path},
    sync::Arc,
    time::UNIX_EPOCH,
};

/// A directory of the client's files. It is read for each request, so what a build replaces is served at once.
#[derive(Clone, Debug)]
pub struct Site {
    root: Arc<Path>,
}

impl Site {
    /// The site in a directory.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self { root: root.into() }
    }

    /// What `Leptos.toml` in the working directory says.
    ///
    /// # Errors
    /// When it is missing or not understood.
    pub fn leptos_options(&self) -> Result<LeptosOptions, LeptosConfigError> {
        Ok(get_configuration(Some("Leptos.toml"))?.leptos_options)
    }

    /// The list of hashes, empty where there is none. cargo-leptos leaves it beside the program.
    #[must_use]
    pub fn hashes(&self) -> String {
        let beside_program = std::env::current_exe().map(|program| program.with_file_name(HASHES));
        [Ok(self.root.join(HASHES)), beside_program]
            .into_iter()
            .flatten()
            .find_map(|path| std::fs::read_to_string(path).ok())
            .unwrap_or_default()
    }

    /// The file at a path below the site's top, if there is one.
    pub async fn find(&self, path: &str) -> Option<File> {
        let mut parts = Path::new(path).components();
        if !parts.all(|part| matches!(part, Component::Normal(_))) {
            return None;
        }
        let path = self.root.join(path);
        let known = tokio::fs::metadata(&path).await.ok()?;
        if !known.is_file() {
            return None;
        }
        let age = known.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(File {
            content: Cow::Owned(tokio::fs::read(&path).await.ok()?),
            version: format!("{:x}-{:x}", age.as_nanos(), known.len()),
        })
    }
}
