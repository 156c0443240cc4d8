//! Writes one parsed block as HTML. The only place that makes markup: every tag is spelled out
//! here, and every text and attribute of the source goes through [`escape`].

mod anchors;

use pulldown_cmark::{
    Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd, TextMergeWithOffset,
};

use self::anchors::Image;
use super::links::find_address;
use super::shield::{Piece, Shield, without_noncharacters};
use super::typesetting;

/// Deeper elements are left out, their text stays: no document needs more, and browsers stop
/// nesting at 512 anyway.
const MAX_DEPTH: usize = 64;

/// Renders the source of a block.
pub(super) fn render(source: &str) -> String {
    let source = without_noncharacters(source);
    let shield = Shield::new(&source);
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let parser = Parser::new_ext(shield.text(), options).into_offset_iter();
    let mut writer = Writer::new(&shield);
    for (event, range) in TextMergeWithOffset::new(parser) {
        // A single tilde is an "about" more often than a deletion.
        let is_single_tilde = !shield
            .text()
            .get(range)
            .is_some_and(|source| source.starts_with("~~"));
        writer.event(event, is_single_tilde);
    }
    writer.html
}

/// Appends `text` to `html`, safe in content and in quoted attributes.
pub(super) fn escape(html: &mut String, text: &str) {
    let mut rest = text;
    while let Some(special) = rest.find(['&', '<', '>', '"', '\'']) {
        html.push_str(&rest[..special]);
        html.push_str(match rest.as_bytes()[special] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        });
        rest = &rest[special + 1..];
    }
    html.push_str(rest);
}

struct Writer<'a> {
    shield: &'a Shield<'a>,
    html: String,
    /// The closing tags of the open elements; empty for those that are left out.
    open: Vec<&'static str>,
    paragraph: Paragraph,
    /// How many of the open elements hold text only and cannot hold a block.
    inline_depth: usize,
    link_depth: usize,
    image: Option<Image>,
    is_code: bool,
    alignments: Vec<Alignment>,
    column: usize,
    is_head: bool,
}

/// Whether a paragraph is open. Display math closes it and text opens it again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Paragraph {
    None,
    Awaited,
    Open,
}

impl<'a> Writer<'a> {
    fn new(shield: &'a Shield<'a>) -> Self {
        Self {
            shield,
            html: String::with_capacity(shield.text().len() * 3 / 2),
            open: Vec::new(),
            paragraph: Paragraph::None,
            inline_depth: 0,
            link_depth: 0,
            image: None,
            is_code: false,
            alignments: Vec::new(),
            column: 0,
            is_head: false,
        }
    }

