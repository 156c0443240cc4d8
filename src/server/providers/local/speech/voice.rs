//! The models in memory: from a sentence to sounds, from sounds to samples.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rten::{Model, NodeId, RunOptions, ThreadPool, Value, ValueOrView};

use super::sounds::Sounds;
use super::unknown_words::UnknownWords;
use super::vocoder::{BINS, Spectrum, Vocoder};
use crate::server::providers::{ProviderError, ProviderErrorKind};

/// Most sounds that the model takes at once: it has seen no longer sentences.
pub const MAX_SOUNDS: usize = 400;

/// Where everything is that the voice is made of.
pub struct VoiceFiles {
    /// The voice itself.
    pub model: PathBuf,
    /// What reads words that are in no dictionary.
    pub unknown_words: PathBuf,
    /// The letters and sounds that it knows.
    pub letters: PathBuf,
    /// The numbers of the voice's sounds.
    pub vocabulary: PathBuf,
}

impl VoiceFiles {
    /// The files beside a voice, as its package names them.
    pub fn beside(model: PathBuf) -> Self {
        Self {
            unknown_words: model.with_file_name("oov.onnx"),
            letters: model.with_file_name("oov.json"),
            vocabulary: model.with_file_name("vocab.json"),
            model,
        }
    }

    /// Whether they are there.
    pub fn check(&self) -> Result<(), ProviderError> {
        let files = [
            &self.model,
            &self.unknown_words,
            &self.letters,
            &self.vocabulary,
        ];
        let missing = files.iter().find(|file| !file.is_file());
        missing.map_or(Ok(()), |file| Err(unusable(file, "the file is missing")))
    }
}

pub struct Voice {
    model: Model,
    inputs: [NodeId; 2],
    outputs: [NodeId; 6],
    vocabulary: HashMap<char, i32>,
    sounds: Sounds,
    vocoder: Vocoder,
    /// One thread: it computes a hundred times faster than one speaks, and others use the machine too.
    threads: Arc<ThreadPool>,
}

impl Voice {
    /// Loads everything. Takes about a second; run it where that holds nobody up.
    pub fn load(files: &VoiceFiles) -> Result<Self, ProviderError> {
        files.check()?;
        let threads = Arc::new(ThreadPool::with_num_threads(1));
        let model = load_model(&files.model)?;
        let node = |name: &str| {
            model
                .node_id(name)
                .map_err(|_| unusable(&files.model, "it is no voice of this kind"))
        };
        let inputs = [node("ids")?, node("speed")?];
        let outputs = [
            node("lh")?,
            node("theta")?,
            node("ln")?,
            node("lr")?,
            node("phi")?,
            node("f0")?,
        ];
        let numbers: HashMap<String, i32> = read_json(&files.vocabulary)?;
        let vocabulary = numbers
            .into_iter()
            .filter_map(|(sound, number)| Some((single(&sound)?, number)));
        let unknown_words = UnknownWords::new(
            load_model(&files.unknown_words)?,
            read_json(&files.letters)?,
            Arc::clone(&threads),
        );
        let unknown_words = unknown_words
            .ok_or_else(|| unusable(&files.unknown_words, "it does not read words"))?;
        Ok(Self {
            inputs,
            outputs,
            vocabulary: vocabulary.collect(),
            sounds: Sounds::new(unknown_words),
            vocoder: Vocoder::new(),
            threads,
            model,
        })
    }

    /// How a sentence sounds, in the voice's alphabet.
    pub fn read(&self, sentence: &str) -> String {
        self.sounds.of(sentence)
    }

    /// Samples of sounds; none where there is nothing to hear.
    pub fn say(&self, sounds: &str, speed: f32) -> Result<Vec<f32>, ProviderError> {
        let known = sounds
            .chars()
            .filter_map(|sound| self.vocabulary.get(&sound).copied());
        let mut ids = vec![0];
        ids.extend(known);
        ids.push(0);
        if ids.len() < 3 {
            return Ok(Vec::new());
        }
        self.spectrum(ids, speed)
            .map(|spectrum| self.vocoder.samples(&spectrum))
            .map_err(|reason| {
                tracing::error!(%reason, "the local voice could not say a sentence");
                ProviderError::new(
                    ProviderErrorKind::Protocol,
                    "The local voice could not say a sentence of this text. Word it differently, or choose another speech model.",
                )
            })
    }

    fn spectrum(&self, ids: Vec<i32>, speed: f32) -> Result<Spectrum, String> {
        let ids = Value::from_shape([1, ids.len()], ids).map_err(|error| error.to_string())?;
        let speed = Value::from_shape([1], vec![speed]).map_err(|error| error.to_string())?;
        let [ids_input, speed_input] = self.inputs;
        let inputs: Vec<(NodeId, ValueOrView<'_>)> =
            vec![(ids_input, ids.into()), (speed_input, speed.into())];
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.threads)));
        let outputs = self.model.run_n(inputs, self.outputs, Some(options));
        let [lh, theta, ln, lr, phi, f0] = outputs.map_err(|error| error.to_string())?;
        let part = |value: Value| {
            let (shape, numbers) = value
                .into_shape_vec::<f32, 3>()
                .map_err(|error| error.to_string())?;
            match shape {
                [1, BINS, _] => Ok(numbers),
                _ => Err(format!("a part of the spectrum has the shape {shape:?}")),
            }
        };
        let (_, f0) = f0
            .into_shape_vec::<f32, 2>()
            .map_err(|error| error.to_string())?;
        Ok(Spectrum {
            frames: f0.len(),
            lh: part(lh)?,
            theta: part(theta)?,
            ln: part(ln)?,
            lr: part(lr)?,
            phi: part(phi)?,
            f0,
        })
    }
}

fn load_model(path: &Path) -> Result<Model, ProviderError> {
    Model::load_file(path).map_err(|error| {
        tracing::warn!(%error, path = %path.display(), "a model could not be loaded");
        unusable(path, "it is damaged, or of a kind that is not supported")
    })
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, ProviderError> {
    let text = std::fs::read(path).map_err(|error| unusable(path, &error.to_string()))?;
    serde_json::from_slice(&text).map_err(|_| unusable(path, "it is damaged"))
}

/// The character of a text that is one.
pub fn single(text: &str) -> Option<char> {
    let mut characters = text.chars();
    characters.next().filter(|_| characters.next().is_none())
}

fn unusable(path: &Path, reason: &str) -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::Unavailable,
        format!(
            "The local voice at {} cannot be used: {reason}. Run `make models` to fetch it, or set INSPIREAI_LOCAL_SPEECH.",
            path.display()
        ),
    )
}
