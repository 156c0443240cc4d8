//! One worker's conversation memory: a context, and the tokens that it has already seen.
//!
//! The next turn of a conversation begins with the tokens of the last one, so only what is new is
//! computed. No policy lives here: what to say and when to stop is decided by `worker`.

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::token::LlamaToken;

use super::engine::{BATCH_TOKENS, Engine};
use super::sampling::Chooser;
use crate::server::providers::{ProviderError, ProviderErrorKind};

/// The one sequence that a worker's context holds.
const SEQUENCE: i32 = 0;

/// Why tokens were not taken in.
pub enum Interruption {
    Cancelled,
    Failed(ProviderError),
}

pub struct Session<'e> {
    context: LlamaContext<'e>,
    batch: LlamaBatch<'static>,
    /// The tokens whose keys and values the context holds, in order from position 0.
    seen: Vec<LlamaToken>,
}

impl<'e> Session<'e> {
    pub fn new(engine: &'e Engine) -> Result<Self, ProviderError> {
        Ok(Self {
            context: engine.new_context()?,
            batch: LlamaBatch::new(BATCH_TOKENS as usize, 1),
            seen: Vec::new(),
        })
    }

    /// Forgets everything, so that the next answer depends on its own request alone.
    pub fn forget(&mut self) {
        self.context.clear_kv_cache();
        self.seen.clear();
    }

    /// Takes in a whole prompt, asking before every batch whether to give up. Returns how many of
    /// its tokens were known from before.
    pub fn read(
        &mut self,
        prompt: &[LlamaToken],
        is_cancelled: impl Fn() -> bool,
    ) -> Result<usize, Interruption> {
        let known = self.keep_common_prefix(prompt);
        for chunk in prompt[known..].chunks(BATCH_TOKENS as usize) {
            if is_cancelled() {
                return Err(Interruption::Cancelled);
            }
            self.decode(chunk).map_err(Interruption::Failed)?;
        }
        Ok(known)
    }

    /// Takes in the token that was just chosen, so that the one after it can be.
    pub fn read_one(&mut self, token: LlamaToken) -> Result<(), ProviderError> {
        self.decode(&[token])
    }

    /// Chooses the token that follows all that was read; none where the answer's shape leaves none.
    pub fn choose(&self, chooser: &mut Chooser) -> Option<LlamaToken> {
        chooser.choose(&self.context, self.batch.n_tokens() - 1)
    }

    /// Keeps what the context shares with `prompt` and clears the rest. The last token is always
    /// computed again: its result chooses the first token of the answer.
    fn keep_common_prefix(&mut self, prompt: &[LlamaToken]) -> usize {
        let same = |(seen, wanted): &(&LlamaToken, &LlamaToken)| seen == wanted;
        let shared = self.seen.iter().zip(prompt).take_while(same).count();
        let known = shared.min(prompt.len().saturating_sub(1));
        if known == self.seen.len() {
            return known;
        }
        let start = u32::try_from(known).ok();
        let is_cleared = self.context.clear_kv_cache_seq(Some(0), start, None);
        if is_cleared != Ok(true) {
            // Recurrent models cannot forget a tail; they start afresh.
            self.forget();
            return 0;
        }
        self.seen.truncate(known);
        known
    }

    fn decode(&mut self, tokens: &[LlamaToken]) -> Result<(), ProviderError> {
        self.try_decode(tokens).map_err(|reason| {
            // Whatever the context holds now is not what `seen` says.
            self.forget();
            tracing::error!(reason, "the local model failed to read tokens");
            ProviderError::new(
                ProviderErrorKind::Protocol,
                "The local model failed while reading the conversation. Try again.",
            )
        })
    }

    fn try_decode(&mut self, tokens: &[LlamaToken]) -> Result<(), String> {
        self.batch.clear();
        for (index, token) in tokens.iter().enumerate() {
            let position =
                i32::try_from(self.seen.len() + index).map_err(|error| error.to_string())?;
            let is_last = index + 1 == tokens.len();
            self.batch
                .add(*token, position, &[SEQUENCE], is_last)
                .map_err(|error| error.to_string())?;
        }
        self.context
            .decode(&mut self.batch)
            .map_err(|error| error.to_string())?;
        self.seen.extend_from_slice(tokens);
        Ok(())
    }
}
