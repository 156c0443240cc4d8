//! The markup of each kind of block, and what never gets into it.

use std::time::{Duration, Instant};

use super::{render, render_block};

const EXTERNAL: &str = r#" rel="noopener noreferrer nofollow" target="_blank""#;

#[test]
fn headings_begin_at_the_third_level() {
    assert_eq!(render("# a\n## b\n"), "<h3>a</h3><h4>b</h4>");
    assert_eq!(render("### a\n###### b\n"), "<h5>a</h5><h6>b</h6>");
}

#[test]
fn inline_marks_become_elements_and_unclosed_ones_stay() {
    assert_eq!(
        render("**a** *b* ~~c~~ `d<`"),
        "<p><strong>a</strong> <em>b</em> <del>c</del> <code>d&lt;</code></p>"
    );
    assert_eq!(render("**a"), "<p>**a</p>");
    assert_eq!(render("~1~ to ~2~"), "<p>~1~ to ~2~</p>");
}

#[test]
fn a_code_block_has_its_language_and_a_copy_button() {
    assert_eq!(
        render("```rust\n\"<b>\"\n```\n"),
        concat!(
            r#"<div class="code-block"><div class="code-head"><span class="code-lang">rust</span>"#,
            r#"<button type="button" class="code-copy">Copy</button></div>"#,
            r#"<pre tabindex="0"><code class="language-rust">&quot;&lt;b&gt;&quot;"#,
            "\n</code></pre></div>",
        )
    );
}

#[test]
fn a_language_is_a_name_or_nothing() {
    let label = |info: &str| {
        let html = render(&format!("~~~{info}\n~~~\n"));
        let (_, rest) = html.split_once("code-lang\">").unwrap_or_default();
        rest.split_once('<').unwrap_or_default().0.to_owned()
    };
    assert_eq!(label(""), "text");
    assert_eq!(label("C++"), "c++");
    assert_eq!(label("rust,ignore"), "rust");
    assert_eq!(label("\"><script>"), "script");
    assert_eq!(label("日本"), "text");
    assert!(!render("```\na\n```\n").contains("class=\"language"));
}

