//! Personal tokens: what a program shows to act in a person's name, and what it may do then.

use super::{AppError, AppResult, ids::TokenId};
use serde::{Deserialize, Serialize};

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The list of models.
    Models,
    /// Questions and answers.
    Chat,
    /// The person's files.
    Files,
    /// Speech, and what was said.
    Audio,
    /// Making pictures.
    Images,
}

impl Scope {
    /// All there are, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Models,
        Self::Chat,
        Self::Files,
        Self::Audio,
        Self::Images,
    ];

    /// As stored, sent and typed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Models => "models",
            Self::Chat => "chat",
            Self::Files => "files",
            Self::Audio => "audio",
            Self::Images => "images",
        }
    }

    /// The scope of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }

    /// What a person reads beside the box that grants it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Models => "List models",
            Self::Chat => "Chat",
            Self::Files => "Read and write files",
            Self::Audio => "Speak and transcribe",
            Self::Images => "Make images",
        }
    }
}

/// A token as its owner sees it in a list: everything but itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenView {
    /// Identifier.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: String,
    /// What it opens.
    pub scopes: Vec<Scope>,
    /// The day it was made, `YYYY-MM-DD`, UTC.
    pub created_on: String,
    /// The day it was last used.
    pub last_used_on: Option<String>,
    /// The day on which it stops working.
    pub expires_on: Option<String>,
    /// Whether that day has come.
    pub is_expired: bool,
}

/// A token that was just made: the only time that it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewToken {
    /// Identifier.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: String,
    /// The token itself.
    pub secret: String,
}

/// A person's tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenList {
    /// The latest first.
    pub tokens: Vec<TokenView>,
    /// One that was made by a form without a script, shown by the page that comes after it.
    pub fresh: Option<NewToken>,
}

/// How long a token may be made to live, in days; 0 is without an end.
pub const LIFETIMES_DAYS: [u32; 4] = [30, 90, 365, 0];
/// How long it lives when nothing else is said, in days.
pub const DEFAULT_LIFETIME_DAYS: u32 = 90;
/// Longest name, in characters.
pub const MAX_TOKEN_NAME_CHARS: usize = 60;
/// Most tokens that one person has at a time.
pub const MAX_TOKENS: usize = 50;

/// The name as it is stored, or what is wrong with it.
///
/// # Errors
/// A sentence about the field `name`.
pub fn parse_token_name(name: &str) -> AppResult<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(AppError::field(
            "name",
            "Name the token after the program that will use it.",
        ));
    }
    if name.chars().count() > MAX_TOKEN_NAME_CHARS {
        return Err(AppError::field(
            "name",
            format!("A token's name has at most {MAX_TOKEN_NAME_CHARS} characters."),
        ));
    }
    if name.chars().any(char::is_control) {
        return Err(AppError::field("name", "A token's name is one plain line."));
    }
    Ok(name.to_owned())
}

/// The scopes without repetition and in order, or what is wrong with them.
///
/// # Errors
/// A sentence about the field `scopes`.
pub fn parse_scopes(mut scopes: Vec<Scope>) -> AppResult<Vec<Scope>> {
    scopes.sort();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(AppError::field(
            "scopes",
            "Choose at least one thing that the token may do.",
        ));
    }
    Ok(scopes)
}

/// The lifetime, or what is wrong with it.
///
/// # Errors
/// A sentence about the field `days`.
pub fn parse_lifetime(days: u32) -> AppResult<Option<u32>> {
    if !LIFETIMES_DAYS.contains(&days) {
        return Err(AppError::field(
            "days",
            "A token lives for 30, 90 or 365 days, or without an end (0).",
        ));
    }
    Ok((days > 0).then_some(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_of_a_scope_reads_back_as_it() {
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.as_str()), Some(scope));
        }
        assert_eq!(Scope::parse("everything"), None);
    }

    #[test]
    fn a_token_needs_a_plain_name_a_scope_and_a_known_lifetime() {
        assert_eq!(parse_token_name(" laptop "), Ok("laptop".to_owned()));
        for name in ["", "  ", "a\nb", &"x".repeat(MAX_TOKEN_NAME_CHARS + 1)] {
            let error = parse_token_name(name).expect_err(name);
            assert_eq!(error.field.as_deref(), Some("name"));
        }
        let twice = vec![Scope::Chat, Scope::Models, Scope::Chat];
        assert_eq!(parse_scopes(twice), Ok(vec![Scope::Models, Scope::Chat]));
        assert!(parse_scopes(Vec::new()).is_err());
        assert_eq!(parse_lifetime(0), Ok(None));
        assert_eq!(parse_lifetime(30), Ok(Some(30)));
        assert!(parse_lifetime(31).is_err());
    }
}
