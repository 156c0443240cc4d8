//! Cuts a growing markdown text into top-level blocks, one line at a time. Knows where blocks
//! end, nothing of what is in them and nothing of HTML.
//!
//! A block is cut off (*frozen*) only where no later line can change how it is rendered. Where a
//! line could belong to either side, it stays with the block that is open: two blocks in one
//! piece still render rightly, one block in two pieces would not.

use super::formulas::DisplayMath;
use super::lines::{
    Fence, ListMarker, container_prefix, indent_columns, is_blank, is_heading, is_setext_underline,
    is_table_delimiter, is_thematic_break, text_of,
};

/// Splits a text that arrives in pieces into finished blocks and an open tail.
///
/// What is frozen depends on the text alone, never on how it was cut into pieces, and the frozen
/// blocks followed by the tail are always exactly the text pushed so far.
#[derive(Debug, Clone, Default)]
pub struct BlockSplitter {
    frozen: Vec<String>,
    /// The open block, and before `start` what was frozen from the piece being pushed.
    text: String,
    /// Where the open block starts.
    start: usize,
    /// Where the first line starts that `state` has not seen.
    line_start: usize,
    state: State,
}

/// What kind of block is open.
#[derive(Debug, Clone, Copy, Default)]
enum State {
    /// Only blank lines since the last block.
    #[default]
    Nothing,
    /// A paragraph, a table, display math, or a heading that awaits its underline.
    Paragraph {
        is_table: bool,
        math: Option<DisplayMath>,
    },
    IndentedCode,
    Fence(Fence),
    Quote,
    List(List),
}

/// The list that is open.
#[derive(Debug, Clone, Copy)]
struct List {
    /// See [`ListMarker`]: of its last top-level item.
    kind: u8,
    content_column: usize,
    /// Whether the line before was blank.
    after_blank: bool,
    math: Option<DisplayMath>,
}

/// What a line does to the open block.
enum Step {
    /// It belongs to the block, which is then in this state.
    Extend(State),
    /// It is the last line of the block.
    Finish,
    /// The block ended before it.
    Interrupt,
}

impl BlockSplitter {
    /// A splitter that has seen no text.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends to the text. The work depends on the open block and `delta`, not on the text.
    pub fn push(&mut self, delta: &str) {
        let mut searched = self.text.len();
        self.text.push_str(delta);
        while let Some(offset) = self.text[searched..].find('\n') {
            searched += offset + 1;
            self.read_line(searched);
        }
        self.forget_frozen();
    }

    /// Declares the text complete: what was open is frozen.
    pub fn finish(&mut self) {
        if self.line_start < self.text.len() {
            self.read_line(self.text.len());
        }
        self.freeze(self.text.len());
        self.forget_frozen();
    }

    /// The source of the blocks frozen since the last call, in order.
    pub fn take_frozen(&mut self) -> Vec<String> {
        std::mem::take(&mut self.frozen)
    }

    /// The source of the open block: everything after the frozen ones.
    #[must_use]
    pub fn tail(&self) -> &str {
        &self.text
    }

    /// Takes the line that ends at `end` into account.
    fn read_line(&mut self, end: usize) {
        let line = &self.text[self.line_start..end];
        let mut step = self.state.step(line);
        if matches!(step, Step::Interrupt) {
            step = State::begin(line);
            self.freeze(self.line_start);
        }
        self.line_start = end;
        match step {
            Step::Extend(state) => self.state = state,
            Step::Finish | Step::Interrupt => self.freeze(end),
        }
    }

    /// Ends the open block at `end`.
    fn freeze(&mut self, end: usize) {
        if end > self.start {
            self.frozen.push(self.text[self.start..end].to_owned());
        }
        self.start = end;
        self.state = State::Nothing;
    }

    /// Drops the text of frozen blocks, once a push and not once a block.
    fn forget_frozen(&mut self) {
        self.text.drain(..self.start);
        self.line_start -= self.start;
        self.start = 0;
    }
}

impl State {
    fn step(self, line: &str) -> Step {
        let indent = indent_columns(line);
        let text = text_of(line);
        match self {
            Self::Nothing => Self::begin(line),
            Self::Paragraph { is_table, math } => Self::step_paragraph(line, is_table, math),
            Self::IndentedCode if indent >= 4 || text.is_empty() => Step::Extend(self),
            Self::IndentedCode => Step::Interrupt,
            Self::Fence(fence) if indent < 4 && fence.is_closed_by(text) => Step::Finish,
            Self::Fence(_) => Step::Extend(self),
            Self::Quote => step_quote(line),
            Self::List(list) => list.step(line),
        }
    }

