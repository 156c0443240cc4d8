//! What one line of markdown can begin: the few facts about block starts that both the
//! splitter and the shield ask for. All of them look at a single line and never allocate.

/// The columns that the spaces and tabs before the text take up.
pub(super) fn indent_columns(line: &str) -> usize {
    let mut columns = 0;
    for byte in line.bytes() {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += 4 - columns % 4,
            _ => break,
        }
    }
    columns
}

/// A line without the white space before its text; empty if it is blank.
pub(super) fn text_of(line: &str) -> &str {
    line.trim_start_matches([' ', '\t', '\r', '\n'])
}

/// Whether a line has nothing in it but white space.
pub(super) fn is_blank(line: &str) -> bool {
    text_of(line).is_empty()
}

/// The opening line of a fenced code block: its character and how many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fence {
    character: u8,
    length: usize,
}

impl Fence {
    /// Reads a fence from the text of a line, white space before it already removed.
    pub(super) fn opening(text: &str) -> Option<Self> {
        let character = *text.as_bytes().first()?;
        if character != b'`' && character != b'~' {
            return None;
        }
        let length = run_length(text, character);
        // An info string with a backtick in it means inline code, not a fence.
        let is_inline_code = character == b'`' && text[length..].contains('`');
        (length >= 3 && !is_inline_code).then_some(Self { character, length })
    }

    /// Whether this text closes the fence.
    pub(super) fn is_closed_by(self, text: &str) -> bool {
        let length = run_length(text, self.character);
        length >= self.length && is_blank(&text[length..])
    }
}

fn run_length(text: &str, character: u8) -> usize {
    text.bytes().take_while(|&byte| byte == character).count()
}

/// The marker of a list item at the start of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ListMarker {
    /// `-`, `+`, `*`, or for numbers the `.` or `)` after them: another kind is another list.
    pub(super) kind: u8,
    /// Lines indented by this many columns may belong to the item.
    pub(super) content_column: usize,
    /// Whether it may begin a list in the middle of a paragraph.
    pub(super) interrupts_paragraph: bool,
    /// Bytes from the start of the line to the end of the marker.
    length: usize,
}

impl ListMarker {
    /// Reads the marker that a line begins with, however far it is indented.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let text = line.trim_start_matches([' ', '\t']);
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let kind = *text.as_bytes().get(digits)?;
        let is_marker = match digits {
            0 => matches!(kind, b'-' | b'+' | b'*'),
            1..=9 => matches!(kind, b'.' | b')'),
            _ => false,
        };
        let rest = text.get(digits + 1..)?;
        let is_separated = rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']);
        (is_marker && is_separated).then(|| Self {
            kind,
            content_column: indent_columns(line) + digits + 2,
            interrupts_paragraph: !is_blank(rest)
                && (digits == 0 || text[..digits].parse() == Ok(1_u32)),
            length: line.len() - rest.len(),
        })
    }
}

/// Whether the text of a line is an ATX heading.
pub(super) fn is_heading(text: &str) -> bool {
    let level = run_length(text, b'#');
    (1..=6).contains(&level) && text[level..].chars().next().is_none_or(char::is_whitespace)
}

/// Whether the text of a line is a thematic break.
pub(super) fn is_thematic_break(text: &str) -> bool {
    let Some(&character @ (b'-' | b'*' | b'_')) = text.as_bytes().first() else {
        return false;
    };
    text.bytes().filter(|&byte| byte == character).count() >= 3
        && text
            .bytes()
            .all(|byte| byte == character || byte.is_ascii_whitespace())
}

/// Whether the text of a line turns the paragraph above it into a heading.
pub(super) fn is_setext_underline(text: &str) -> bool {
    let text = text.trim_end();
    !text.is_empty()
        && (text.bytes().all(|byte| byte == b'=') || text.bytes().all(|byte| byte == b'-'))
}

/// Whether the text of a line separates the head of a table from its body.
pub(super) fn is_table_delimiter(text: &str) -> bool {
    text.contains('|')
        && text.contains('-')
        && text
            .bytes()
            .all(|byte| matches!(byte, b'|' | b'-' | b':') || byte.is_ascii_whitespace())
}

/// The bytes of the block quote and list markers that a line begins with.
pub(super) fn container_prefix(line: &str) -> usize {
    let mut length = 0;
    loop {
        let rest = &line[length..];
        length += rest.len() - rest.trim_start_matches([' ', '\t', '>']).len();
        match ListMarker::parse(&line[length..]) {
            Some(marker) => length += marker.length,
            None => return length,
        }
    }
}
