//! Where formulas begin and end: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`, and how money is told
//! apart from them. Knows the text only, neither blocks nor `MathML`.

use std::borrow::Cow;

use super::lines::is_blank;

/// The marks around a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delimiter {
    /// `$…$`
    Dollar,
    /// `$$…$$`
    Dollars,
    /// `\(…\)`
    Parenthesis,
    /// `\[…\]`
    Bracket,
}

impl Delimiter {
    /// The delimiter whose opening mark `text` begins with.
    pub(super) fn opening(text: &str) -> Option<Self> {
        // The longer mark first: `$$` also begins with `$`.
        [
            Self::Dollars,
            Self::Dollar,
            Self::Parenthesis,
            Self::Bracket,
        ]
        .into_iter()
        .find(|delimiter| text.starts_with(delimiter.marks().0))
    }

    /// The opening and the closing mark.
    pub(super) fn marks(self) -> (&'static str, &'static str) {
        match self {
            Self::Dollar => ("$", "$"),
            Self::Dollars => ("$$", "$$"),
            Self::Parenthesis => (r"\(", r"\)"),
            Self::Bracket => (r"\[", r"\]"),
        }
    }

    /// Whether the formula stands on lines of its own.
    pub(super) fn is_display(self) -> bool {
        matches!(self, Self::Dollars | Self::Bracket)
    }

    /// Finds the closing mark in `text`, which begins after the opening one.
    pub(super) fn find_close(self, text: &str) -> Option<usize> {
        let close = self.marks().1;
        let mut position = 0;
        while let Some(offset) = text[position..].find(['\\', '$', '`']) {
            position += offset;
            let rest = &text[position..];
            if rest.starts_with(close) {
                return Some(position);
            }
            if self == Self::Dollar && rest.starts_with('`') {
                // Money before a code span, not a formula with one in it.
                return None;
            }
            position += escaped_length(rest);
        }
        None
    }
}

/// The bytes of the first character, with the one after it when it is a backslash.
pub(super) fn escaped_length(text: &str) -> usize {
    let count = if text.starts_with('\\') { 2 } else { 1 };
    text.chars().take(count).map(char::len_utf8).sum()
}

/// Display math that began on one line and ends on a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DisplayMath(Delimiter);

impl DisplayMath {
    /// What this line of a paragraph leaves open, given what was open before it.
    ///
    /// Only a mark that is the first or the last thing on its line opens math of many lines.
    pub(super) fn left_open_by(line: &str, before: Option<Self>) -> Option<Self> {
        let mut rest = line;
        let mut open = before;
        loop {
            if let Some(Self(delimiter)) = open {
                let Some(close) = delimiter.find_close(rest) else {
                    return open;
                };
                rest = &rest[close + 2..];
            }
            let mark = rest.find(['$', '\\'])?;
            let is_first = is_blank(&line[..line.len() - rest.len() + mark]);
            rest = &rest[mark..];
            open = None;
            match Delimiter::opening(rest).filter(|delimiter| delimiter.is_display()) {
                Some(delimiter) => {
                    rest = &rest[2..];
                    let is_closed = delimiter.find_close(rest).is_some();
                    if is_closed || is_first || is_blank(rest) {
                        open = Some(Self(delimiter));
                    }
                }
                None => rest = &rest[escaped_length(rest)..],
            }
        }
    }
}

/// Whether `$body$` between these neighbours is a formula rather than two amounts of money.
///
/// Pandoc's rule (no white space inside the dollars, no digit after them), no letter or digit
/// before them (`US$5`), and no words after a leading number (`$5 a month or US$`).
pub(super) fn is_dollar_math(before: Option<char>, body: &str, after: Option<char>) -> bool {
    let touches_space =
        body.starts_with(char::is_whitespace) || body.ends_with(char::is_whitespace);
    let is_prose = body.starts_with(|first: char| first.is_ascii_digit())
        && !body.contains(['\\', '^', '_', '='])
        && body
            .split_whitespace()
            .any(|word| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic()));
    !touches_space
        && !is_prose
        && !before.is_some_and(|character| character.is_ascii_alphanumeric())
        && !after.is_some_and(|character| character.is_ascii_digit())
}

/// The lines of a formula without the `>` that the block quotes around it put before them.
pub(super) fn without_quote_marks(body: &str, quote_depth: usize) -> Cow<'_, str> {
    if quote_depth == 0 || !body.contains('\n') {
        return Cow::Borrowed(body);
    }
    let strip = |line: &str| {
        let mut line = line;
        for _ in 0..quote_depth {
            line = line.trim_start();
            line = line.strip_prefix('>').unwrap_or(line);
        }
        line.to_owned()
    };
    let lines = body.split('\n').enumerate();
    let lines = lines.map(|(number, line)| {
        if number == 0 {
            line.to_owned()
        } else {
            strip(line)
        }
    });
    Cow::Owned(lines.collect::<Vec<_>>().join("\n"))
}
