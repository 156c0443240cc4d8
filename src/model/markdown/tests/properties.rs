//! What holds for every text, however it arrives.

use proptest::prelude::*;

use super::super::{BlockSplitter, html};
use super::markup::check_markup;
use super::{render, render_block, render_tail};

/// Pieces that begin, end or confuse blocks.
const FRAGMENTS: &[&str] = &[
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    "  ",
    "    ",
    "\t",
    " ",
    "a",
    "word ",
    "text text\n",
    "é中",
    "# h\n",
    "## ",
    "#",
    "---\n",
    "===\n",
    "***\n",
    "* * *\n",
    "- ",
    "- item\n",
    "-\n",
    "* ",
    "+ x\n",
    "1. ",
    "1. one\n",
    "2) two\n",
    "7. seven\n",
    "  - nested\n",
    "   continued\n",
    "> ",
    "> quote\n",
    ">",
    ">> deep\n",
    "```\n",
    "```rust\n",
    "~~~\n",
    "````\n",
    "`",
    "``",
    "`code`",
    "| a | b |\n",
    "|---|:-:|\n",
    "| 1 | 2 |\n",
    "|",
    "$",
    "$$",
    "$$\n",
    "\\[",
    "\\]\n",
    "\\(",
    "\\)",
    "$x^2$",
    "\\",
    "\\\\",
    "<",
    "<div>\n",
    "</div>",
    "<!--",
    "-->",
    "<script>",
    "<br>",
    "<https://a.b/c>",
    "https://a.b/c?d=e&f",
    "[",
    "]",
    "(",
    ")",
    "[a](https://b.c)",
    "[a](javascript:x)",
    "](<",
    "![i](https://b.c/d.png)",
    "![",
    "[r]: https://x.y\n",
    "[r]",
    "**",
    "*",
    "_",
    "~~",
    "~",
    "&amp;",
    "&",
    "\"",
    "'",
    "- [x] done\n",
    "- [ ] todo\n",
    "\u{FDD0}",
    "\u{FDE0}\u{FDD1}",
    "\u{FDD2}",
    "\u{202E}",
    "\0",
    "\r",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(FRAGMENTS), 0..40).prop_map(|parts| parts.concat())
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![3 => soup(), 1 => "(?s).{0,120}"]
}

/// Documents as people and models write them: whole blocks, one after the other.
fn document() -> impl Strategy<Value = String> {
    const BLOCKS: &[&str] = &[
        "A paragraph with *some* `code`\nover two lines.\n\n",
        "Title\n=====\n",
        "# Heading\n",
        "***\n",
        "- a\n- b\n",
        "- a\n\n- b\n\n",
        "1. a\n   - b\n\n   c\n2. d\n\n",
        "* other\n",
        "> quote\nlazy\n\n",
        "> - a\n>\n> b\n\n",
        "```rust\nfn a() {}\n\n# no heading\n```\n",
        "~~~\n- no list\n~~~\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n",
        "    indented\n\n    code\n\n",
        "$$\nx\n- y\n= z\n$$\n\n",
        "\\[\na + b\n\\]\n\n",
        "Text:\n- item\n- item\n\n",
        "<div>\nraw\n</div>\n\n",
        "[1]: https://a.b\n\n",
        "Last line\n",
        "\n",
        "---\n\n",
        "2. two\n\n",
        "- ```\n  code\n  ```\n",
        "- $$\n  x\n  $$\n\n",
        "> $$\n> x\n> $$\n\n",
    ];
    prop::collection::vec(prop::sample::select(BLOCKS), 0..8).prop_map(|parts| parts.concat())
}

/// Cuts a text into pieces of these lengths in characters, repeated until it is used up.
fn pieces(text: &str, lengths: &[usize]) -> Vec<String> {
    let mut characters = text.chars().peekable();
    let mut lengths = lengths.iter().cycle();
    let mut pieces = Vec::new();
    while characters.peek().is_some() {
        let length = lengths.next().copied().unwrap_or(1);
        pieces.push(characters.by_ref().take(length).collect());
    }
    pieces
}

