//! The values of parameters by name: read, set, taken back, and checked together.

use super::{Parameter, Parameters};
use crate::model::{AppError, AppResult};

/// Most texts that may end an answer; OpenAI takes as many.
pub const MAX_STOPS: usize = 4;
/// Longest of them, in characters.
pub const MAX_STOP_CHARS: usize = 64;

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
