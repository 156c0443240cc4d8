//! Markdown as one reads it.

use super::super::{Tables, spoken_text};

fn read(markdown: &str) -> String {
    spoken_text(markdown, Tables::Announced)
}

#[test]
fn marks_are_not_read_and_every_line_has_an_end() {
    assert_eq!(
        read("# Title\n\nSome **bold**, *slanted* and ~~old~~ text with `code`.\n\n---\n\nThe end"),
        "Title.\nSome bold, slanted and old text with code.\nThe end."
    );
}

#[test]
fn code_is_announced_and_not_read() {
    assert_eq!(
        read("Try:\n\n```rust\nfn main() {}\n```\n\n    indented"),
        "Try:\nHere is some Rust code.\nHere is some code."
    );
    assert_eq!(read("```\nno end"), "Here is some code.");
    let long = "x".repeat(60);
    assert_eq!(read(&format!("Use `{long}` now.")), "Use some code now.");
}

#[test]
fn links_are_their_text_and_addresses_their_host() {
    assert_eq!(
        read("See [the guide](https://example.com/a/b?c=d) or <https://www.rust-lang.org/learn>."),
        "See the guide or a link to rust-lang.org."
    );
    assert_eq!(
        read("Go to https://example.com/a_b (or www.w3.org/x)."),
        "Go to a link to example.com (or a link to w3.org)."
    );
    assert_eq!(
        read("![A cat](cat.png) and ![](dog.png)"),
        "an image: A cat and an image."
    );
}

#[test]
fn lists_are_lines_with_their_numbers() {
    assert_eq!(
        read("- one\n- two\n  1. deep\n  2. deeper\n\n5. five\n6. six"),
        "one.\ntwo.\n1. deep.\n2. deeper.\n5. five.\n6. six."
    );
    assert_eq!(
        read("- [x] washed\n- [ ] dried"),
        "Done: washed.\nTo do: dried."
    );
}

#[test]
fn tables_are_announced_or_read_row_by_row() {
    let table = "| Name | Age |\n|---|---|\n| Ann | 5 |\n| **Bob** | |";
    assert_eq!(read(table), "A table with 2 columns and 2 rows: Name, Age.");
    assert_eq!(
        spoken_text(table, Tables::RowByRow),
        "Name: Ann; Age: 5.\nName: Bob."
    );
}

#[test]
fn formulas_html_and_pictographs_are_not_spelled_out() {
    assert_eq!(
        read("Energy is $E = mc^2$ 🎉 here."),
        "Energy is a formula here."
    );
    assert_eq!(
        read("<div>\nhidden\n</div>\n\nShown <b>bold</b>."),
        "Shown bold."
    );
}
