//! What each parameter may be, so that the panel, the forms and the server agree: names, ranges, and how a number is read.

use super::{Parameter, Parameters, ReasoningEffort, Verbosity};
use crate::model::{AppError, AppResult, catalog::ModelFeatures};

/// Most texts that may end an answer; OpenAI takes as many.
pub const MAX_STOPS: usize = 4;
/// Longest of them, in characters.
pub const MAX_STOP_CHARS: usize = 64;
/// Largest seed: what every reader of JSON takes exactly, 2^53 - 1.
pub const MAX_SEED: u64 = (1 << 53) - 1;
/// Longest answer that may be asked for of a model of which no limit is known, in tokens.
const MAX_TOKENS: u32 = 1_000_000;

/// What a number may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// At least.
    pub min: f64,
    /// At most.
    pub max: f64,
    /// From one to the next; 1 for whole numbers.
    pub step: f64,
}

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

    /// Its name in forms, which is the field's name in [`Parameters`].
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

    /// What its number may be; `None` for what is no number. Where the model tells its longest answer, that is the limit.
    #[must_use]
    pub fn range(self, features: Option<&ModelFeatures>) -> Option<Range> {
        let range = |min, max, step| Some(Range { min, max, step });
        match self {
            Self::Temperature => range(0.0, 2.0, 0.1),
            Self::TopP => range(0.0, 1.0, 0.05),
            Self::MaxTokens => {
                let told = features.and_then(|f| f.max_output_tokens.or(f.context_tokens));
                range(1.0, f64::from(told.unwrap_or(MAX_TOKENS)), 1.0)
            }
            #[expect(clippy::cast_precision_loss, reason = "it is chosen to be exact")]
            Self::Seed => range(0.0, MAX_SEED as f64, 1.0),
            Self::RepeatPenalty => range(0.5, 2.0, 0.05),
            Self::PresencePenalty | Self::FrequencyPenalty => range(-2.0, 2.0, 0.1),
            Self::Stop | Self::ReasoningEffort | Self::Verbosity => None,
        }
    }

    /// The number that changes nothing, as most providers have it: where a slider stands while nothing is set.
    #[must_use]
    pub fn neutral(self, features: Option<&ModelFeatures>) -> Option<f64> {
        match self {
            Self::Temperature | Self::TopP | Self::RepeatPenalty => Some(1.0),
            Self::PresencePenalty | Self::FrequencyPenalty => Some(0.0),
            Self::MaxTokens => self.range(features).map(|range| range.max),
            Self::Seed | Self::Stop | Self::ReasoningEffort | Self::Verbosity => None,
        }
    }

    /// The number that somebody wrote; nothing written is `None`.
    ///
    /// # Errors
    /// A sentence about the field of its name.
    pub fn parse(self, text: &str, features: Option<&ModelFeatures>) -> AppResult<Option<f64>> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let number = decimal(text).ok_or_else(|| self.out_of_range(features))?;
        self.check(number, features).map(|()| Some(number))
    }

    /// Whether a number may be this.
    ///
    /// # Errors
    /// A sentence about the field of its name.
    pub fn check(self, number: f64, features: Option<&ModelFeatures>) -> AppResult<()> {
        let is_fine = self.range(features).is_none_or(|range| {
            // Single precision, which parameters are kept in, is this far off at most.
            let slack = if range.step < 1.0 { 1e-6 } else { 0.0 };
            number >= range.min - slack
                && number <= range.max + slack
                && (range.step < 1.0 || number.fract() == 0.0)
        });
        if is_fine {
            Ok(())
        } else {
            Err(self.out_of_range(features))
        }
    }

    fn out_of_range(self, features: Option<&ModelFeatures>) -> AppError {
        let words = match self.range(features) {
            Some(range) => {
                let kind = if range.step < 1.0 {
                    "number"
                } else {
                    "whole number"
                };
                // The limits have one decimal at most.
                #[expect(clippy::cast_possible_truncation, reason = "limits are small or whole")]
                let shown = |limit: f64| {
                    let tenths = (limit * 10.0) as i64;
                    match tenths % 10 {
                        0 => (tenths / 10).to_string(),
                        rest => format!("{}.{}", tenths / 10, rest.abs()),
                    }
                };
                format!(
                    "{} is a {kind} from {} to {}.",
                    self.label(),
                    shown(range.min),
                    shown(range.max)
                )
            }
            None => format!("{} cannot be this.", self.label()),
        };
        AppError::field(self.name(), words)
    }
}

/// A number written with digits, at most one sign and one point (or comma), and four decimals at most. It is read by hand:
/// the standard library's reader of fractions is larger than the panel that needs it.
fn decimal(text: &str) -> Option<f64> {
    let (is_negative, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, decimals) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let is_plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && decimals.is_empty())
        || whole.len() > 16
        || decimals.len() > 4
        || !is_plain(whole)
        || !is_plain(decimals)
    {
        return None;
    }
    let value = |part: &str| {
        part.bytes()
            .fold(0.0, |value, digit| value * 10.0 + f64::from(digit - b'0'))
    };
    let scale = [1.0, 10.0, 100.0, 1_000.0, 10_000.0][decimals.len()];
    let number = value(whole) + value(decimals) / scale;
    Some(if is_negative { -number } else { number })
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
            Self::Xhigh => "Higher",
            Self::Max => "Max",
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