fn split(text: &str) -> Vec<String> {
    let mut splitter = BlockSplitter::new();
    splitter.push(text);
    splitter.finish();
    splitter.take_frozen()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn frozen_blocks_and_tail_are_always_the_text_so_far(
        text in any_text(),
        lengths in prop::collection::vec(1_usize..9, 1..6),
    ) {
        let mut splitter = BlockSplitter::new();
        let (mut pushed, mut frozen) = (String::new(), String::new());
        for piece in pieces(&text, &lengths) {
            splitter.push(&piece);
            pushed += &piece;
            frozen += &splitter.take_frozen().concat();
            prop_assert_eq!(format!("{frozen}{}", splitter.tail()), pushed.as_str());
        }
        splitter.finish();
        prop_assert_eq!(splitter.tail(), "");
        prop_assert_eq!(frozen + &splitter.take_frozen().concat(), text);
    }

    #[test]
    fn blocks_do_not_depend_on_how_the_text_arrives(
        text in any_text(),
        lengths in prop::collection::vec(1_usize..9, 1..6),
    ) {
        let mut splitter = BlockSplitter::new();
        let mut blocks = Vec::new();
        for piece in pieces(&text, &lengths) {
            splitter.push(&piece);
            blocks.extend(splitter.take_frozen());
            // What the reader sees of an unfinished block is safe, too.
            check_markup(&render_tail(splitter.tail()))?;
        }
        splitter.finish();
        blocks.extend(splitter.take_frozen());
        prop_assert_eq!(blocks, split(&text));
    }

    #[test]
    fn the_text_renders_as_its_blocks_do(text in any_text()) {
        let blocks = split(&text);
        let rendered: String = blocks.iter().map(|block| render_block(block)).collect();
        prop_assert_eq!(render(&text), rendered);
    }

    #[test]
    fn only_known_markup_comes_out(text in any_text()) {
        check_markup(&render(&text))?;
    }

    #[test]
    fn splitting_a_document_does_not_change_how_it_reads(text in document()) {
        prop_assert_eq!(render(&text), html::render(&text));
    }

    #[test]
    fn formulas_of_any_kind_end_as_known_markup(
        latex in prop::collection::vec(prop::sample::select(LATEX), 0..24),
    ) {
        let latex = latex.concat();
        check_markup(&render(&format!("\\[{latex}\\]")))?;
        check_markup(&render(&format!("${latex}$")))?;
    }
}

/// Pieces of formulas, those among them on which the LaTeX parser or the `MathML` writer panic or
/// write what they should not.
const LATEX: &[&str] = &[
    "x",
    "1.5",
    " ",
    "^",
    "_",
    "{",
    "}",
    "&",
    "\\\\",
    "\\\\[3pt]",
    "<",
    ">",
    "\"",
    "~",
    "%",
    "#",
    "é",
    "\\é",
    "\\frac",
    "\\sqrt[3]",
    "\\left(",
    "\\right)",
    "\\right.",
    "\\middle|",
    "\\hat",
    "\\not",
    "\\text{<b>}",
    "\\operatorname{<img src=x>}",
    "\\mathop{\\mathrm{a}}",
    "\\boxed{y}",
    "\\tag{1}",
    "\\color{red}",
    "\\fcolorbox{red}{blue}{z}",
    "\\begin{array}{|}",
    "\\begin{array}{c||c}",
    "\\begin{array}{}",
    "\\hline",
    "\\end{array}",
    "\\begin{matrix}",
    "\\end{matrix}",
    "\\begin{cases}",
    "\\end{cases}",
    "\\symbfcal",
    "\\char é",
    "\\def\\a{\\a\\a}\\a",
    "\\newcommand{\\b}[1]{#1}",
    "\\sum",
    "\\limits",
    "\\displaystyle",
    "\\!",
    "\\rule{1em}{1em}",
    "\\xrightarrow[a]{b}",
    "\\underbrace{c}_d",
    "{\\frac 1 2}",
    "\\alpha",
    "'",
    "\\,",
];
