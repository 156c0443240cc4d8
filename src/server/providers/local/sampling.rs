//! From a request's parameters to llama.cpp's chain of samplers.

use llama_cpp_2::sampling::LlamaSampler;

use crate::model::params::Parameters;

/// What the authors of `SmolLM2` recommend; larger models are content with it too.
const DEFAULT_TEMPERATURE: f32 = 0.2;
const DEFAULT_TOP_P: f32 = 0.9;
/// Without one, a model of this size repeats itself before long.
const DEFAULT_REPEAT_PENALTY: f32 = 1.15;
/// How far back the penalties look.
const PENALTY_TOKENS: i32 = 64;

/// The samplers that turn a model's scores into its next token.
pub fn sampler(parameters: &Parameters, vocabulary_size: i32) -> LlamaSampler {
    let temperature = parameters.temperature.unwrap_or(DEFAULT_TEMPERATURE);
    let penalties = LlamaSampler::penalties(
        vocabulary_size,
        PENALTY_TOKENS,
        finite_above_zero(parameters.repeat_penalty).unwrap_or(DEFAULT_REPEAT_PENALTY),
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
