//! The model in memory: loading it, its vocabulary and its chat template.
//!
//! Everything here is shared by the workers and never changes after loading; what a worker keeps
//! for itself is in `session`.

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::model::{LlamaChatMessage, LlamaChatTemplate, LlamaModel};
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::{LogOptions, send_logs_to_tracing};

use super::{gguf, grammar};
use crate::model::settings::OutputFormat;
use crate::server::providers::{ProviderError, ProviderErrorKind, Role};

/// Tokens decoded at a time: between two batches a worker looks whether anyone still waits.
pub const BATCH_TOKENS: u32 = 64;

pub struct Engine {
    model: LlamaModel,
    template: LlamaChatTemplate,
    context_tokens: NonZeroU32,
    threads: i32,
    /// llama.cpp may write to the model while it makes a context, so one is made at a time.
    making_context: Mutex<()>,
}

impl Engine {
    /// Maps the model file. Takes from milliseconds to seconds; run it on a worker thread.
    pub fn load(path: &Path, threads: usize, context_tokens: u32) -> Result<Self, ProviderError> {
        check(path)?;
        let refuse = |reason: &str| unavailable(path, reason);
        let backend = backend().ok_or_else(|| refuse("llama.cpp did not start"))?;
        let model = LlamaModel::load_from_file(backend, path, &LlamaModelParams::default())
            .map_err(|_| refuse("it is damaged, or of a kind that is not supported"))?;
        let template =
            chat_template(&model).ok_or_else(|| refuse("its chat template is not supported"))?;
        let context_tokens = NonZeroU32::new(context_tokens.min(model.n_ctx_train()))
            .ok_or_else(|| refuse("it has no room for any text"))?;
        Ok(Self {
            template,
            context_tokens,
            threads: i32::try_from(threads).unwrap_or(i32::MAX),
            making_context: Mutex::new(()),
            model,
        })
    }

    pub fn context_tokens(&self) -> usize {
        self.context_tokens.get() as usize
    }

    pub fn new_context(&self) -> Result<LlamaContext<'_>, ProviderError> {
        let out_of_memory = || {
            ProviderError::new(
                ProviderErrorKind::Unavailable,
                "The local model could not get the memory it needs. Free some memory, or \
                 choose a smaller model.",
            )
        };
        let params = LlamaContextParams::default()
            .with_n_ctx(Some(self.context_tokens))
            .with_n_batch(BATCH_TOKENS)
            .with_n_ubatch(BATCH_TOKENS)
            .with_n_threads(self.threads)
            .with_n_threads_batch(self.threads)
            .with_no_perf(true);
        let _one_at_a_time = self
            .making_context
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let backend = backend().ok_or_else(out_of_memory)?;
        self.model
            .new_context(backend, params)
            .map_err(|_| out_of_memory())
    }

    /// Tokens of what a person or the model wrote: control tokens spelt out in it stay plain text,
    /// so that nobody can end their turn and speak as the system.
    pub fn tokenize_text(&self, text: &str) -> Vec<LlamaToken> {
        self.model.vocab().tokenize(text.as_bytes(), false, false)
    }

    /// Tokens of the chat template's own words, in which control tokens mean themselves.
    pub fn tokenize_template(&self, text: &str) -> Vec<LlamaToken> {
        self.model.vocab().tokenize(text.as_bytes(), false, true)
    }

    /// The token that opens every text, for models that want one.
    pub fn opening_token(&self) -> Option<LlamaToken> {
        let vocab = self.model.vocab();
        vocab.should_add_bos().then(|| vocab.bos())
    }

    pub fn ends_generation(&self, token: LlamaToken) -> bool {
        self.model.vocab().is_eog(token)
    }

    /// The bytes of one token, perhaps only a part of a character; none for control tokens.
    pub fn token_bytes(&self, token: LlamaToken) -> Vec<u8> {
        self.model.vocab().token_to_piece(token, false, None)
    }

    pub fn vocabulary_size(&self) -> i32 {
        self.model.n_vocab()
    }

    /// The grammar that holds an answer to a shape.
    pub fn grammar(&self, output: &OutputFormat) -> Result<LlamaSampler, ProviderError> {
        let refused = |reason: &str| {
            ProviderError::new(
                ProviderErrorKind::BadRequest,
                format!(
                    "The local model cannot be held to this schema: {reason}. Make the schema simpler, or choose another model."
                ),
            )
        };
        let text = match &output.schema {
            Some(schema) => grammar::of_schema(schema).map_err(|reason| refused(&reason))?,
            None => grammar::any_object(),
        };
        LlamaSampler::grammar(&self.model, &text, "root")
            .map_err(|_| refused("llama.cpp does not take it as a grammar"))
    }

    /// Renders turns with the model's own template, open for the assistant's next words.
    pub fn render<'t>(
        &self,
        turns: impl Iterator<Item = (Role, &'t str)>,
    ) -> Result<String, ProviderError> {
        let refused = || {
            ProviderError::new(
                ProviderErrorKind::Protocol,
                "The local model's chat template cannot hold this conversation.",
            )
        };
        let messages = turns
            .map(|(role, text)| LlamaChatMessage::new(role.as_str().to_owned(), text.to_owned()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| refused())?;
        self.model
            .apply_chat_template(&self.template, &messages, true)
            .map_err(|_| refused())
    }
}