    fn event(&mut self, event: Event<'_>, is_single_tilde: bool) {
        if self.image.is_some() {
            return self.image_event(event);
        }
        match event {
            Event::Start(tag) => self.start(tag, is_single_tilde),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.is_code => {
                let text = self.shield.verbatim(&text);
                escape(&mut self.html, &text);
            }
            Event::Text(text) => self.text(&text),
            Event::Code(code) => {
                self.inline("<code>");
                let code = self.shield.verbatim(&code);
                escape(&mut self.html, &code);
                self.html.push_str("</code>");
            }
            Event::SoftBreak if self.paragraph == Paragraph::Awaited => {}
            Event::SoftBreak => self.html.push('\n'),
            Event::HardBreak => self.inline("<br>"),
            Event::Rule => self.html.push_str("<hr>"),
            Event::TaskListMarker(is_done) => self.inline(if is_done {
                r#"<input type="checkbox" disabled checked aria-label="Done"> "#
            } else {
                r#"<input type="checkbox" disabled aria-label="To do"> "#
            }),
            // The shield leaves hardly any HTML; what comes through is shown, never passed on.
            Event::Html(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => self.text(&text),
        }
    }

    fn start(&mut self, tag: Tag<'_>, is_single_tilde: bool) {
        match tag {
            Tag::Paragraph => self.paragraph = Paragraph::Awaited,
            Tag::Heading { level, .. } => {
                self.inline_depth += 1;
                // A page has its own h1 and h2.
                match level as u8 {
                    1 => self.element("<h3>", "</h3>"),
                    2 => self.element("<h4>", "</h4>"),
                    3 => self.element("<h5>", "</h5>"),
                    _ => self.element("<h6>", "</h6>"),
                }
            }
            Tag::BlockQuote(_) => self.element("<blockquote>", "</blockquote>"),
            Tag::CodeBlock(kind) => self.code_block(&kind),
            Tag::List(None) => self.element("<ul>", "</ul>"),
            Tag::List(Some(1)) => self.element("<ol>", "</ol>"),
            Tag::List(Some(start)) => {
                self.element(&format!(r#"<ol start="{start}">"#), "</ol>");
            }
            Tag::Item => self.element("<li>", "</li>"),
            Tag::Table(alignments) => {
                self.alignments = alignments;
                self.element(
                    r#"<div class="table-scroll" tabindex="0"><table>"#,
                    "</tbody></table></div>",
                );
            }
            Tag::TableHead => {
                self.is_head = true;
                self.column = 0;
                self.element("<thead><tr>", "</tr></thead><tbody>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.element("<tr>", "</tr>");
            }
            Tag::TableCell => self.cell(),
            Tag::Emphasis => self.inline_element("<em>", "</em>"),
            Tag::Strong => self.inline_element("<strong>", "</strong>"),
            Tag::Strikethrough if is_single_tilde => self.inline_element("~", "~"),
            Tag::Strikethrough => self.inline_element("<del>", "</del>"),
            Tag::Link {
                link_type,
                dest_url,
                title,
                ..
            } => self.link(link_type, &dest_url, &title),
            Tag::Image { dest_url, .. } => {
                let destination = self.shield.verbatim(&dest_url);
                self.image = Some(Image::new(destination.into_owned()));
            }
            _ => self.element("", ""),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => {
                if self.paragraph == Paragraph::Open {
                    self.html.push_str("</p>");
                }
                self.paragraph = Paragraph::None;
                return;
            }
            TagEnd::Heading(_) | TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.inline_depth -= 1;
            }
            TagEnd::Link => {
                self.inline_depth -= 1;
                self.link_depth -= 1;
            }
            TagEnd::CodeBlock => self.is_code = false,
            TagEnd::TableHead => self.is_head = false,
            TagEnd::TableCell => self.column += 1,
            _ => {}
        }
        self.html.push_str(self.open.pop().unwrap_or_default());
    }

    /// Opens an element, or only remembers it where the nesting is absurd.
    fn element(&mut self, open: &str, close: &'static str) {
        if self.open.len() < MAX_DEPTH {
            self.html.push_str(open);
            self.open.push(close);
        } else {
            self.open.push("");
        }
    }

    fn inline_element(&mut self, open: &str, close: &'static str) {
        self.inline("");
        self.inline_depth += 1;
        self.element(open, close);
    }

    /// Writes markup that belongs inside a paragraph.
    fn inline(&mut self, markup: &str) {
        if self.paragraph == Paragraph::Awaited {
            self.html.push_str("<p>");
            self.paragraph = Paragraph::Open;
        }
        self.html.push_str(markup);
    }

    fn text(&mut self, text: &str) {
        let shield = self.shield;
        shield.pieces(text, |piece| match piece {
            Piece::Text(text) if self.paragraph == Paragraph::Awaited && text.trim().is_empty() => {
            }
            Piece::Text(text) => {
                self.inline("");
                self.words(text);
            }
            Piece::LineBreak => self.inline("<br>"),
            Piece::Formula {
                latex, is_display, ..
            } => self.formula(&latex, is_display),
        });
    }

    /// Writes text, with the bare addresses in it as links.
    fn words(&mut self, mut text: &str) {
        while self.link_depth == 0
            && let Some((start, end)) = find_address(text)
        {
            let address = &text[start..end];
            escape(&mut self.html, &text[..start]);
            let is_link = self.anchor(address, "");
            escape(&mut self.html, address);
            if is_link {
                self.html.push_str("</a>");
            }
            text = &text[end..];
        }
        escape(&mut self.html, text);
    }

    fn formula(&mut self, latex: &str, is_display: bool) {
        // Text elements cannot hold a block, so display math inside one is set like any other.
        let is_block = is_display && self.inline_depth == 0;
        if !is_block {
            self.inline("");
            return typesetting::push(&mut self.html, latex, false);
        }
        if self.paragraph == Paragraph::Open {
            self.html.push_str("</p>");
            self.paragraph = Paragraph::Awaited;
        }
        self.html.push_str(r#"<div class="math-block">"#);
        typesetting::push(&mut self.html, latex, true);
        self.html.push_str("</div>");
    }

    fn code_block(&mut self, kind: &CodeBlockKind<'_>) {
        self.is_code = true;
        let language = match kind {
            CodeBlockKind::Fenced(info) => self.language(info),
            CodeBlockKind::Indented => String::new(),
        };
        let (label, class) = if language.is_empty() {
            ("text", String::new())
        } else {
            (
                language.as_str(),
                format!(r#" class="language-{language}""#),
            )
        };
        let open = format!(
            concat!(
                r#"<div class="code-block"><div class="code-head">"#,
                r#"<span class="code-lang">{label}</span>"#,
                r#"<button type="button" class="code-copy">Copy</button></div>"#,
                r#"<pre tabindex="0"><code{class}>"#,
            ),
            label = label,
            class = class
        );
        self.element(&open, "</code></pre></div>");
    }

    /// The first word of a fence's info string, if it can be a language's name.
    fn language(&self, info: &str) -> String {
        let info = self.shield.verbatim(info);
        let name = info.split([' ', '\t', ',', '{']).next().unwrap_or_default();
        name.chars()
            .map(|character| character.to_ascii_lowercase())
            .filter(|character| matches!(character, 'a'..='z' | '0'..='9' | '+' | '#' | '-'))
            .collect()
    }

    fn cell(&mut self) {
        let class = match self.alignments.get(self.column) {
            Some(Alignment::Left) => r#" class="align-left""#,
            Some(Alignment::Center) => r#" class="align-center""#,
            Some(Alignment::Right) => r#" class="align-right""#,
            _ => "",
        };
        if self.is_head {
            self.element(&format!(r#"<th scope="col"{class}>"#), "</th>");
        } else {
            self.element(&format!("<td{class}>"), "</td>");
        }
    }
}
