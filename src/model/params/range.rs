//! What the number of a parameter may be, so that the panel, the forms and the server agree: ranges, and how one is read.

use super::Parameter;
use crate::model::{AppError, AppResult, catalog::ModelFeatures};

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
}
