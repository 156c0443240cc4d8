//! Links and images: everything with an address in it.

use std::borrow::Cow;

use pulldown_cmark::{Event, LinkType};

use super::super::links::{Target, is_own_file};
use super::{MAX_DEPTH, Writer, escape};

/// An image being read: what is inside is its alternative text.
pub(super) struct Image {
    destination: String,
    alternative: String,
    depth: usize,
}

impl Image {
    pub(super) fn new(destination: String) -> Self {
        Self {
            destination,
            alternative: String::new(),
            depth: 1,
        }
    }
}

impl Writer<'_> {
    pub(super) fn link(&mut self, kind: LinkType, destination: &str, title: &str) {
        let mut destination = self.shield.verbatim(destination);
        if kind == LinkType::Email {
            destination = Cow::Owned(format!("mailto:{destination}"));
        }
        let title = self.shield.verbatim(title);
        self.inline("");
        let is_link = self.open.len() < MAX_DEPTH && self.anchor(&destination, &title);
        self.open.push(if is_link { "</a>" } else { "" });
        self.inline_depth += 1;
        self.link_depth += 1;
    }

    /// Opens a link, if it leads where a link may lead.
    pub(super) fn anchor(&mut self, destination: &str, title: &str) -> bool {
        let (address, attributes) = match Target::parse(destination) {
            Some(Target::External(address)) => (
                address,
                r#" rel="noopener noreferrer nofollow" target="_blank""#,
            ),
            Some(Target::Internal(address)) => (address, ""),
            None => return false,
        };
        self.html.push_str("<a href=\"");
        escape(&mut self.html, &address);
        self.html.push('"');
        if !title.is_empty() {
            self.html.push_str(" title=\"");
            escape(&mut self.html, title);
            self.html.push('"');
        }
        self.html.push_str(attributes);
        self.html.push('>');
        true
    }

    /// Collects what is inside an image.
    pub(super) fn image_event(&mut self, event: Event<'_>) {
        let Some(image) = &mut self.image else { return };
        match event {
            Event::Start(_) => image.depth += 1,
            Event::End(_) => image.depth -= 1,
            Event::SoftBreak | Event::HardBreak => image.alternative.push(' '),
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                image.alternative += &self.shield.verbatim(&text);
            }
            _ => {}
        }
        if image.depth == 0
            && let Some(image) = self.image.take()
        {
            self.image(&image);
        }
    }

    /// Shows a file of our own, links to any other image: loading it would tell its server who
    /// reads what.
    fn image(&mut self, image: &Image) {
        self.inline("");
        if is_own_file(&image.destination) {
            self.html.push_str("<img src=\"");
            escape(&mut self.html, &image.destination);
            self.html.push_str("\" alt=\"");
            escape(&mut self.html, &image.alternative);
            self.html.push_str("\" loading=\"lazy\">");
            return;
        }
        let is_link = self.link_depth == 0 && self.anchor(&image.destination, "");
        let text = match image.alternative.trim() {
            "" if is_link => &image.destination,
            alternative => alternative,
        };
        escape(&mut self.html, text);
        if is_link {
            self.html.push_str("</a>");
        }
    }
}
