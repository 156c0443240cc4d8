//! A tree of JSON as HTML: lists in lists that open and shut, the same from the server and from the page, and piece by piece
//! while an answer grows.

use super::tree::{Node, Tree, Value};
use std::fmt::Write;

/// Most values of an answer that are on the page; the rest is in its raw text.
pub const MAX_SHOWN: usize = 2_000;

/// The HTML of the whole tree, as far as it has come: the content of a list.
#[must_use]
pub fn outline(tree: &Tree) -> String {
    let mut html = String::new();
    if tree.root().is_some() {
        write_item(tree, 0, &mut html);
    }
    html
}

/// The HTML of one value with what is in it.
#[must_use]
pub fn item(tree: &Tree, node: usize) -> String {
    let mut html = String::new();
    write_item(tree, node, &mut html);
    html
}

/// The HTML of a value that is no container: the content of its `json-value`.
#[must_use]
pub fn value_html(value: &Value) -> String {
    let mut html = String::new();
    if let Value::String(text) | Value::Number(text) | Value::Word(text) = value {
        escape(text, &mut html);
    }
    html
}

/// The classes of the element that holds [`value_html`].
#[must_use]
pub fn value_class(value: &Value) -> &'static str {
    match value {
        Value::String(text) if text.is_empty() => "json-value json-string json-empty",
        Value::String(_) => "json-value json-string",
        Value::Number(_) => "json-value json-number",
        _ => "json-value json-word",
    }
}

/// How many values a container has, in words.
#[must_use]
pub fn count_text(node: &Node) -> String {
    let (one, many) = match node.value {
        Value::Array => ("item", "items"),
        _ => ("field", "fields"),
    };
    match node.len {
        1 => format!("1 {one}"),
        len => format!("{len} {many}"),
    }
}

/// What is said below a tree of which not all is shown; nothing where all is.
#[must_use]
pub fn rest_text(tree: &Tree) -> String {
    match tree.nodes().len().saturating_sub(MAX_SHOWN) {
        0 => String::new(),
        rest => format!("{rest} more values are in the raw JSON."),
    }
}

fn write_item(tree: &Tree, index: usize, html: &mut String) {
    let Some(node) = tree.nodes().get(index).filter(|_| index < MAX_SHOWN) else {
        return;
    };
    // The number is how the page finds the value again.
    let _ = write!(html, "<li data-node=\"{index}\" tabindex=\"-1\">");
    if !matches!(node.value, Value::Object | Value::Array) {
        write_key(node, html);
        let _ = write!(
            html,
            "<span class=\"{}\">{}",
            value_class(&node.value),
            value_html(&node.value)
        );
        html.push_str("</span></li>");
        return;
    }
    html.push_str("<details open><summary>");
    write_key(node, html);
    let _ = write!(
        html,
        "<span class=\"json-count\">{}</span></summary><ul>",
        count_text(node)
    );
    for child in tree.children(index) {
        write_item(tree, child, html);
    }
    html.push_str("</ul></details></li>");
}

fn write_key(node: &Node, html: &mut String) {
    if node.parent.is_none() {
        return;
    }
    match &node.key {
        Some(key) => {
            html.push_str("<span class=\"json-key\">");
            escape(key, html);
        }
        None => {
            let _ = write!(html, "<span class=\"json-index\">{}", node.position);
        }
    }
    html.push_str(":</span> ");
}

/// Writes text so that it is text in HTML.
fn escape(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            _ => html.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_there_once_with_its_name_and_nothing_is_markup() {
        let tree = Tree::of(r#"{"<b>":"<script>\"&","list":[1,nul"#);
        let html = outline(&tree);
        assert!(html.contains("&lt;b&gt;:</span> <span class=\"json-value json-string\">&lt;script&gt;&quot;&amp;</span>"));
        assert!(html.contains("<span class=\"json-count\">2 items</span>"));
        assert!(!html.contains("<script"));
        for node in 0..tree.nodes().len() {
            assert_eq!(html.matches(&format!("data-node=\"{node}\"")).count(), 1);
        }
    }

    #[test]
    fn a_huge_tree_is_shown_in_part_and_says_so() {
        let tree = Tree::of(&format!("[{}0]", "0,".repeat(5_000)));
        assert_eq!(outline(&tree).matches("<li").count(), MAX_SHOWN);
        assert_eq!(rest_text(&tree), "3002 more values are in the raw JSON.");
    }

    #[test]
    fn nothing_yet_is_nothing() {
        assert_eq!(outline(&Tree::of("Let me see")), "");
    }
}
