//! Markdown as one would read it to somebody.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// What becomes of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tables {
    /// Its size and its columns are told.
    #[default]
    Announced,
    /// Each row is read, each cell with its column.
    RowByRow,
}

/// Longest code in a line that is read rather than announced, in characters.
const MAX_READ_CODE_CHARS: usize = 40;

/// The words of a text, as prose: one line a paragraph, heading, item or row, each with an end to hear. Marks are left out,
/// code is announced, a link is its text, a picture its description.
#[must_use]
pub fn spoken_text(markdown: &str, tables: Tables) -> String {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_MATH;
    let mut reader = Reader {
        tables,
        ..Reader::default()
    };
    for event in Parser::new_ext(markdown, options) {
        reader.read(event);
    }
    reader.end_line();
    reader.lines.join("\n")
}

#[derive(Default)]
struct Reader {
    tables: Tables,
    lines: Vec<String>,
    line: String,
    /// The next number of each list around; `None` where it has none.
    lists: Vec<Option<u64>>,
    /// Inside code or raw HTML, whose text is not read.
    is_silent: bool,
    /// Where the texts of open links and pictures begin, and where the links lead.
    links: Vec<(usize, String)>,
    table: Option<Table>,
}

#[derive(Default)]
struct Table {
    columns: Vec<String>,
    row: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Reader {
    fn read(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if !self.is_silent => self.say(&without_addresses(&text)),
            Event::Code(code) if code.chars().count() <= MAX_READ_CODE_CHARS => self.say(&code),
            Event::Code(_) => self.say("some code"),
            Event::InlineMath(_) => self.say("a formula"),
            Event::DisplayMath(_) => self.say("A formula."),
            Event::SoftBreak => self.line.push(' '),
            Event::HardBreak if self.table.is_none() => self.end_line(),
            Event::TaskListMarker(is_done) => self.say(if is_done { "Done: " } else { "To do: " }),
            Event::Rule => self.end_line(),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::CodeBlock(kind) => {
                self.end_line();
                self.say(&announced_code(&kind));
                self.is_silent = true;
            }
            Tag::HtmlBlock | Tag::MetadataBlock(_) => {
                self.end_line();
                self.is_silent = true;
            }
            Tag::List(first) => {
                self.end_line();
                self.lists.push(first);
            }
            Tag::Item => {
                self.end_line();
                if let Some(Some(number)) = self.lists.last_mut() {
                    let marker = format!("{number}. ");
                    *number = number.saturating_add(1);
                    self.say(&marker);
                }
            }
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.links.push((self.line.len(), dest_url.into_string()));
            }
            Tag::Table(_) => {
                self.end_line();
                self.table = Some(Table::default());
            }
            Tag::Heading { .. } | Tag::BlockQuote(_) | Tag::FootnoteDefinition(_) => {
                self.end_line();
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::MetadataBlock(_) => {
                self.is_silent = false;
                self.end_line();
            }
            TagEnd::List(_) => {
                self.end_line();
                self.lists.pop();
            }
            TagEnd::Link => self.end_link(),
            TagEnd::Image => self.end_image(),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.line);
                if let Some(table) = &mut self.table {
                    table.row.push(tidy(&cell));
                }
            }
            TagEnd::TableHead => {
                if let Some(table) = &mut self.table {
                    table.columns = std::mem::take(&mut table.row);
                }
            }
            TagEnd::TableRow => {
                if let Some(table) = &mut self.table {
                    let row = std::mem::take(&mut table.row);
                    table.rows.push(row);
                }
            }
            TagEnd::Table => self.end_table(),
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::Item
            | TagEnd::BlockQuote(_)
            | TagEnd::FootnoteDefinition => self.end_line(),
            _ => {}
        }
    }

    fn say(&mut self, words: &str) {
        self.line
            .extend(words.chars().filter(|each| !is_pictograph(*each)));
    }

    fn end_line(&mut self) {
        let line = tidy(&std::mem::take(&mut self.line));
        self.links.clear();
        if line.chars().any(char::is_alphanumeric) {
            let ends = line.ends_with(|last: char| {
                !last.is_alphanumeric() && !matches!(last, '%' | '$' | '€' | '£' | '+' | '#' | '°')
            });
            let is_number = line.ends_with('.') && self.is_number(&line);
            if !is_number {
                self.lines.push(if ends { line } else { line + "." });
            }
        }
    }

    /// An item without words.
    fn is_number(&self, line: &str) -> bool {
        !self.lists.is_empty()
            && line[..line.len() - 1]
                .chars()
                .all(|each| each.is_ascii_digit())
    }

    /// A link whose text is its address is told by the host.
    fn end_link(&mut self) {
        let Some((start, address)) = self.links.pop() else {
            return;
        };
        let text = self.line.get(start..).unwrap_or_default().trim();
        if text.is_empty() || text == address {
            self.line.truncate(start);
            let told = told_address(&address);
            self.say(&told);
        }
    }

    fn end_image(&mut self) {
        let Some((start, _)) = self.links.pop() else {
            return;
        };
        let described = self.line.split_off(start.min(self.line.len()));
        match described.trim() {
            "" => self.say("an image"),
            described => self.say(&format!("an image: {described}")),
        }
    }

    fn end_table(&mut self) {
        let Some(table) = self.table.take() else {
            return;
        };
        match self.tables {
            Tables::Announced => {
                let columns = table.columns.iter().filter(|name| !name.is_empty());
                let columns: Vec<_> = columns.map(String::as_str).collect();
                let size = format!(
                    "A table with {} and {}",
                    counted(table.columns.len(), "column"),
                    counted(table.rows.len(), "row")
                );
                self.say(&match columns.is_empty() {
                    true => size,
                    false => format!("{size}: {}", columns.join(", ")),
                });
                self.end_line();
            }
            Tables::RowByRow => {
                for row in &table.rows {
                    self.say(&told_row(&table.columns, row));
                    self.end_line();
                }
            }
        }
    }
}

