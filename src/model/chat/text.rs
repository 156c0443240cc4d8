//! What a message's text may be, and the title that it makes.

use crate::model::{AppError, AppResult, ErrorKind};

/// Longest message, in bytes of UTF-8: about 50,000 tokens.
pub const MAX_MESSAGE_BYTES: usize = 200_000;
/// Longest title, in characters.
pub const MAX_TITLE_CHARS: usize = 80;

/// The message's text as it is stored (without NULs, which no database takes), or what is wrong with it.
///
/// # Errors
/// A sentence about the field `text`: nothing in it, or too much.
pub fn parse_message_text(text: &str) -> AppResult<String> {
    let text = parse_text_beside_files(text)?;
    if text.is_empty() {
        return Err(AppError::field("text", "Write a message first."));
    }
    Ok(text)
}

/// The same for the text of a message with files: it may be empty.
///
/// # Errors
/// A sentence about the field `text`: too much in it.
pub fn parse_text_beside_files(text: &str) -> AppResult<String> {
    let text = text.replace('\0', "");
    let text = text.trim_end();
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    if text.len() > MAX_MESSAGE_BYTES {
        return Err(AppError {
            kind: ErrorKind::TooLarge,
            ..AppError::field(
                "text",
                format!(
                    "The message has {} characters; at most about {} fit. Shorten it or send it in parts.",
                    text.chars().count(),
                    MAX_MESSAGE_BYTES
                ),
            )
        });
    }
    Ok(text.to_owned())
}

/// A title of at most [`MAX_TITLE_CHARS`] made of a text's first line, cut at a word.
#[must_use]
pub fn title_from(text: &str) -> String {
    let line = text
        .lines()
        .map(|line| line.trim_start_matches(['#', '>', '-', '*', ' ']).trim())
        .find(|line| !line.is_empty())
        .unwrap_or("New chat");
    if line.chars().count() <= MAX_TITLE_CHARS {
        return line.to_owned();
    }
    let cut: String = line.chars().take(MAX_TITLE_CHARS - 1).collect();
    let cut = cut
        .rsplit_once(' ')
        .map_or(cut.as_str(), |(head, _)| head)
        .trim_end();
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_and_an_oversized_message_are_told_apart() {
        assert_eq!(
            parse_message_text(" \n ").map_err(|e| e.kind),
            Err(ErrorKind::Invalid)
        );
        assert_eq!(parse_text_beside_files(" \n "), Ok(String::new()));
        let huge = "x".repeat(MAX_MESSAGE_BYTES + 1);
        assert_eq!(
            parse_message_text(&huge).map_err(|e| e.kind),
            Err(ErrorKind::TooLarge)
        );
    }

    #[test]
    fn a_title_is_the_first_line_cut_at_a_word() {
        assert_eq!(title_from("\n## Plan a trip\nto Rome"), "Plan a trip");
        let title = title_from(&"word ".repeat(40));
        assert!(title.ends_with("word…") && title.chars().count() <= MAX_TITLE_CHARS);
        assert_eq!(title_from(""), "New chat");
    }
}