/// Whether this machine can run a model and the file is there and whole, without loading it.
pub fn check(path: &Path) -> Result<(), ProviderError> {
    if !cpu_is_supported() {
        return Err(ProviderError::new(
            ProviderErrorKind::Unavailable,
            "The local model needs a processor with AVX2, which this one lacks. Set \
             INSPIREAI_LOCAL_MODEL=off and add a provider.",
        ));
    }
    gguf::validate(path).map_err(|error| unavailable(path, &error.to_string()))
}

fn unavailable(path: &Path, reason: &str) -> ProviderError {
    ProviderError::new(
        ProviderErrorKind::Unavailable,
        format!(
            "The local model at {} cannot be used: {reason}. Run `make models` to fetch it, or set \
             INSPIREAI_LOCAL_MODEL.",
            path.display()
        ),
    )
}

/// llama.cpp's process-wide state, started once and kept until the process ends.
fn backend() -> Option<&'static LlamaBackend> {
    static BACKEND: OnceLock<Option<LlamaBackend>> = OnceLock::new();
    BACKEND
        .get_or_init(|| {
            send_logs_to_tracing(LogOptions::default());
            LlamaBackend::init().ok()
        })
        .as_ref()
}

/// llama.cpp is compiled for AVX2 on x86-64; without it the first computation would be an illegal
/// instruction, the end of the whole server.
#[cfg(target_arch = "x86_64")]
fn cpu_is_supported() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("fma")
        && std::arch::is_x86_feature_detected!("f16c")
        && std::arch::is_x86_feature_detected!("bmi2")
}

#[cfg(not(target_arch = "x86_64"))]
fn cpu_is_supported() -> bool {
    true
}

/// The template in the model file, or the most common one when llama.cpp does not know it.
fn chat_template(model: &LlamaModel) -> Option<LlamaChatTemplate> {
    let is_known = |template: &LlamaChatTemplate| {
        LlamaChatMessage::new("user".to_owned(), "Hello".to_owned())
            .ok()
            .and_then(|hello| model.apply_chat_template(template, &[hello], true).ok())
            .is_some_and(|rendered| rendered.contains("Hello"))
    };
    let own = model.chat_template(None).ok().filter(is_known);
    own.or_else(|| {
        tracing::warn!("the local model's chat template is missing or unknown; using ChatML");
        LlamaChatTemplate::new("chatml").ok().filter(is_known)
    })
}
