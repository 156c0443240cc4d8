//! What is a formula, and what becomes of it.

use super::super::typesetting::push_by;
use super::render;

fn is_math(source: &str) -> bool {
    render(source).contains("<math")
}

#[test]
fn all_four_delimiters_make_formulas() {
    for source in ["a $x$ b", r"a \(x\) b"] {
        let html = r#"<p>a <math display="inline"><mi>x</mi></math> b</p>"#;
        assert_eq!(render(source), html, "{source}");
    }
    for source in ["$$x$$", "$$\nx\n$$", r"\[x\]", "\\[\nx\n\\]"] {
        let html = r#"<div class="math-block"><math display="block"><mi>x</mi></math></div>"#;
        assert_eq!(render(source), html, "{source}");
    }
}

#[test]
fn display_math_ends_the_paragraph_around_it() {
    let html = render("so\n$$x$$\nthen");
    assert!(
        html.starts_with("<p>so\n</p><div class=\"math-block\">"),
        "{html}"
    );
    assert!(html.ends_with("</div><p>then</p>"), "{html}");
}

#[test]
fn money_is_no_formula() {
    for source in [
        "$5 and $10",
        "US$5 and US$10",
        "from $5-$10",
        "$20 (was $30)",
        "($20)/($30)",
        "$5 is the cost in US$.",
        "a `$` and a `$`",
        r"\$x\$",
        "$ x $",
    ] {
        assert!(!is_math(source), "{source}");
    }
}

#[test]
fn numbers_and_letters_in_dollars_are_formulas() {
    for source in [
        "the $n$th",
        "$5$ apples",
        "$2x = 4$",
        "其中$x$是",
        "$10 - 5 = 5$",
    ] {
        assert!(is_math(source), "{source}");
    }
}

#[test]
fn markdown_inside_a_formula_means_nothing() {
    let html = render(r"\(a_1 * b_1 * c\) and **$x$**");
    assert!(!html.contains("<em>"), "{html}");
    assert!(html.contains("<strong><math"), "{html}");
}

#[test]
fn a_formula_may_hold_the_bar_of_a_table() {
    let html = render("| a | b |\n|---|---|\n| $x|y$ | 2 |\n");
    assert!(html.contains("</math></td><td>2</td>"), "{html}");
}

#[test]
fn formulas_in_quotes_and_lists_lose_the_marks_before_their_lines() {
    let html = render("> $$\n> x\n> $$\n");
    assert!(html.contains("<mi>x</mi></math>"), "{html}");
    let html = render("- $$\n  x\n  $$\n");
    assert!(
        html.starts_with("<ul><li><div class=\"math-block\">"),
        "{html}"
    );
}

#[test]
fn code_keeps_its_dollars_and_backslashes() {
    assert_eq!(render(r"`$x$ \(y\)`"), r"<p><code>$x$ \(y\)</code></p>");
    assert!(render("```\n$$x$$ \\[y\\]\n```\n").contains("$$x$$ \\[y\\]\n</code>"));
    assert!(render("    $$x$$\n").contains("$$x$$"));
}

#[test]
fn an_unclosed_formula_is_text() {
    assert_eq!(render("a $x"), "<p>a $x</p>");
    assert_eq!(render("$$\nx"), "<p>$$\nx</p>");
}

#[test]
fn invalid_latex_shows_its_source() {
    let html = r#"<p><code class="math-error">\nonsense{&lt;b&gt;}</code></p>"#;
    assert_eq!(render(r"$\nonsense{<b>}$"), html);
}

#[test]
fn what_models_write_and_the_parser_lacks_is_put_in_other_words() {
    for source in [
        r"\boxed{42}",
        r"x = 1 \tag{1}",
        r"x \label{eq} \notag",
        r"\bm{x} \mbox{and}",
        r"\operatorname*{arg\,max}_x f(x)",
        r"\mathop{\mathrm{argmin}}_x",
        r"a = b \\ = c",
        r"a~b\!c",
    ] {
        let html = render(&format!("$${source}$$"));
        assert!(html.contains("<math"), "{source}: {html}");
        assert!(!html.contains("style="), "{source}: {html}");
    }
    assert!(render(r"$\boxed{x}$").contains(r#"<mrow class="math-boxed">"#));
    assert!(render(r"$\color{red}x$").contains(r#"mathcolor="rgb(255 0 0)""#));
}

#[test]
fn names_of_functions_carry_no_markup() {
    let html = render(r"$\operatorname{<img src=x onerror=alert(1)>}$");
    assert!(html.contains(r"{&lt;img src=x"), "{html}");
    assert!(!html.contains("<img"), "{html}");
    assert!(render("$a<b$").contains("<mo>&lt;</mo>"));
}

#[test]
fn sources_on_which_the_latex_parser_or_writer_panics_are_shown() {
    for source in [
        r"\char é",
        r"\begin{alignat}{é} a \end{alignat}",
        r"\begin{alignedat}{99999999999999999999999} a \end{alignedat}",
        r"\color{#éaéa} x",
        r"\begin{array}{c|c} 1 & 2 \\[3pt]^h 3 & 4 \end{array}",
        r"\begin{array}{|} 1 \end{array}",
        &r"\hat".repeat(900),
        &r"\frac1".repeat(600),
        &r"\sqrt[3]".repeat(490),
        &format!("{}x{}", "{".repeat(1_500), "}".repeat(1_500)),
        &"x".repeat(10_000),
    ] {
        let html = render(&format!("$${source}$$"));
        assert!(html.contains("math-error"), "{source}: {html}");
    }
    assert!(is_math("$$\\hspace{1em\u{3000}}x$$"));
    assert!(is_math("$$\\begin{array}{||c||} 1 \\\\ 2 \\end{array}$$"));
}

#[test]
fn without_a_typesetter_a_formula_is_its_source_marked_for_later() {
    for (is_display, html) in [
        (false, r#"<code class="math" data-display="inline">"#),
        (true, r#"<code class="math" data-display="block">"#),
    ] {
        let mut written = String::new();
        push_by(None, &mut written, r"a < b \\ \text{<b>}", is_display);
        let source = r"a &lt; b \\ \text{&lt;b&gt;}</code>";
        assert_eq!(written, format!("{html}{source}"));
    }
}

#[test]
fn a_typesetter_is_given_the_source_as_it_stands() {
    let echo = |latex: &str, is_display: bool| Some(format!("[{latex}|{is_display}]"));
    let mut written = String::new();
    push_by(Some(echo), &mut written, " x ", true);
    push_by(Some(|_, _| None), &mut written, " <x> ", false);
    let html = r#"[ x |true]<code class="math-error">&lt;x&gt;</code>"#;
    assert_eq!(written, html);
}
