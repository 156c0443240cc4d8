//! People: what the client may know of an account, and what a name and a password must be.

use super::{AppError, AppResult, ids::UserId};
use serde::{Deserialize, Serialize};

/// A person as the client sees one. No secret of the account is ever in a type of this module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// Identifier.
    pub id: UserId,
    /// The name they log in with.
    pub name: String,
    /// What they may do.
    pub role: UserRole,
}

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserRole {
    /// Uses the product.
    Member,
    /// Also runs it. The first account of an installation is one.
    Administrator,
}

impl UserRole {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Administrator => "administrator",
        }
    }
}

/// Shortest password taken, in characters (NIST SP 800-63B asks for at least 8).
pub const MIN_PASSWORD_CHARS: usize = 8;
/// Longest password taken, in characters; bounds the work of hashing it.
pub const MAX_PASSWORD_CHARS: usize = 256;
/// Longest name, in characters.
pub const MAX_NAME_CHARS: usize = 40;

/// The name as it is stored, or what is wrong with it: letters, digits, `.`, `_` and `-`, starting with a letter or digit.
///
/// # Errors
/// A sentence about the field `name`.
pub fn parse_name(name: &str) -> AppResult<String> {
    let name = name.trim();
    let length = name.chars().count();
    if length < 2 {
        return Err(AppError::field(
            "name",
            "A name needs at least 2 characters.",
        ));
    }
    if length > MAX_NAME_CHARS {
        return Err(AppError::field(
            "name",
            format!("A name has at most {MAX_NAME_CHARS} characters."),
        ));
    }
    let starts_well = name.chars().next().is_some_and(char::is_alphanumeric);
    let is_plain = name
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));
    if !starts_well || !is_plain {
        return Err(AppError::field(
            "name",
            "A name is made of letters, digits, dots, dashes and underscores, and starts with a letter or digit.",
        ));
    }
    Ok(name.to_owned())
}

/// Whether a new password is acceptable.
///
/// # Errors
/// A sentence about the field `password`.
pub fn check_password(password: &str) -> AppResult<()> {
    let length = password.chars().count();
    if length < MIN_PASSWORD_CHARS {
        return Err(AppError::field(
            "password",
            format!("A password needs at least {MIN_PASSWORD_CHARS} characters."),
        ));
    }
    if length > MAX_PASSWORD_CHARS {
        return Err(AppError::field(
            "password",
            format!("A password has at most {MAX_PASSWORD_CHARS} characters."),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_may_be_in_any_script() {
        assert_eq!(parse_name("  Зоя.k ").as_deref(), Ok("Зоя.k"));
    }

    #[test]
    fn a_name_with_markup_or_of_wrong_length_is_refused_for_its_field() {
        let long = "x".repeat(MAX_NAME_CHARS + 1);
        for name in ["", "a", "<b>x</b>", "-dash", "two words", long.as_str()] {
            let error = parse_name(name).expect_err(name);
            assert_eq!(error.field.as_deref(), Some("name"));
        }
    }

    #[test]
    fn a_password_has_a_least_and_a_greatest_length() {
        assert!(check_password("12345678").is_ok());
        assert!(check_password("1234567").is_err());
        assert!(check_password(&"x".repeat(MAX_PASSWORD_CHARS + 1)).is_err());
    }
}
