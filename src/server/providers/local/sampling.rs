//! How the next token is chosen: from a request's parameters to llama.cpp's chain of samplers, inside of a grammar where the
//! answer must have a shape.

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::token::data::LlamaTokenData;
use llama_cpp_2::token::data_array::LlamaTokenDataArray;

use crate::model::params::Parameters;

/// What the authors of `SmolLM2` recommend; larger models are content with it too.
const DEFAULT_TEMPERATURE: f32 = 0.2;
const DEFAULT_TOP_P: f32 = 0.9;
/// Without one, a model of this size repeats itself before long.
const DEFAULT_REPEAT_PENALTY: f32 = 1.15;
/// The same inside of JSON, whose quotes and braces have to come again.
const SHAPED_REPEAT_PENALTY: f32 = 1.03;
/// How far back the penalties look.
const PENALTY_TOKENS: i32 = 64;

/// Chooses tokens.
pub struct Chooser {
    chain: LlamaSampler,
    /// What may be said at all. llama.cpp ends the process when it is given a token that its grammar refuses, so each is
    /// looked at first.
    grammar: Option<LlamaSampler>,
}

impl Chooser {
    /// The samplers that the parameters ask for.
    pub fn new(
        parameters: &Parameters,
        vocabulary_size: i32,
        grammar: Option<LlamaSampler>,
    ) -> Self {
        let penalty = match grammar {
            Some(_) => SHAPED_REPEAT_PENALTY,
            None => DEFAULT_REPEAT_PENALTY,
        };
        Self {
            chain: chain(parameters, vocabulary_size, penalty),
            grammar,
        }
    }

    /// Takes in what the answer has said so far; false where that does not have the shape.
    pub fn take_in(&mut self, begun: &[LlamaToken]) -> bool {
        for token in begun {
            if !self.allows(*token) {
                return false;
            }
            self.accept(*token);
        }
        true
    }

    /// The token that follows what the context read last; none where the shape leaves none.
    pub fn choose(&mut self, context: &LlamaContext<'_>, index: i32) -> Option<LlamaToken> {
        if self.grammar.is_none() {
            return Some(self.chain.sample(context, index));
        }
        // Most often the model keeps to the shape by itself; only else all its words are held against the grammar, which
        // takes long.
        let mut candidates = context.token_data_array_ith(index);
        candidates.apply_sampler(&mut self.chain);
        let mut token = candidates.selected_token()?;
        if !self.allows(token) {
            let mut candidates = context.token_data_array_ith(index);
            candidates.apply_sampler(self.grammar.as_mut()?);
            candidates
                .data
                .retain(|candidate| candidate.logit().is_finite());
            if candidates.data.is_empty() {
                return None;
            }
            candidates.apply_sampler(&mut self.chain);
            token = candidates.selected_token()?;
            if !self.allows(token) {
                return None;
            }
        }
        self.accept(token);
        Some(token)
    }

    fn allows(&mut self, token: LlamaToken) -> bool {
        let Some(grammar) = &mut self.grammar else {
            return true;
        };
        let mut candidates =
            LlamaTokenDataArray::new(vec![LlamaTokenData::new(token, 1.0, 0.0)], false);
        candidates.apply_sampler(grammar);
        candidates
            .data
            .iter()
            .all(|candidate| candidate.logit().is_finite())
    }

    fn accept(&mut self, token: LlamaToken) {
        self.chain.accept(token);
        if let Some(grammar) = &mut self.grammar {
            grammar.accept(token);
        }
    }
}

/// The samplers that turn a model's scores into its next token.
fn chain(parameters: &Parameters, vocabulary_size: i32, repeat_penalty: f32) -> LlamaSampler {
    let temperature = parameters.temperature.unwrap_or(DEFAULT_TEMPERATURE);
    let penalties = LlamaSampler::penalties(
        vocabulary_size,
        PENALTY_TOKENS,
        finite_above_zero(parameters.repeat_penalty).unwrap_or(repeat_penalty),
        finite(parameters.frequency_penalty).unwrap_or(0.0),
        finite(parameters.presence_penalty).unwrap_or(0.0),
    );
    // NaN is no temperature either, so this asks for "above", not for "at most".
    let is_random = temperature > 0.0;
    if !is_random {
        return LlamaSampler::chain([penalties, LlamaSampler::greedy()], true);
    }
    let top_p = finite(parameters.top_p).unwrap_or(DEFAULT_TOP_P);
    LlamaSampler::chain(
        [
            penalties,
            LlamaSampler::top_p(top_p, 1),
            LlamaSampler::temp(temperature),
            LlamaSampler::dist(parameters.seed.map_or(RANDOM_SEED, narrow_seed)),
        ],
        true,
    )
}

/// llama.cpp's own word for "choose a seed".
const RANDOM_SEED: u32 = u32::MAX;

/// Different seeds below 2^32 - 1 stay different, and none means "random".
fn narrow_seed(seed: u64) -> u32 {
    u32::try_from(seed % u64::from(RANDOM_SEED)).unwrap_or_default()
}

fn finite(value: Option<f32>) -> Option<f32> {
    value.filter(|value| value.is_finite())
}

fn finite_above_zero(value: Option<f32>) -> Option<f32> {
    finite(value).filter(|value| *value > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_seed_that_a_user_gives_means_random() {
        assert_eq!(narrow_seed(7), 7);
        assert_ne!(narrow_seed(u64::from(u32::MAX)), RANDOM_SEED);
        assert_ne!(narrow_seed(u64::MAX), RANDOM_SEED);
    }
}
