//! Structured output, as both sides need it: schemas and what is wrong with them, answers as trees and tables, the words
//! that models are asked with. Pure rules over text; validation itself is the server's (`server::schemas`).

mod check;
mod example;
pub mod instructions;
pub mod json;
mod keywords;
pub mod outcome;
pub mod outline;
pub mod saved;
mod strict;
pub mod table;
mod templates;
pub mod tree;

use super::{
    AppError, AppResult, ErrorKind,
    settings::{MAX_SCHEMA_BYTES, OutputFormat},
};
pub use check::check;
pub use example::from_example;
use json::Json;
use serde::{Deserialize, Serialize};
pub use strict::{make_strict, strict_problems};
pub use templates::{TEMPLATES, Template};

/// Something about a schema's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// The JSON pointer of what it is about; empty for the whole.
    pub pointer: String,
    /// What it means.
    pub severity: Severity,
    /// A sentence.
    pub message: String,
}

/// What a problem means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nobody can be asked with this schema.
    Error,
    /// A provider that is held to it exactly refuses it.
    Strict,
    /// It changes nothing, and may be a slip.
    Note,
}

impl Problem {
    /// An error about the whole.
    fn at_start(message: &str) -> Self {
        Self {
            line: 1,
            column: 1,
            pointer: String::new(),
            severity: Severity::Error,
            message: message.to_owned(),
        }
    }
}

/// Line and column, both from 1 and in characters, of a byte offset.
#[must_use]
pub fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(offset)];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

/// The text indented by two spaces, or as it is where it is no JSON.
#[must_use]
pub fn format(text: &str) -> String {
    Json::parse(text).map_or_else(|_| text.to_owned(), |json| json.pretty())
}

/// The name that providers know a shape by where it has none.
pub const DEFAULT_NAME: &str = "answer";
/// Longest name that providers take, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// A name as providers take it: letters, digits, `_` and `-`, at most 64 of them.
#[must_use]
pub fn output_name(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let words = text
        .split(|c: char| !is_plain(c))
        .filter(|word| !word.is_empty());
    let mut name = words.collect::<Vec<_>>().join("_");
    name.truncate(MAX_NAME_BYTES);
    match name.is_empty() {
        true => DEFAULT_NAME.to_owned(),
        false => name,
    }
}

/// A shape that can be asked for, as it is stored: its name mended, its schema looked at.
///
/// # Errors
/// A sentence about the field `schema`, with the line where it is wrong.
pub fn parse_output(output: OutputFormat) -> AppResult<OutputFormat> {
    let name = output_name(&output.name);
    let Some(schema) = &output.schema else {
        return Ok(OutputFormat {
            name,
            is_strict: false,
            ..output
        });
    };
    let mut problems = check(schema);
    problems.retain(|problem| problem.severity == Severity::Error);
    if problems.is_empty() && output.is_strict {
        problems = strict_problems(schema);
    }
    match problems.first() {
        None => Ok(OutputFormat { name, ..output }),
        Some(problem) => {
            let what = match problem.severity {
                Severity::Strict => "The schema is not strict yet",
                _ => "The schema cannot be used",
            };
            let message = format!("{what}. Line {}: {}", problem.line, problem.message);
            Err(AppError {
                kind: match schema.len() > MAX_SCHEMA_BYTES {
                    true => ErrorKind::TooLarge,
                    false => ErrorKind::Invalid,
                },
                ..AppError::field("schema", message)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters() {
        assert_eq!(place("", 0), (1, 1));
        assert_eq!(place("é\nüx", 5), (2, 2));
        assert_eq!(place("a\n", 99), (2, 1));
    }

    #[test]
    fn a_name_is_made_such_as_providers_take() {
        assert_eq!(output_name("My contacts (2026)"), "My_contacts_2026");
        assert_eq!(output_name("Größe"), "Gr_e");
        assert_eq!(output_name("日本"), DEFAULT_NAME);
        assert_eq!(output_name(&"x".repeat(100)).len(), MAX_NAME_BYTES);
    }

    #[test]
    fn a_shape_is_refused_with_the_line_of_its_schema() {
        let output = |schema: &str, is_strict| OutputFormat {
            name: "a b".to_owned(),
            schema: Some(schema.to_owned()),
            is_strict,
        };
        let stored = parse_output(output("{\"type\":\"object\"}", false));
        assert_eq!(stored.map(|output| output.name), Ok("a_b".to_owned()));
        let error = parse_output(output("{\n\"type\":\"objekt\"}", false)).expect_err("no type");
        assert!(error.message.contains("Line 2"), "{error}");
        assert_eq!(error.field.as_deref(), Some("schema"));
        let error = parse_output(output("{\"type\":\"object\"}", true)).expect_err("not strict");
        assert!(error.message.contains("not strict"), "{error}");
        let huge = format!("{{\"title\":\"{}\"}}", "x".repeat(MAX_SCHEMA_BYTES));
        assert_eq!(
            parse_output(output(&huge, false)).map_err(|e| e.kind),
            Err(ErrorKind::TooLarge)
        );
    }
}
