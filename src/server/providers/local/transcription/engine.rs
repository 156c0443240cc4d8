//! Moonshine in memory: an encoder that hears a segment and a decoder that writes down, token by token, what it heard.
//!
//! The decoder keeps keys and values of what it has written (`past_key_values`): those of the encoder are computed in its first
//! step, those of its own tokens in each.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rten::{Dimension, Model, NodeId, RunOptions, ThreadPool, Value, ValueOrView, ValueView};

use super::segments::RATE;
use super::vocabulary::Vocabulary;
use crate::server::providers::{ProviderError, ProviderErrorKind};

const ENCODER: &str = "encoder_model.onnx";
const DECODER: &str = "decoder_model_merged.onnx";
const TOKENIZER: &str = "tokenizer.json";

const START_TOKEN: i32 = 1;
const END_TOKEN: u32 = 2;
/// Nobody says more in a second; a model that writes more has lost its way. From the model's own description.
const TOKENS_PER_SECOND: f32 = 6.5;
/// Even the shortest segment may hold a word that is spelt out.
const LEAST_TOKENS: usize = 8;
/// Below this the encoder has nothing to convolve: 100 ms.
const LEAST_SAMPLES: usize = RATE as usize / 10;
/// How often a group of tokens may stand in a row, and from how many tokens on that is no stammering any more.
const MOST_REPEATS: usize = 4;
const LEAST_LOOP: usize = 8;
/// Longest group of tokens that is looked for.
const LONGEST_LOOP: usize = 16;

pub struct Engine {
    encoder: Model,
    decoder: Model,
    nodes: Nodes,
    vocabulary: Vocabulary,
    options: RunOptions,
}

/// Inputs and outputs of the two models.
struct Nodes {
    samples: NodeId,
    hidden: NodeId,
    token: NodeId,
    heard: NodeId,
    use_cache: NodeId,
    logits: NodeId,
    caches: Vec<Cache>,
    /// Shape of a cache of nothing.
    empty: [usize; 4],
}

struct Cache {
    past: NodeId,
    present: NodeId,
    is_decoders: bool,
}

impl Engine {
    /// Reads the model's three files, 30 MB. Takes less than a second; run it on a worker thread.
    pub fn load(directory: &Path, threads: usize) -> Result<Self, ProviderError> {
        check(directory)?;
        let damaged = |file: &str| unavailable(directory, &format!("{file} is damaged"));
        let load = |file: &str| Model::load_file(directory.join(file)).map_err(|_| damaged(file));
        let (encoder, decoder) = (load(ENCODER)?, load(DECODER)?);
        let nodes = Nodes::find(&encoder, &decoder).ok_or_else(|| {
            unavailable(directory, "its files are not those of a Moonshine model")
        })?;
        let vocabulary = fs::read(directory.join(TOKENIZER))
            .ok()
            .and_then(|json| Vocabulary::parse(&json).ok())
            .ok_or_else(|| damaged(TOKENIZER))?;
        let mut options = RunOptions::default();
        options.thread_pool = Some(Arc::new(ThreadPool::with_num_threads(threads)));
        Ok(Self {
            encoder,
            decoder,
            nodes,
            vocabulary,
            options,
        })
    }

    /// What is said in at most 25 s of samples; nothing once `is_cancelled` says so.
    pub fn transcribe(
        &self,
        samples: &[f32],
        is_cancelled: impl Fn() -> bool,
    ) -> Result<String, ProviderError> {
        if samples.len() < LEAST_SAMPLES {
            return Ok(String::new());
        }
        let tokens = self
            .tokens(samples, is_cancelled)
            .map_err(|error| {
                tracing::error!(%error, "the local transcription's model failed");
                ProviderError::new(
                    ProviderErrorKind::Unavailable,
                    "The local transcription failed in the middle of the recording. Try again, or choose another model.",
                )
            })?;
        Ok(self.vocabulary.text(&tokens))
    }

    fn tokens(
        &self,
        samples: &[f32],
        is_cancelled: impl Fn() -> bool,
    ) -> Result<Vec<u32>, Box<dyn std::error::Error>> {
        let nodes = &self.nodes;
        let input = ValueView::from_shape([1, samples.len()], samples)?;
        let run = Some(self.options.clone());
        let [heard] =
            self.encoder
                .run_n(vec![(nodes.samples, input.into())], [nodes.hidden], run)?;
        let empty = Value::from_shape(nodes.empty, Vec::<f32>::new())?;
        let mut caches = vec![empty; nodes.caches.len()];
        let mut tokens = Vec::new();
        let mut token = START_TOKEN;
        for _ in 0..most_tokens(samples.len()) {
            if is_cancelled() {
                return Ok(Vec::new());
            }
            let next = self.step(token, tokens.is_empty(), &heard, &mut caches)?;
            if next == END_TOKEN {
                return Ok(tokens);
            }
            tokens.push(next);
            token = i32::try_from(next)?;
        }
        // It found no end, so it may have lost its way; people who say a thing four times come to an end.
        tokens.truncate(without_loop(&tokens).unwrap_or(tokens.len()));
        Ok(tokens)
    }

