//! The model that answers in this process.

use super::{Environment, Mistake};
use std::path::{Path, PathBuf};

/// Which model file, and how much of the machine it may take.
#[derive(Clone, Debug)]
pub struct LocalConfig {
    /// A GGUF file. Read from `INSPIREAI_LOCAL_MODEL` (a path, or `off`); default the small model in
    /// `INSPIREAI_MODELS_DIR` (default `models` in the data directory).
    pub model_path: PathBuf,
    /// Threads that compute. Read from `INSPIREAI_LOCAL_THREADS`; default half of the cores, so that the server answers while
    /// the model thinks.
    pub threads: Option<usize>,
    /// Answers at the same time. Read from `INSPIREAI_LOCAL_CONCURRENCY`; default 1.
    pub concurrency: usize,
    /// Requests that may wait. Read from `INSPIREAI_LOCAL_QUEUE`; default 32.
    pub queue: usize,
    /// Longest conversation the model is given, in tokens. Read from `INSPIREAI_LOCAL_CONTEXT`; default 4096.
    pub context_tokens: u32,
}

/// The small model's file, as its package names it.
const DEFAULT_MODEL: &str = "SmolLM2-135M-Instruct.Q4_1.gguf";

impl LocalConfig {
    pub(super) fn from_env(
        environment: &Environment,
        data_dir: &Path,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Self> {
        let model_path = match environment.get("INSPIREAI_LOCAL_MODEL") {
            Some("off") => return None,
            Some(path) => PathBuf::from(path),
            None => models_dir(environment, data_dir).join(DEFAULT_MODEL),
        };
        let mut number = |variable, default: usize, example| {
            environment.parse(variable, default, "a number", example, mistakes)
        };
        let threads = number("INSPIREAI_LOCAL_THREADS", 0, "2");
        let concurrency = number("INSPIREAI_LOCAL_CONCURRENCY", 1, "1").max(1);
        let queue = number("INSPIREAI_LOCAL_QUEUE", 32, "32");
        let context = number("INSPIREAI_LOCAL_CONTEXT", 4096, "4096");
        Some(Self {
            model_path,
            threads: (threads > 0).then_some(threads),
            concurrency,
            queue,
            context_tokens: u32::try_from(context.max(512)).unwrap_or(4096),
        })
    }
}

/// Where set-up puts the models.
pub(super) fn models_dir(environment: &Environment, data_dir: &Path) -> PathBuf {
    environment
        .get("INSPIREAI_MODELS_DIR")
        .map_or_else(|| data_dir.join("models"), PathBuf::from)
}