#[test]
fn an_unclosed_fence_is_code_already() {
    assert!(render_block("```py\nprint(").contains(r#"<code class="language-py">print("#));
}

#[test]
fn a_table_scrolls_in_itself_and_keeps_its_alignment() {
    assert_eq!(
        render("| a | b<br>c |\n|---|--:|\n| 1 | 2 |\n"),
        concat!(
            r#"<div class="table-scroll" tabindex="0"><table><thead><tr><th scope="col">a</th>"#,
            r#"<th scope="col" class="align-right">b<br>c</th></tr></thead>"#,
            r#"<tbody><tr><td>1</td><td class="align-right">2</td></tr></tbody></table></div>"#,
        )
    );
}

#[test]
fn lists_keep_their_start_their_tasks_and_their_nesting() {
    assert_eq!(
        render("3. a\n4. b\n"),
        r#"<ol start="3"><li>a</li><li>b</li></ol>"#
    );
    assert_eq!(
        render("- a\n  - b\n"),
        "<ul><li>a<ul><li>b</li></ul></li></ul>"
    );
    assert_eq!(
        render("- [x] a\n- [ ] b\n"),
        concat!(
            r#"<ul><li><input type="checkbox" disabled checked aria-label="Done"> a</li>"#,
            r#"<li><input type="checkbox" disabled aria-label="To do"> b</li></ul>"#,
        )
    );
}

#[test]
fn raw_html_is_text() {
    assert_eq!(
        render("<script>alert(1)</script>"),
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"
    );
    assert_eq!(
        render("<div>\n**b**\n</div>"),
        "<p>&lt;div&gt;\n<strong>b</strong>\n&lt;/div&gt;</p>"
    );
    assert_eq!(render("a <!-- b --> c"), "<p>a &lt;!-- b --&gt; c</p>");
    assert_eq!(
        render("[a](<b onclick=c>"),
        "<p>[a](&lt;b onclick=c&gt;</p>"
    );
}

#[test]
fn links_lead_only_where_they_may() {
    assert_eq!(
        render("[a](https://b.c)"),
        format!(r#"<p><a href="https://b.c"{EXTERNAL}>a</a></p>"#)
    );
    assert_eq!(render("[a](/chat)"), r#"<p><a href="/chat">a</a></p>"#);
    assert_eq!(render("[a](#b)"), r##"<p><a href="#b">a</a></p>"##);
    assert_eq!(
        render("[a](mailto:b@c.d)"),
        r#"<p><a href="mailto:b@c.d">a</a></p>"#
    );
    for destination in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        r"/\evil.example",
        "</\t/evil.example>",
        "page.html",
    ] {
        assert_eq!(
            render(&format!("[a]({destination})")),
            "<p>a</p>",
            "{destination}"
        );
    }
}

#[test]
fn attributes_cannot_be_broken_out_of() {
    let html = render("[a](https://b.c/\"onclick=x 'y\"><script>')");
    assert!(!html.contains("<script"), "{html}");
    let html = render("[a](https://b.c \"t\\\" onclick=\\\"x\")");
    assert!(
        html.contains(r#"title="t&quot; onclick=&quot;x""#),
        "{html}"
    );
}

#[test]
fn bare_addresses_become_links_without_the_punctuation_around_them() {
    for (source, address) in [
        ("see https://a.b/c_d_e?f=1.", "https://a.b/c_d_e?f=1"),
        ("(https://a.b/c_(d))", "https://a.b/c_(d)"),
        ("**https://a.b**", "https://a.b"),
        ("看https://a.b/c。好", "https://a.b/c"),
        ("<https://a.b/c>", "https://a.b/c"),
        ("[1]: https://a.b/c", "https://a.b/c"),
    ] {
        let link = format!(r#"<a href="{address}"{EXTERNAL}>{address}</a>"#);
        assert!(
            render(source).contains(&link),
            "{source}: {}",
            render(source)
        );
    }
    for source in [
        "`https://a.b`",
        "xhttps://a.b",
        "https://",
        "http://.",
        "ftp://a.b",
    ] {
        assert!(!render(source).contains("<a "), "{source}");
    }
    assert_eq!(
        render("[https://a.b](https://c.d)").matches("<a ").count(),
        1
    );
}

#[test]
fn link_reference_definitions_are_shown_and_not_swallowed() {
    assert!(render("[1]: https://a.b\n").starts_with("<p>[1]: <a "));
    assert_eq!(render("[^1]: note\n"), "<p>[^1]: note</p>");
    assert_eq!(render("a [b] [^1]\n"), "<p>a [b] [^1]</p>");
}

#[test]
fn only_our_own_images_load() {
    assert_eq!(
        render("![a](/files/1.png)"),
        r#"<p><img src="/files/1.png" alt="a" loading="lazy"></p>"#
    );
    assert_eq!(
        render("![a *b*](https://c.d/e.png)"),
        format!(r#"<p><a href="https://c.d/e.png"{EXTERNAL}>a b</a></p>"#)
    );
    assert_eq!(render("![a](data:image/png;base64,x)"), "<p>a</p>");
    assert!(!render("![a](/files/../api/x)").contains("<img"));
    assert_eq!(
        render("[![a](https://b.c/d)](https://e.f)")
            .matches("<a ")
            .count(),
        1
    );
}

#[test]
fn text_that_poses_as_a_stand_in_is_replaced() {
    assert_eq!(
        render("a\u{FDD2}b \u{FDD0}\u{FDE0}\u{FDD1} $x\u{FDD3}$ `\u{FDD4}`")
            .matches('\u{FFFD}')
            .count(),
        6
    );
}

#[test]
fn absurd_nesting_and_repetition_stay_small_and_quick() {
    let sources = [
        ">".repeat(10_000),
        "> ".repeat(10_000),
        "- ".repeat(10_000),
        "[".repeat(10_000),
        "![".repeat(10_000),
        "[a](".repeat(5_000),
        "*a **a ".repeat(5_000),
        "`".repeat(10_000),
        "` `` ".repeat(5_000),
        "$".repeat(10_000),
        "$$ ".repeat(10_000),
        "\\(".repeat(10_000),
        "\\[ ".repeat(10_000),
        "<".repeat(10_000),
        "|".repeat(10_000),
        "[a]: ".repeat(5_000),
        "https://a.b) ".repeat(2_000),
        format!("https://a.b/{}", ")".repeat(10_000)),
        "1. ".repeat(5_000),
        "> - ".repeat(5_000),
        "\\".repeat(10_000),
        "&".repeat(10_000),
        "~".repeat(10_000),
    ];
    for source in sources {
        let start = Instant::now();
        let html = render(&source);
        let kind: String = source.chars().take(8).collect();
        assert!(
            html.len() < source.len() * 100 + 10_000,
            "{kind}: {} bytes",
            html.len()
        );
        assert!(html.matches("<blockquote>").count() < 100, "{kind}");
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{kind}: {:?}",
            start.elapsed()
        );
    }
}
