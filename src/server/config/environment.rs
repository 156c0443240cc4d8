//! The environment as a value, so that tests configure a server without touching the process.

use secrecy::{ExposeSecret, SecretString};
use std::{collections::HashMap, fmt, str::FromStr};

/// Variables and their values.
#[derive(Clone, Default)]
pub struct Environment {
    values: HashMap<String, String>,
}

/// One thing that is wrong in the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The variable.
    pub variable: String,
    /// What is wrong with it, as the end of a sentence.
    pub problem: String,
    /// A value that would do.
    pub example: String,
}

/// Everything that is wrong in the configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// The mistakes, in the order they were found.
    pub mistakes: Vec<Mistake>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.mistakes.len();
        let noun = if count == 1 { "mistake" } else { "mistakes" };
        write!(f, "The configuration has {count} {noun}:")?;
        for mistake in &self.mistakes {
            write!(
                f,
                "\n  {} {}; for example {}={}",
                mistake.variable, mistake.problem, mistake.variable, mistake.example
            )?;
        }
        Ok(())
    }
}

impl Environment {
    /// The variables of this process, after `.env` in the working directory where there is one; the process wins.
    #[must_use]
    pub fn of_process() -> Self {
        let mut values: HashMap<String, String> = dotenvy::dotenv_iter()
            .into_iter()
            .flatten()
            .flatten()
            .collect();
        values.extend(std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }));
        Self { values }
    }

    /// An environment of just these.
    #[must_use]
    pub fn from_pairs<const N: usize>(pairs: [(&str, &str); N]) -> Self {
        Self {
            values: pairs
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }

    /// The same environment with one variable set.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }

    /// A variable's value; one that is empty counts as not set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// A secret from `NAME`, or from the file that `NAME_FILE` names; an empty file counts as not set.
    pub(super) fn secret(&self, name: &str, mistakes: &mut Vec<Mistake>) -> Option<SecretString> {
        if let Some(value) = self.get(name) {
            return Some(SecretString::from(value));
        }
        let variable = format!("{name}_FILE");
        let path = self.get(&variable)?;
        match std::fs::read_to_string(path) {
            Ok(text) => Some(text.trim())
                .filter(|text| !text.is_empty())
                .map(SecretString::from),
            Err(error) => {
                mistakes.push(Mistake {
                    variable,
                    problem: format!("names a file that cannot be read ({error})"),
                    example: "/run/secrets/key".to_owned(),
                });
                None
            }
        }
    }

    /// A key that travels in a header, as [`Self::secret`] reads it. It is not used when it cannot travel.
    pub(super) fn key(&self, name: &str, mistakes: &mut Vec<Mistake>) -> Option<SecretString> {
        let key = self.secret(name, mistakes)?;
        if key
            .expose_secret()
            .bytes()
            .all(|byte| byte.is_ascii_graphic())
        {
            return Some(key);
        }
        mistakes.push(Mistake {
            variable: name.to_owned(),
            problem: "holds a character that no key has, perhaps a space or a line break"
                .to_owned(),
            example: "0123456789abcdef".to_owned(),
        });
        None
    }

    /// A variable as a value of type `T`, or `default`.
    pub(super) fn parse<T: FromStr>(
        &self,
        variable: &str,
        default: T,
        expected: &str,
        example: &str,
        mistakes: &mut Vec<Mistake>,
    ) -> T {
        let Some(text) = self.get(variable) else {
            return default;
        };
        text.parse().unwrap_or_else(|_| {
            mistakes.push(Mistake {
                variable: variable.to_owned(),
                problem: format!("is {text:?}, which is not {expected}"),
                example: example.to_owned(),
            });
            default
        })
    }
}