impl Parameters {
    /// The number of a parameter, where one is set.
    #[must_use]
    pub fn number(&self, parameter: Parameter) -> Option<f64> {
        let single = |value: Option<f32>| value.map(f64::from);
        match parameter {
            Parameter::Temperature => single(self.temperature),
            Parameter::TopP => single(self.top_p),
            Parameter::MaxTokens => self.max_tokens.map(f64::from),
            #[expect(clippy::cast_precision_loss, reason = "seeds are at most MAX_SEED")]
            Parameter::Seed => self.seed.map(|seed| seed as f64),
            Parameter::RepeatPenalty => single(self.repeat_penalty),
            Parameter::PresencePenalty => single(self.presence_penalty),
            Parameter::FrequencyPenalty => single(self.frequency_penalty),
            Parameter::Stop | Parameter::ReasoningEffort | Parameter::Verbosity => None,
        }
    }

    /// Sets the number of a parameter; what is no number stays as it is.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what is out of range was refused before"
    )]
    pub fn set_number(&mut self, parameter: Parameter, number: Option<f64>) {
        let single = number.map(|number| number as f32);
        match parameter {
            Parameter::Temperature => self.temperature = single,
            Parameter::TopP => self.top_p = single,
            Parameter::MaxTokens => self.max_tokens = number.map(|number| number as u32),
            Parameter::Seed => self.seed = number.map(|number| number as u64),
            Parameter::RepeatPenalty => self.repeat_penalty = single,
            Parameter::PresencePenalty => self.presence_penalty = single,
            Parameter::FrequencyPenalty => self.frequency_penalty = single,
            Parameter::Stop | Parameter::ReasoningEffort | Parameter::Verbosity => {}
        }
    }

    /// Whether a parameter is set.
    #[must_use]
    pub fn is_set(&self, parameter: Parameter) -> bool {
        match parameter {
            Parameter::Stop => !self.stop.is_empty(),
            Parameter::ReasoningEffort => self.reasoning_effort.is_some(),
            Parameter::Verbosity => self.verbosity.is_some(),
            number => self.number(number).is_some(),
        }
    }

    /// Takes a parameter back to what is under it.
    pub fn reset(&mut self, parameter: Parameter) {
        match parameter {
            Parameter::Stop => self.stop.clear(),
            Parameter::ReasoningEffort => self.reasoning_effort = None,
            Parameter::Verbosity => self.verbosity = None,
            number => self.set_number(number, None),
        }
    }

    /// These, if each is what it may be; texts that end answers without those that are empty or there twice.
    ///
    /// # Errors
    /// A sentence about the field of the first that is not.
    pub fn checked(mut self) -> AppResult<Self> {
        for parameter in Parameter::ALL {
            if let Some(number) = self.number(parameter) {
                parameter.check(number, None)?;
            }
        }
        let mut stops: Vec<String> = Vec::new();
        for stop in self.stop {
            if stop.chars().count() > MAX_STOP_CHARS {
                return Err(AppError::field(
                    "stop",
                    format!("A stop sequence has at most {MAX_STOP_CHARS} characters."),
                ));
            }
            if !stop.is_empty() && !stops.contains(&stop) {
                stops.push(stop);
            }
        }
        if stops.len() > MAX_STOPS {
            return Err(AppError::field(
                "stop",
                format!("At most {MAX_STOPS} stop sequences are taken."),
            ));
        }
        self.stop = stops;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_with_point_or_comma_and_refused_in_words() {
        let temperature = |text| Parameter::Temperature.parse(text, None);
        assert_eq!(temperature(" 0,75 "), Ok(Some(0.75)));
        assert_eq!(temperature("2"), Ok(Some(2.0)));
        assert_eq!(temperature(""), Ok(None));
        for wrong in ["2.1", "-0.1", "1e9", "warm", ".", "1.23456", "1.2.3"] {
            let error = temperature(wrong).expect_err(wrong);
            assert_eq!(error.message, "Temperature is a number from 0 to 2.");
            assert_eq!(error.field.as_deref(), Some("temperature"));
        }
        assert_eq!(
            Parameter::PresencePenalty.parse("-1.5", None),
            Ok(Some(-1.5))
        );
    }

    #[test]
    fn a_model_that_tells_its_longest_answer_sets_the_limit() {
        let features = ModelFeatures {
            max_output_tokens: Some(4096),
            ..ModelFeatures::default()
        };
        let parse = |text| Parameter::MaxTokens.parse(text, Some(&features));
        assert_eq!(parse("4096"), Ok(Some(4096.0)));
        let error = parse("4097").expect_err("too many");
        assert_eq!(
            error.message,
            "Max tokens is a whole number from 1 to 4096."
        );
        assert!(parse("1.5").is_err());
    }

    #[test]
    fn parameters_are_checked_as_a_whole_and_stops_are_tidied() {
        let fine = Parameters {
            temperature: Some(0.7),
            top_p: Some(0.95),
            stop: vec!["END".to_owned(), String::new(), "END".to_owned()],
            ..Parameters::default()
        };
        let checked = fine.checked().expect("they are fine");
        assert_eq!(checked.stop, ["END"]);
        let hot = Parameters {
            temperature: Some(3.0),
            ..Parameters::default()
        };
        assert!(hot.checked().is_err());
        let many = Parameters {
            stop: (0..5).map(|n| n.to_string()).collect(),
            ..Parameters::default()
        };
        assert_eq!(
            many.checked().expect_err("too many").field.as_deref(),
            Some("stop")
        );
        let nan = Parameters {
            top_p: Some(f32::NAN),
            ..Parameters::default()
        };
        assert!(nan.checked().is_err());
    }

    #[test]
    fn each_parameter_is_set_read_and_reset_under_its_own_name() {
        for parameter in Parameter::ALL {
            let mut parameters = Parameters::default();
            parameters.set_number(parameter, Some(1.0));
            let is_number = parameter.range(None).is_some();
            assert_eq!(parameters.is_set(parameter), is_number);
            parameters.reset(parameter);
            assert_eq!(parameters, Parameters::default());
        }
    }
}