    /// A line after a finished block.
    fn begin(line: &str) -> Step {
        let text = text_of(line);
        if text.is_empty() {
            Step::Extend(Self::Nothing)
        } else if indent_columns(line) >= 4 {
            Step::Extend(Self::IndentedCode)
        } else if let Some(fence) = Fence::opening(text) {
            Step::Extend(Self::Fence(fence))
        } else if is_heading(text) || is_thematic_break(text) {
            Step::Finish
        } else if text.starts_with('>') {
            Step::Extend(Self::Quote)
        } else if let Some(marker) = ListMarker::parse(line) {
            Step::Extend(Self::List(List::begin(line, marker)))
        } else {
            Step::Extend(Self::Paragraph {
                is_table: false,
                math: DisplayMath::left_open_by(line, None),
            })
        }
    }

    fn step_paragraph(line: &str, is_table: bool, math: Option<DisplayMath>) -> Step {
        let text = text_of(line);
        let is_indented = indent_columns(line) >= 4;
        if text.is_empty() {
            // Math never goes on past a blank line either, so that a stray `$$` stays small.
            return Step::Finish;
        }
        if math.is_none() && !is_table && !is_indented && is_setext_underline(text) {
            return Step::Finish;
        }
        let is_interrupted = match math {
            // In a formula `- b` and `> 0` are lines like any other.
            Some(_) => !is_indented && Fence::opening(text).is_some(),
            None => interrupts_paragraph(line),
        };
        if is_interrupted {
            return Step::Interrupt;
        }
        Step::Extend(Self::Paragraph {
            is_table: is_table || is_table_delimiter(text),
            math: DisplayMath::left_open_by(line, math),
        })
    }
}

/// A line after one that began with `>`.
fn step_quote(line: &str) -> Step {
    let text = text_of(line);
    if text.is_empty() {
        Step::Finish
    } else if indent_columns(line) < 4 && text.starts_with('>') {
        Step::Extend(State::Quote)
    } else if interrupts_paragraph(line) && !is_setext_underline(text) {
        Step::Interrupt
    } else {
        // The paragraph inside may go on without its `>`.
        Step::Extend(State::Quote)
    }
}

impl List {
    fn begin(line: &str, marker: ListMarker) -> Self {
        Self {
            kind: marker.kind,
            content_column: marker.content_column,
            after_blank: false,
            math: math_left_open(line, None),
        }
    }

    fn step(self, line: &str) -> Step {
        if is_blank(line) {
            return Step::Extend(State::List(Self {
                after_blank: true,
                math: None,
                ..self
            }));
        }
        let text = text_of(line);
        let indent = indent_columns(line);
        let extended = Self {
            after_blank: false,
            math: math_left_open(line, self.math),
            ..self
        };
        if indent >= self.content_column || (self.math.is_some() && Fence::opening(text).is_none())
        {
            return Step::Extend(State::List(extended));
        }
        let marker = ListMarker::parse(line).filter(|_| indent < 4 && !is_thematic_break(text));
        // Without a blank line before it, a row of dashes may underline a heading.
        let may_underline = !self.after_blank && is_setext_underline(text);
        match marker {
            Some(marker) if marker.kind == self.kind => {
                Step::Extend(State::List(Self::begin(line, marker)))
            }
            _ if self.after_blank => Step::Interrupt,
            _ if interrupts_paragraph(line) && !may_underline => Step::Interrupt,
            // Perhaps another list, perhaps text: one piece is right for both.
            Some(marker) => Step::Extend(State::List(Self::begin(line, marker))),
            None => Step::Extend(State::List(extended)),
        }
    }
}

/// The math that a line in a list leaves open.
fn math_left_open(line: &str, before: Option<DisplayMath>) -> Option<DisplayMath> {
    let start = if before.is_some() {
        0
    } else {
        container_prefix(line)
    };
    DisplayMath::left_open_by(&line[start..], before)
}

/// Whether a line begins a new block even right after the text of a paragraph.
pub(super) fn interrupts_paragraph(line: &str) -> bool {
    let text = text_of(line);
    indent_columns(line) < 4
        && (is_heading(text)
            || is_thematic_break(text)
            || text.starts_with('>')
            || Fence::opening(text).is_some()
            || ListMarker::parse(line).is_some_and(|marker| marker.interrupts_paragraph)
            || is_blank(line))
}
