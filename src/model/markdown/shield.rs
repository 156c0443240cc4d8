//! Hides from the markdown parser what it must not read as markdown: formulas, the `<` of raw
//! HTML and the `[` of link reference definitions. Each becomes characters that mean nothing to
//! the parser, and the writer turns them back. Knows nothing of HTML output.
//!
//! The stand-ins are Unicode noncharacters, which no text may contain; those that one contains
//! all the same become U+FFFD first, so nothing in a source can pose as a stand-in.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};

use super::blocks::interrupts_paragraph;
use super::formulas::{Delimiter, escaped_length, is_dollar_math, without_quote_marks};
use super::lines::{Fence, container_prefix, is_blank};

const FORMULA_START: char = '\u{FDD0}';
const FORMULA_END: char = '\u{FDD1}';
const LESS_THAN: char = '\u{FDD2}';
const BRACKET: char = '\u{FDD3}';
const LINE_BREAK: char = '\u{FDD4}';
/// The first of the ten that write the number of a formula.
const DIGIT_ZERO: u32 = 0xFDE0;
const NONCHARACTERS: RangeInclusive<char> = '\u{FDD0}'..='\u{FDEF}';

/// A longer label is none in `CommonMark`.
const MAX_LABEL_BYTES: usize = 1_000;

/// A source in which the parser sees nothing but markdown.
pub(super) struct Shield<'a> {
    source: &'a str,
    text: String,
    formulas: Vec<Formula>,
}

struct Formula {
    /// Where it stands in the source, with its delimiters.
    range: Range<usize>,
    delimiter: Delimiter,
    quote_depth: usize,
}

/// A piece of what the parser returned, with the stand-ins turned back.
pub(super) enum Piece<'a> {
    Text(&'a str),
    LineBreak,
    Formula {
        latex: Cow<'a, str>,
        source: &'a str,
        is_display: bool,
    },
}

/// A source that cannot be mistaken for one with stand-ins in it.
pub(super) fn without_noncharacters(source: &str) -> Cow<'_, str> {
    let is_noncharacter = |character| NONCHARACTERS.contains(&character);
    if source.contains(is_noncharacter) {
        Cow::Owned(source.replace(is_noncharacter, "\u{FFFD}"))
    } else {
        Cow::Borrowed(source)
    }
}

impl<'a> Shield<'a> {
    /// Puts the stand-ins into a source that has been through [`without_noncharacters`].
    pub(super) fn new(source: &'a str) -> Self {
        let mut scanner = Scanner {
            shield: Self {
                source,
                text: String::with_capacity(source.len()),
                formulas: Vec::new(),
            },
            position: 0,
            paragraph_end: 0,
            text_start: 0,
            quote_depth: 0,
            unclosed_until: [0; 3],
        };
        scanner.scan();
        scanner.shield
    }

    /// What the parser is to see.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Hands the pieces of a parsed text to `each`.
    pub(super) fn pieces<'p>(&'p self, mut text: &'p str, mut each: impl FnMut(Piece<'p>)) {
        while let Some(start) = text.find(|character| NONCHARACTERS.contains(&character)) {
            if start > 0 {
                each(Piece::Text(&text[..start]));
            }
            let mut rest = text[start..].chars();
            match rest.next() {
                Some(LESS_THAN) => each(Piece::Text("<")),
                Some(BRACKET) => each(Piece::Text("[")),
                Some(LINE_BREAK) => each(Piece::LineBreak),
                _ => {
                    let digits = rest.by_ref().take_while(|&digit| digit != FORMULA_END);
                    let number = digits.fold(0, |number, digit| {
                        number * 10 + (u32::from(digit) - DIGIT_ZERO) as usize
                    });
                    if let Some(formula) = self.formulas.get(number) {
                        each(formula.piece(self.source));
                    }
                }
            }
            text = rest.as_str();
        }
        if !text.is_empty() {
            each(Piece::Text(text));
        }
    }

    /// A parsed text as it was in the source.
    pub(super) fn verbatim<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains(|character| NONCHARACTERS.contains(&character)) {
            return Cow::Borrowed(text);
        }
        let mut verbatim = String::with_capacity(text.len());
        self.pieces(text, |piece| {
            verbatim.push_str(match piece {
                Piece::Text(text) => text,
                Piece::LineBreak => "<br>",
                Piece::Formula { source, .. } => source,
            });
        });
        Cow::Owned(verbatim)
    }
}

