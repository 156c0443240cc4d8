//! The voice that speaks in this process.

use super::{Environment, Mistake};
use std::path::{Path, PathBuf};

/// Which voice, and how many may wait for it.
#[derive(Clone, Debug)]
pub struct LocalSpeechConfig {
    /// The voice's ONNX file; what belongs to it lies beside it. Read from `INSPIREAI_LOCAL_SPEECH` (a path, or `off`); default
    /// `hibari/hibari.onnx` in `INSPIREAI_MODELS_DIR` (default `models` in the data directory).
    pub model_path: PathBuf,
    /// Texts that may wait for their first sentence. Read from `INSPIREAI_LOCAL_QUEUE`; default 32.
    pub queue: usize,
}

/// The voice's file, as its package names it.
const DEFAULT_MODEL: &str = "hibari/hibari.onnx";

impl LocalSpeechConfig {
    pub(super) fn from_env(
        environment: &Environment,
        data_dir: &Path,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Self> {
        let models_dir = environment
            .get("INSPIREAI_MODELS_DIR")
            .map_or_else(|| data_dir.join("models"), PathBuf::from);
        let model_path = match environment.get("INSPIREAI_LOCAL_SPEECH") {
            Some("off") => return None,
            Some(path) => PathBuf::from(path),
            None => models_dir.join(DEFAULT_MODEL),
        };
        // A mistake in it is told once, with the model that chats.
        let is_told = environment.get("INSPIREAI_LOCAL_MODEL") != Some("off");
        let mut again = Vec::new();
        let queue = environment.parse(
            "INSPIREAI_LOCAL_QUEUE",
            32,
            "a number",
            "32",
            if is_told { &mut again } else { mistakes },
        );
        Some(Self { model_path, queue })
    }
}
