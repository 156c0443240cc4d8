//! The model that listens in this process.

use super::{Environment, Mistake, SpeechConfig};
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
    /// Largest recording, as [`SpeechConfig`] has it.
    pub max_bytes: u64,
    /// Longest recording, as [`SpeechConfig`] has it.
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
        speech: SpeechConfig,
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
        Some(Self {
            model_dir,
            threads: (threads > 0).then_some(threads),
            queue,
            max_bytes: speech.max_recording_bytes,
            max_duration: speech.max_recording,
            spool_dir: data_dir.join("recordings"),
        })
    }
}
