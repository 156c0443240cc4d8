//! The model that listens in this process.

use super::{Environment, Mistake};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// Which model, and how much it may be given.
#[derive(Clone, Debug)]
pub struct LocalTranscriptionConfig {
    /// A directory with a Moonshine model: `encoder_model.onnx`, `decoder_model_merged.onnx`, `tokenizer.json`. Read from
    /// `INSPIREAI_LOCAL_TRANSCRIPTION` (a path, or `off`); default `moonshine-tiny` in `INSPIREAI_MODELS_DIR`.
    pub model_dir: PathBuf,
    /// Threads that compute. Read from `INSPIREAI_LOCAL_THREADS`; default half of the cores.
    pub threads: Option<usize>,
    /// Recordings that may wait. Read from `INSPIREAI_LOCAL_QUEUE`; default 32.
    pub queue: usize,
    /// Largest recording. Read from `INSPIREAI_TRANSCRIPTION_MAX_MB`; default 200 MB.
    pub max_bytes: u64,
    /// Longest recording. Read from `INSPIREAI_TRANSCRIPTION_MAX_MINUTES`; default an hour.
    pub max_duration: Duration,
    /// Where recordings lie while they are listened to: `recordings` in the data directory.
    pub spool_dir: PathBuf,
}

/// The model's directory, as `.ci/setup-models` makes it.
const DEFAULT_MODEL: &str = "moonshine-tiny";

impl LocalTranscriptionConfig {
    pub(super) fn from_env(
        environment: &Environment,
        data_dir: &Path,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Self> {
        let model_dir = match environment.get("INSPIREAI_LOCAL_TRANSCRIPTION") {
            Some("off") => return None,
            Some(path) => PathBuf::from(path),
            None => super::local::models_dir(environment, data_dir).join(DEFAULT_MODEL),
        };
        // What is wrong with the numbers that the local chat has too is told there.
        let mut known = Vec::new();
        let threads = environment.parse("INSPIREAI_LOCAL_THREADS", 0, "a number", "2", &mut known);
        let queue = environment.parse("INSPIREAI_LOCAL_QUEUE", 32, "a number", "32", &mut known);
        if environment.get("INSPIREAI_LOCAL_MODEL") == Some("off") {
            mistakes.append(&mut known);
        }
        let mut number = |variable, default: u64, example| {
            environment
                .parse(variable, default, "a number", example, mistakes)
                .max(1)
        };
        let max_mb = number("INSPIREAI_TRANSCRIPTION_MAX_MB", 200, "200");
        let max_minutes = number("INSPIREAI_TRANSCRIPTION_MAX_MINUTES", 60, "60");
        Some(Self {
            model_dir,
            threads: (threads > 0).then_some(threads),
            queue,
            max_bytes: max_mb.saturating_mul(1_000_000),
            // A day is more than anybody means, and sums stay far from overflowing.
            max_duration: Duration::from_secs(max_minutes.min(24 * 60) * 60),
            spool_dir: data_dir.join("recordings"),
        })
    }
}