impl Formula {
    fn piece<'a>(&self, source: &'a str) -> Piece<'a> {
        let source = &source[self.range.clone()];
        let (open, close) = self.delimiter.marks();
        let body = &source[open.len()..source.len() - close.len()];
        Piece::Formula {
            latex: without_quote_marks(body, self.quote_depth),
            source,
            is_display: self.delimiter.is_display(),
        }
    }
}

struct Scanner<'a> {
    shield: Shield<'a>,
    position: usize,
    /// No formula or code span that begins before here goes on after it.
    paragraph_end: usize,
    /// Where the text of the line starts, after its list and block quote markers.
    text_start: usize,
    /// How many of these are block quote markers.
    quote_depth: usize,
    /// Up to here the closing marks of `\(`, `\[` and `$$` are known to be missing, so that a
    /// thousand opening ones do not cost a thousand searches.
    unclosed_until: [usize; 3],
}

impl Scanner<'_> {
    fn scan(&mut self) {
        let source = self.shield.source;
        while self.position < source.len() {
            if self.position == 0 || source.as_bytes()[self.position - 1] == b'\n' {
                self.begin_line();
            }
            let rest = &source[self.position..];
            let special = rest.find(['\n', '\\', '$', '`', '<']).unwrap_or(rest.len());
            self.copy(special);
            match rest[special..].chars().next() {
                Some('`') => self.code_span(),
                Some('<') => self.less_than(),
                Some('$' | '\\') => self.formula_or_escape(),
                Some(_) => self.copy(1),
                None => {}
            }
        }
    }

    /// Copies the next bytes of the source.
    fn copy(&mut self, length: usize) {
        let end = self.position + length;
        self.shield
            .text
            .push_str(&self.shield.source[self.position..end]);
        self.position = end;
    }

    /// Puts `stand_in` in the place of the next bytes of the source.
    fn replace(&mut self, length: usize, stand_in: char) {
        self.position += length;
        self.shield.text.push(stand_in);
    }

    fn begin_line(&mut self) {
        let rest = &self.shield.source[self.position..];
        let line = first_line(rest);
        let prefix = container_prefix(line);
        self.copy(prefix);
        self.text_start = self.position;
        self.quote_depth = line[..prefix].matches('>').count();
        if self.position >= self.paragraph_end {
            self.paragraph_end = self.position + paragraph_length(&rest[prefix..]);
        }
        if let Some(fence) = Fence::opening(&line[prefix..]) {
            self.copy(fenced_length(fence, &rest[prefix..]));
        } else if is_definition(&rest[prefix..]) {
            self.replace(1, BRACKET);
        }
    }

    fn code_span(&mut self) {
        let rest = self.ahead();
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        let mut position = ticks;
        while let Some(offset) = rest[position..].find('`') {
            let run = &rest[position + offset..];
            let length = run.len() - run.trim_start_matches('`').len();
            position += offset + length;
            if length == ticks {
                return self.copy(position);
            }
        }
        self.copy(ticks);
    }

    fn less_than(&mut self) {
        let rest = &self.shield.source[self.position..];
        let starts_with = |start: &str| {
            rest.get(..start.len())
                .is_some_and(|text| text.eq_ignore_ascii_case(start))
        };
        let is_destination = self.shield.source[..self.position].ends_with("](");
        if is_destination
            || ["<http://", "<https://", "<mailto:"]
                .into_iter()
                .any(starts_with)
        {
            self.copy(1);
        } else if let Some(tag) = ["<br>", "<br/>", "<br />"]
            .into_iter()
            .find(|tag| starts_with(tag))
        {
            self.replace(tag.len(), LINE_BREAK);
        } else {
            self.replace(1, LESS_THAN);
        }
    }

    fn formula_or_escape(&mut self) {
        let rest = &self.shield.source[self.position..];
        let Some(delimiter) = Delimiter::opening(rest) else {
            let length = escaped_length(rest);
            // The end of a line and a stand-in to be replaced are not for skipping.
            let is_plain = rest[1..length]
                .bytes()
                .all(|byte| byte.is_ascii_punctuation());
            return self.copy(if is_plain { length } else { 1 });
        };
        let Some(length) = self.formula_length(delimiter) else {
            return self.copy(delimiter.marks().0.len());
        };
        let range = self.position..self.position + length;
        let text = &mut self.shield.text;
        text.push(FORMULA_START);
        for digit in self.shield.formulas.len().to_string().bytes() {
            let digit = DIGIT_ZERO + u32::from(digit - b'0');
            text.extend(char::from_u32(digit));
        }
        text.push(FORMULA_END);
        self.position = range.end;
        self.shield.formulas.push(Formula {
            range,
            delimiter,
            quote_depth: self.quote_depth,
        });
    }

    /// The length of the formula that begins here, if one does.
    fn formula_length(&mut self, delimiter: Delimiter) -> Option<usize> {
        let (open, close) = delimiter.marks();
        let memo = match delimiter {
            Delimiter::Dollar => None,
            Delimiter::Parenthesis => Some(0),
            Delimiter::Bracket => Some(1),
            Delimiter::Dollars => Some(2),
        };
        if memo.is_some_and(|memo| self.position < self.unclosed_until[memo]) {
            return None;
        }
        let ahead = self.ahead().get(open.len()..)?;
        let Some(length) = delimiter.find_close(ahead) else {
            if let Some(memo) = memo {
                self.unclosed_until[memo] = self.paragraph_end;
            }
            return None;
        };
        let body = &ahead[..length];
        let before = &self.shield.source[..self.position];
        let after = ahead[length + close.len()..].chars().next();
        let is_formula = !is_blank(body)
            && (delimiter != Delimiter::Dollar
                || is_dollar_math(before.chars().next_back(), body, after))
            && self.may_span_lines(delimiter, body);
        is_formula.then_some(open.len() + length + close.len())
    }

    /// Whether a formula that begins here may have line ends in it: as a block of its own always,
    /// inside a sentence unless a line of it would begin a new block.
    fn may_span_lines(&self, delimiter: Delimiter, body: &str) -> bool {
        let Some((first, others)) = body.split_once('\n') else {
            return true;
        };
        let stands_alone = is_blank(first) || self.position == self.text_start;
        (delimiter.is_display() && stands_alone) || !others.lines().any(interrupts_paragraph)
    }

    /// The source from here to the end of the paragraph.
    fn ahead(&self) -> &str {
        let end = self.paragraph_end.max(self.position);
        &self.shield.source[self.position..end]
    }
}

