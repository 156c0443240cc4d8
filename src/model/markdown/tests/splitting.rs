//! Where blocks end, and when that is certain.

use super::super::BlockSplitter;
use super::render_tail;

/// What is frozen, and what stays open, after a text that may go on.
fn split_open(text: &str) -> (Vec<String>, String) {
    let mut splitter = BlockSplitter::new();
    splitter.push(text);
    (splitter.take_frozen(), splitter.tail().to_owned())
}

fn frozen(text: &str) -> Vec<String> {
    split_open(text).0
}

#[test]
fn a_paragraph_is_frozen_by_the_blank_line_after_it() {
    assert!(frozen("one\ntwo\n").is_empty());
    assert_eq!(frozen("one\ntwo\n\n"), ["one\ntwo\n\n"]);
}

#[test]
fn a_heading_is_frozen_by_the_end_of_its_line() {
    assert!(frozen("# Title").is_empty());
    assert_eq!(frozen("# Title\n"), ["# Title\n"]);
}

#[test]
fn an_underlined_heading_is_one_block() {
    assert_eq!(frozen("Title\n===\n"), ["Title\n===\n"]);
    assert_eq!(frozen("Title\n---\n"), ["Title\n---\n"]);
}

#[test]
fn blank_lines_do_not_end_a_fenced_block() {
    let code = "```rust\nfn a() {}\n\n# no heading\n```\n";
    assert_eq!(frozen(code), [code]);
    assert!(frozen(&code[..code.len() - 4]).is_empty());
}

#[test]
fn a_shorter_fence_does_not_close_a_longer_one() {
    assert!(frozen("````\n```\n\n").is_empty());
}

#[test]
fn a_list_stays_open_over_blank_lines_until_something_else_begins() {
    let list = "- a\n\n- b\n\n  more\n\n";
    assert_eq!(split_open(list), (vec![], list.to_owned()));
    let text = format!("{list}After\n");
    assert_eq!(
        split_open(&text),
        (vec![list.to_owned()], "After\n".to_owned())
    );
}

#[test]
fn another_kind_of_marker_begins_another_list() {
    assert_eq!(frozen("- a\n\n* b\n\nc\n"), ["- a\n\n", "* b\n\n"]);
    assert_eq!(frozen("1. a\n\n1) b\n\nc\n"), ["1. a\n\n", "1) b\n\n"]);
}

#[test]
fn a_lazy_line_belongs_to_the_list_above_it() {
    assert!(frozen("- a\nlazy\n").is_empty());
}

#[test]
fn a_list_or_fence_interrupts_a_paragraph_but_a_year_does_not() {
    assert_eq!(frozen("Steps:\n- a\n"), ["Steps:\n"]);
    assert_eq!(frozen("Code:\n```\n"), ["Code:\n"]);
    assert!(frozen("It was in\n1984. Then\n").is_empty());
}

#[test]
fn a_table_is_one_block_up_to_the_blank_line() {
    let table = "| a | b |\n|---|---|\n| 1 | 2 |\n\n";
    assert_eq!(frozen(table), [table]);
}

#[test]
fn a_quote_ends_at_a_blank_line_and_takes_lazy_lines() {
    assert_eq!(frozen("> a\nlazy\n\n> b\n"), ["> a\nlazy\n\n"]);
}

#[test]
fn lines_of_display_math_do_not_begin_blocks() {
    let math = "$$\na\n- b\n> c\n$$\n\n";
    assert_eq!(frozen(math), [math]);
    let math = "1. Thus\n\\[\na\n- b\n\\]\n2. So\n";
    assert!(frozen(math).is_empty());
}

#[test]
fn stray_dollars_hold_up_no_more_than_their_paragraph() {
    assert_eq!(
        frozen("$$ is money\n- no item\n\nnext\n"),
        ["$$ is money\n- no item\n\n"]
    );
}

#[test]
fn raw_html_does_not_swallow_what_follows() {
    assert_eq!(frozen("<script>\n\ntext\n\n"), ["<script>\n\n", "text\n\n"]);
}

#[test]
fn windows_line_ends_split_like_any_others() {
    assert_eq!(frozen("a\r\n\r\nb\r\n"), ["a\r\n\r\n"]);
}

#[test]
fn finishing_freezes_the_rest_and_leaves_a_fresh_splitter() {
    let mut splitter = BlockSplitter::new();
    splitter.push("- a\n\nlast");
    splitter.finish();
    assert_eq!(splitter.take_frozen(), ["- a\n\n", "last"]);
    assert_eq!(splitter.tail(), "");
    splitter.push("# again\n");
    assert_eq!(splitter.take_frozen(), ["# again\n"]);
}

#[test]
fn a_dash_that_may_begin_an_item_makes_no_heading_of_the_tail() {
    assert_eq!(render_tail("Steps:\n-"), "<p>Steps:</p>");
    let table = "|a|b|\n|-|-|\n";
    assert_eq!(render_tail(&format!("{table}|")), render_tail(table));
    assert_eq!(
        render_tail("Steps:\n- a"),
        "<p>Steps:</p><ul><li>a</li></ul>"
    );
}

#[test]
fn a_link_whose_address_is_not_whole_is_shown_as_its_words() {
    let shown = |tail: &str| render_tail(tail);
    for address in ["", "https://exam", "https://example.org \"Its ti"] {
        assert_eq!(
            shown(&format!("See [the *manual*]({address}")),
            shown("See the *manual*")
        );
        assert_eq!(
            shown(&format!("See ![a chart]({address}")),
            shown("See a chart")
        );
    }
    assert!(shown("See [the manual](https://example.org)").contains("<a href"));
    for code in ["Write `[a](b", "```\n[a](b"] {
        assert!(shown(code).contains("[a](b"), "{code}");
    }
}

#[test]
fn a_long_text_in_one_push_takes_time_in_proportion() {
    let text = "A paragraph.\n\n".repeat(100_000);
    assert_eq!(frozen(&text).len(), 100_000);
}
