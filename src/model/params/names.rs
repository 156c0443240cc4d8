//! What parameters and their words are called: by forms, and by people.

use super::{Parameter, ReasoningEffort, Verbosity};

impl Parameter {
    /// All, in the order in which they are shown.
    pub const ALL: [Self; 10] = [
        Self::ReasoningEffort,
        Self::Verbosity,
        Self::Temperature,
        Self::TopP,
        Self::MaxTokens,
        Self::Stop,
        Self::Seed,
        Self::FrequencyPenalty,
        Self::PresencePenalty,
        Self::RepeatPenalty,
    ];

    /// Its name in forms, which is the field's name in [`Parameters`](super::Parameters).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::TopP => "top_p",
            Self::MaxTokens => "max_tokens",
            Self::Seed => "seed",
            Self::RepeatPenalty => "repeat_penalty",
            Self::PresencePenalty => "presence_penalty",
            Self::FrequencyPenalty => "frequency_penalty",
            Self::Stop => "stop",
            Self::ReasoningEffort => "reasoning_effort",
            Self::Verbosity => "verbosity",
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Temperature => "Temperature",
            Self::TopP => "Top P",
            Self::MaxTokens => "Max tokens",
            Self::Seed => "Seed",
            Self::RepeatPenalty => "Repeat penalty",
            Self::PresencePenalty => "Presence penalty",
            Self::FrequencyPenalty => "Frequency penalty",
            Self::Stop => "Stop sequences",
            Self::ReasoningEffort => "Reasoning effort",
            Self::Verbosity => "Verbosity",
        }
    }

    /// What it does, in a few words.
    #[must_use]
    pub fn note(self) -> &'static str {
        match self {
            Self::Temperature => "Low keeps to the likely words, high is bolder.",
            Self::TopP => "Only the likeliest words that make up this share.",
            Self::MaxTokens => "The longest an answer may be; thoughts count.",
            Self::Seed => "The same seed asks for the same answer.",
            Self::RepeatPenalty => "Above 1, words already said become less likely.",
            Self::PresencePenalty => "Above 0, new subjects become likelier.",
            Self::FrequencyPenalty => "Above 0, repeating becomes less likely.",
            Self::Stop => "The answer ends before any of these.",
            Self::ReasoningEffort => "How long it thinks before it answers.",
            Self::Verbosity => "How much it says.",
        }
    }
}

impl ReasoningEffort {
    /// All, least first.
    pub const ALL: [Self; 7] = [
        Self::None,
        Self::Minimal,
        Self::Low,
        Self::Medium,
        Self::High,
        Self::Xhigh,
        Self::Max,
    ];

    /// Its word.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Minimal => "Minimal",
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Xhigh => "Extra high",
            Self::Max => "Maximum",
        }
    }

    /// As forms write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Xhigh => "xhigh",
            Self::Max => "max",
        }
    }
}

impl Verbosity {
    /// All, least first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// Its word.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
        }
    }

    /// As forms write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}
