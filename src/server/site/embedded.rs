//! The client's files in the program itself, so that it needs nothing beside it.

use crate::server::site::{File, HASHES};
use leptos::config::{LeptosOptions, errors::LeptosConfigError, get_config_from_str};
use rust_embed::Embed;
use std::path::Path;

/// The whole site, as the build left it.
#[derive(Embed)]
#[folder = "target/site"]
struct Files;

/// The files that came with the program.
#[derive(Clone, Debug)]
pub struct Site;

impl Site {
    /// The site, wherever a directory of one might be.
    #[must_use]
    pub fn new(_root: &Path) -> Self {
        Self
    }

    /// What `Leptos.toml` said when the program was built.
    ///
    /// # Errors
    /// When a variable of the environment says what Leptos does not understand.
    pub fn leptos_options(&self) -> Result<LeptosOptions, LeptosConfigError> {
        get_config_from_str(include_str!("../../../Leptos.toml"))
    }

    /// The list of hashes.
    #[must_use]
    pub fn hashes(&self) -> String {
        Files::get(HASHES)
            .map(|file| String::from_utf8_lossy(&file.data).into_owned())
            .unwrap_or_default()
    }

    /// The file at a path below the site's top, if there is one.
    pub async fn find(&self, path: &str) -> Option<File> {
        let file = Files::get(path)?;
        let hash = file.metadata.sha256_hash();
        Some(File {
            content: file.data,
            version: hash[..8].iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }
}