    /// The token after `token`.
    fn step(
        &self,
        token: i32,
        is_first: bool,
        heard: &Value,
        caches: &mut [Value],
    ) -> Result<u32, Box<dyn std::error::Error>> {
        let nodes = &self.nodes;
        let mut inputs: Vec<(NodeId, ValueOrView<'_>)> = vec![
            (nodes.token, Value::from_shape([1, 1], vec![token])?.into()),
            (nodes.heard, heard.as_view().into()),
            (
                nodes.use_cache,
                Value::from_shape([1], vec![i32::from(!is_first)])?.into(),
            ),
        ];
        for (cache, value) in nodes.caches.iter().zip(&*caches) {
            inputs.push((cache.past, value.as_view().into()));
        }
        // What was heard stays the same, so the encoder's half is taken from the first step only.
        let renewed = |cache: &Cache| is_first || cache.is_decoders;
        let wanted = nodes.caches.iter().filter(|cache| renewed(cache));
        let mut outputs = vec![nodes.logits];
        outputs.extend(wanted.map(|cache| cache.present));
        let run = Some(self.options.clone());
        let mut results = self.decoder.run(inputs, &outputs, run)?.into_iter();
        let logits = results.next().ok_or("no logits")?;
        for (cache, value) in nodes.caches.iter().zip(caches) {
            if renewed(cache) {
                *value = results.next().ok_or("no cache")?;
            }
        }
        let ([_, _, _], logits) = logits.into_shape_vec::<f32, 3>()?;
        let best = logits.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        let (best, _) = best.ok_or("empty logits")?;
        Ok(u32::try_from(best)?)
    }
}

impl Nodes {
    fn find(encoder: &Model, decoder: &Model) -> Option<Self> {
        let mut caches = Vec::new();
        for layer in 0.. {
            if decoder
                .find_node(&format!("past_key_values.{layer}.decoder.key"))
                .is_none()
            {
                break;
            }
            for side in ["decoder", "encoder"] {
                for kind in ["key", "value"] {
                    let name = format!("{layer}.{side}.{kind}");
                    caches.push(Cache {
                        past: decoder.find_node(&format!("past_key_values.{name}"))?,
                        present: decoder.find_node(&format!("present.{name}"))?,
                        is_decoders: side == "decoder",
                    });
                }
            }
        }
        let shape = decoder.node_info(caches.first()?.past)?.shape()?;
        let fixed = |index: usize| match shape.get(index) {
            Some(Dimension::Fixed(size)) => Some(*size),
            _ => None,
        };
        Some(Self {
            samples: encoder.find_node("input_values")?,
            hidden: encoder.find_node("last_hidden_state")?,
            token: decoder.find_node("input_ids")?,
            heard: decoder.find_node("encoder_hidden_states")?,
            use_cache: decoder.find_node("use_cache_branch")?,
            logits: decoder.find_node("logits")?,
            empty: [1, fixed(1)?, 0, fixed(3)?],
            caches,
        })
    }
}

/// Whether the model's files are there, without loading them.
pub fn check(directory: &Path) -> Result<(), ProviderError> {
    for file in [ENCODER, DECODER, TOKENIZER] {
        let size = fs::metadata(directory.join(file)).map(|metadata| metadata.len());
        match size {
            Ok(1..) => {}
            Ok(_) => return Err(unavailable(directory, &format!("{file} is empty"))),
            Err(_) => return Err(unavailable(directory, &format!("{file} is missing"))),
        }
    }
    Ok(())
}

fn unavailable(directory: &Path, reason: &str) -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::Unavailable,
        format!(
            "The local transcription's model in {} cannot be used: {reason}. Run `make models` to fetch it, or set \
             INSPIREAI_LOCAL_TRANSCRIPTION.",
            directory.display()
        ),
    )
}

fn most_tokens(samples: usize) -> usize {
    let seconds = samples as f32 / RATE as f32;
    ((seconds * TOKENS_PER_SECOND) as usize).max(LEAST_TOKENS)
}

/// Where the tokens end in a group that comes again and again: how many of them are worth keeping, which is up to the end of
/// the group's first time.
fn without_loop(tokens: &[u32]) -> Option<usize> {
    (1..=LONGEST_LOOP).find_map(|period| {
        let backwards = tokens.iter().rev();
        let again = backwards.clone().skip(period).zip(backwards);
        let span = period + again.take_while(|(before, after)| before == after).count();
        let is_loop = span >= LEAST_LOOP.max(MOST_REPEATS * period);
        is_loop.then(|| tokens.len() - span + period)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_comes_again_and_again_is_kept_once() {
        let said = [5, 6, 7, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3];
        assert_eq!(without_loop(&said), Some(6));
        assert_eq!(without_loop(&said[..14]), None);
        assert_eq!(without_loop(&[9; 40]), Some(1));
        assert_eq!(without_loop(&[9; 5]), None, "somebody may laugh");
    }

    #[test]
    fn a_model_that_is_not_there_or_not_whole_is_told_with_what_to_do() {
        let directory = tempfile::tempdir().expect("a directory");
        let told = check(directory.path()).expect_err("missing").message;
        assert!(told.contains("encoder_model.onnx is missing") && told.contains("make models"));
        for file in [ENCODER, DECODER, TOKENIZER] {
            fs::write(directory.path().join(file), "nonsense").expect("written");
        }
        check(directory.path()).expect("all there");
        let told = Engine::load(directory.path(), 1).err().expect("damaged");
        assert!(told.message.contains("encoder_model.onnx is damaged"));
    }
}
