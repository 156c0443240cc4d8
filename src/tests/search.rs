//! Searching the catalogue, on SQLite's full-text index and on PostgreSQL's: the same words find the same tools.

use crate::support::{database::on_both_databases, test_app::TestApp};
use inspireai::model::catalog::{ToolDetail, ToolPage};
use proptest::{
    prelude::*,
    sample::{Index, select},
    strategy::ValueTree,
    test_runner::TestRunner,
};
use std::collections::BTreeMap;

async fn search(app: &TestApp, q: &str, page: u32) -> ToolPage {
    let page = page.to_string();
    let form = [
        ("query[q]", q),
        ("query[category]", ""),
        ("query[page]", page.as_str()),
    ];
    app.visitor().call("search_tools", &form).await.value()
}

async fn slugs(app: &TestApp, q: &str) -> Vec<String> {
    let first = search(app, q, 1).await;
    let mut slugs = Vec::new();
    for page in 1..=first.pages {
        let page = search(app, q, page).await;
        slugs.extend(page.tools.into_iter().map(|tool| tool.slug));
    }
    slugs
}

/// Everything of each tool that a search looks at, as people see it on the tool's page, in small letters.
async fn texts(app: &TestApp) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for slug in slugs(app, "").await {
        let tool: ToolDetail = app
            .visitor()
            .call("get_tool", &[("slug", &slug)])
            .await
            .value();
        let card = tool.card;
        let categories = card.categories.join(" ").replace('-', " ");
        let text = [
            card.name,
            card.provider,
            card.tagline,
            tool.description,
            categories,
        ];
        texts.insert(slug, text.join(" ").to_lowercase());
    }
    texts
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// Values of a strategy, the same in every run.
fn sample<T>(strategy: impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    let one = |_| strategy.new_tree(&mut runner).expect("a value").current();
    (0..count).map(one).collect()
}

on_both_databases! {
    async fn beginnings_of_words_find_exactly_the_tools_that_have_all_of_them(app: TestApp) {
        let texts = texts(&app).await;
        let vocabulary: Vec<String> = texts
            .values()
            .flat_map(|text| words(text))
            .filter(|word| word.is_ascii())
            .map(ToOwned::to_owned)
            .collect();
        let beginning = (any::<Index>(), 1..12_usize)
            .prop_map(|(index, length)| {
                let word = index.get(&vocabulary);
                word[..length.min(word.len())].to_owned()
            });
        for typed in sample(proptest::collection::vec(beginning, 1..4), 60) {
            let expected: Vec<&String> = texts
                .iter()
                .filter(|(_, text)| typed.iter().all(|part| words(text).any(|word| word.starts_with(part.as_str()))))
                .map(|(slug, _)| slug)
                .collect();
            let query = typed.join(" ").to_uppercase();
            let mut found = slugs(&app, &query).await;
            found.sort();
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query:?}");
        }
    }

    async fn a_name_is_found_from_its_first_letter_to_its_last(app: TestApp) {
        for name in ["ChatGPT", "DeepL", "ElevenLabs"] {
            for length in 1..=name.len() {
                let typed = &name[..length];
                let found = slugs(&app, typed).await;
                assert!(found.contains(&name.to_lowercase()), "{typed} finds {found:?}");
            }
            assert_eq!(slugs(&app, name).await[0], name.to_lowercase());
        }
    }

    async fn no_text_whatever_makes_a_search_fail_and_what_it_finds_has_the_words(app: TestApp) {
        let texts = texts(&app).await;
        let syntax = select(vec![
            "\"", "'", "*", ":", "&", "|", "!", "(", ")", "^", "-", "<->", "\\", "%", "_", "\0", "{", "}", "AND", "OR",
            "NOT", "NEAR(", "chat", "gpt-5", "search_text:", "🦀", "ä", "翻译", ":*", "''", "\\'", "$1", "--", ";", "\t",
        ]);
        let of_syntax = proptest::collection::vec(syntax, 1..8).prop_map(|parts| parts.concat());
        for query in sample(prop_oneof![of_syntax, any::<String>(), "[ -~]{1,30}"], 120) {
            let page = search(&app, &query, 1).await;
            assert!(page.total as usize <= texts.len());
            for tool in &page.tools {
                let text = &texts[&tool.slug];
                let lower = query.to_lowercase();
                for word in lower.split_whitespace().take(8) {
                    assert!(text.contains(word), "{query:?} found {} without {word:?}", tool.slug);
                }
            }
        }
    }

    async fn words_with_punctuation_and_of_other_scripts_are_found_as_they_stand(app: TestApp) {
        app.execute(
            "update tool set search_text = 'naïve “quoted” gpt-5.1 c++ 翻译软件 überchat–bot ai·studio' where slug = 'chatgpt'",
        )
        .await;
        for found in ["naïve", "NAÏVE", "quoted", "gpt-5", "gpt-5.1", "5.1", "gpt 5 1", "c++", "翻译", "软件", "bot", "studio", "über", "chat–bot"] {
            assert!(slugs(&app, found).await.contains(&"chatgpt".to_owned()), "{found}");
        }
        for missing in ["gpt_5", "gpt-6", "naive", "c--", "译翻"] {
            assert!(!slugs(&app, missing).await.contains(&"chatgpt".to_owned()), "{missing}");
        }
    }

    async fn the_index_follows_every_change_of_a_tool(app: TestApp) {
        assert!(slugs(&app, "zebra").await.is_empty());
        app.execute("update tool set search_text = search_text || ' zebra' where slug = 'deepl'").await;
        assert_eq!(slugs(&app, "zebra").await, ["deepl"]);
        app.execute("update tool set search_text = 'giraffe' where slug = 'deepl'").await;
        assert!(slugs(&app, "zebra").await.is_empty());
        assert_eq!(slugs(&app, "giraffe").await, ["deepl"]);
        app.execute("delete from tool where slug = 'deepl'").await;
        assert!(slugs(&app, "giraffe").await.is_empty());
    }
}

#[tokio::test]
async fn the_index_outlives_a_vacuum_of_the_file() {
    let app = TestApp::start().await;
    let before = slugs(&app, "translate").await;
    // Gaps make a vacuum move rows, if anything does.
    app.execute("delete from tool where slug < 'd'").await;
    app.execute("vacuum").await;
    let kept: Vec<_> = before
        .into_iter()
        .filter(|slug| slug.as_str() >= "d")
        .collect();
    assert_eq!(slugs(&app, "translate").await, kept);
    app.execute("insert into tool_search (tool_search, rank) values ('integrity-check', 1)")
        .await;
}
