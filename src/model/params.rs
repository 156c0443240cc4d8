//! What a person may set for an answer. `None` means: as the provider does it.

mod names;
mod range;
mod values;

pub use range::{MAX_SEED, Range};
use serde::{Deserialize, Serialize};
pub use values::{MAX_STOP_CHARS, MAX_STOPS};

/// Sampling, length and thinking of one generation, named as the field names them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parameters {
    /// Randomness, 0 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f32>,
    /// Nucleus sampling, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f32>,
    /// Longest answer, in tokens; for a model that thinks, its thoughts are among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// The same seed asks for the same answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Divides the odds of tokens already said (local models); 1 is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat_penalty: Option<f32>,
    /// -2 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f32>,
    /// -2 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<f32>,
    /// Texts that end the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
    /// How much it thinks before it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_effort: Option<ReasoningEffort>,
    /// How long-winded it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verbosity: Option<Verbosity>,
}

/// How much a model thinks before it answers. Which of them a model knows is data of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasoningEffort {
    /// Not at all.
    None,
    /// Next to nothing.
    Minimal,
    /// A little.
    Low,
    /// As most questions need.
    Medium,
    /// Long.
    High,
    /// Longer than most questions deserve.
    Xhigh,
    /// As long as it can.
    Max,
}

/// How long-winded an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verbosity {
    /// Short.
    Low,
    /// As usual.
    Medium,
    /// At length.
    High,
}

/// The name of one parameter: what a model supports is a list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parameter {
    /// [`Parameters::temperature`].
    Temperature,
    /// [`Parameters::top_p`].
    TopP,
    /// [`Parameters::max_tokens`].
    MaxTokens,
    /// [`Parameters::seed`].
    Seed,
    /// [`Parameters::repeat_penalty`].
    RepeatPenalty,
    /// [`Parameters::presence_penalty`].
    PresencePenalty,
    /// [`Parameters::frequency_penalty`].
    FrequencyPenalty,
    /// [`Parameters::stop`].
    Stop,
    /// [`Parameters::reasoning_effort`].
    ReasoningEffort,
    /// [`Parameters::verbosity`].
    Verbosity,
}

impl Parameters {
    /// These, where they are set; those of `under` elsewhere.
    #[must_use]
    pub fn over(self, under: &Self) -> Self {
        Self {
            temperature: self.temperature.or(under.temperature),
            top_p: self.top_p.or(under.top_p),
            max_tokens: self.max_tokens.or(under.max_tokens),
            seed: self.seed.or(under.seed),
            repeat_penalty: self.repeat_penalty.or(under.repeat_penalty),
            presence_penalty: self.presence_penalty.or(under.presence_penalty),
            frequency_penalty: self.frequency_penalty.or(under.frequency_penalty),
            stop: if self.stop.is_empty() {
                under.stop.clone()
            } else {
                self.stop
            },
            reasoning_effort: self.reasoning_effort.or(under.reasoning_effort),
            verbosity: self.verbosity.or(under.verbosity),
        }
    }

    /// Only what is in `supported`: a provider is never sent what its model does not take.
    #[must_use]
    pub fn only(mut self, supported: &[Parameter]) -> Self {
        let has = |parameter| supported.contains(&parameter);
        self.temperature = self.temperature.filter(|_| has(Parameter::Temperature));
        self.top_p = self.top_p.filter(|_| has(Parameter::TopP));
        self.max_tokens = self.max_tokens.filter(|_| has(Parameter::MaxTokens));
        self.seed = self.seed.filter(|_| has(Parameter::Seed));
        self.repeat_penalty = self
            .repeat_penalty
            .filter(|_| has(Parameter::RepeatPenalty));
        self.presence_penalty = self
            .presence_penalty
            .filter(|_| has(Parameter::PresencePenalty));
        self.frequency_penalty = self
            .frequency_penalty
            .filter(|_| has(Parameter::FrequencyPenalty));
        if !has(Parameter::Stop) {
            self.stop.clear();
        }
        self.reasoning_effort = self
            .reasoning_effort
            .filter(|_| has(Parameter::ReasoningEffort));
        self.verbosity = self.verbosity.filter(|_| has(Parameter::Verbosity));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_set_wins_and_what_a_model_does_not_take_is_left_out() {
        let tool = Parameters {
            temperature: Some(0.2),
            max_tokens: Some(100),
            ..Parameters::default()
        };
        let person = Parameters {
            temperature: Some(1.0),
            verbosity: Some(Verbosity::Low),
            ..Parameters::default()
        };
        let both = person.over(&tool);
        assert_eq!((both.temperature, both.max_tokens), (Some(1.0), Some(100)));
        let sent = both.only(&[Parameter::MaxTokens]);
        let expected = Parameters {
            max_tokens: Some(100),
            ..Parameters::default()
        };
        assert_eq!(sent, expected);
    }
}