fn told_row(columns: &[String], row: &[String]) -> String {
    let cells = row.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
    let told = cells.map(|(index, cell)| match columns.get(index) {
        Some(column) if !column.is_empty() => format!("{column}: {cell}"),
        _ => cell.clone(),
    });
    told.collect::<Vec<_>>().join("; ")
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

fn announced_code(kind: &CodeBlockKind<'_>) -> String {
    let language = match kind {
        CodeBlockKind::Fenced(told) => told.split([' ', ',', '{']).next().unwrap_or_default(),
        CodeBlockKind::Indented => "",
    };
    let name = match language.to_ascii_lowercase().as_str() {
        "" | "text" | "txt" | "plain" | "plaintext" => return "Here is some code.".to_owned(),
        "js" | "javascript" => "JavaScript",
        "ts" | "typescript" => "TypeScript",
        "py" | "python" => "Python",
        "rs" | "rust" => "Rust",
        "sh" | "bash" | "shell" | "zsh" => "shell",
        "cpp" | "c++" => "C plus plus",
        "cs" | "csharp" => "C sharp",
        "md" | "markdown" => "Markdown",
        "yml" | "yaml" => "YAML",
        _ => language,
    };
    format!("Here is some {name} code.")
}

/// Addresses in a text are told by their hosts: nobody wants to hear slashes.
fn without_addresses(text: &str) -> String {
    if !text.contains("://") && !text.contains("www.") {
        return text.to_owned();
    }
    let words = text.split_inclusive(char::is_whitespace).map(|word| {
        let is_address = ["http://", "https://", "www."]
            .iter()
            .any(|start| word.trim_start_matches(['(', '<', '"']).starts_with(start));
        if !is_address {
            return word.to_owned();
        }
        let bare = word.trim_end();
        let kept = bare.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '>', '"']);
        format!(
            "{}{}",
            told_address(kept.trim_start_matches(['(', '<', '"'])),
            &word[kept.len()..]
        )
    });
    words.collect()
}

fn told_address(address: &str) -> String {
    let after = address
        .split_once("://")
        .map_or(address, |(_, after)| after);
    let host = after.split(['/', '?', '#']).next().unwrap_or_default();
    match host
        .trim_start_matches("www.")
        .trim_start_matches("mailto:")
    {
        "" => "a link".to_owned(),
        host => format!("a link to {host}"),
    }
}

/// One space between words, none at the ends.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Emoji and what is drawn rather than said.
fn is_pictograph(character: char) -> bool {
    matches!(character, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}'
        | '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' | '\u{20e3}' | '\u{e0020}'..='\u{e007f}' | '\u{2500}'..='\u{25ff}')
}