fn first_line(text: &str) -> &str {
    text.find('\n').map_or(text, |end| &text[..=end])
}

/// How far the paragraph goes whose first line `text` begins with.
fn paragraph_length(text: &str) -> usize {
    let mut length = first_line(text).len();
    while length < text.len() {
        let line = first_line(&text[length..]);
        let content = &line[container_prefix(line)..];
        if is_blank(content) || Fence::opening(content).is_some() {
            break;
        }
        length += line.len();
    }
    length
}

/// How far a fenced code block goes, with its closing fence but not the end of that line.
fn fenced_length(fence: Fence, text: &str) -> usize {
    let mut length = first_line(text).len();
    while length < text.len() {
        let line = first_line(&text[length..]);
        let content = line.trim_start_matches([' ', '\t', '>']);
        length += line.len();
        if fence.is_closed_by(content) {
            return length - usize::from(line.ends_with('\n'));
        }
    }
    length
}

/// Whether `text` begins with a link reference definition (`[label]: …`). Definitions would
/// vanish, and none could serve a block before it; shown as text, a list of sources stays.
fn is_definition(text: &str) -> bool {
    let Some(label) = text.strip_prefix('[') else {
        return false;
    };
    let mut position = 0;
    while position < label.len().min(MAX_LABEL_BYTES) {
        match label.as_bytes()[position] {
            b'\\' => position += 1,
            b'[' => return false,
            b']' => return label[position + 1..].starts_with(':'),
            _ => {}
        }
        position += 1;
    }
    false
}
