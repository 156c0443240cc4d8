//! The catalogue: what it holds, and what a search finds.

use crate::support::{client::Client, person::message, test_app::TestApp};
use inspireai::model::{
    ErrorKind,
    catalog::{ApiType, TOOLS_PER_PAGE, ToolCard, ToolDetail, ToolPage},
    chat::ChatTool,
};

async fn search(client: &Client, q: &str, category: &str, page: &str) -> ToolPage {
    let form = [
        ("query[q]", q),
        ("query[category]", category),
        ("query[page]", page),
    ];
    client.call("search_tools", &form).await.value()
}

#[tokio::test]
async fn it_holds_at_least_sixty_tools_in_eight_categories_and_anybody_may_look() {
    let app = TestApp::start().await;
    let page = search(&app.visitor(), "", "", "1").await;
    assert!(page.total >= 60, "{}", page.total);
    assert!(page.categories.len() >= 8);
    assert_eq!(page.tools.len(), TOOLS_PER_PAGE as usize);
    assert_eq!(page.pages, page.total.div_ceil(TOOLS_PER_PAGE));
    let featured: Vec<ToolCard> = app.visitor().call("featured_tools", &[]).await.value();
    assert!(!featured.is_empty() && featured.iter().all(|tool| tool.is_featured));
}

#[tokio::test]
async fn every_page_shows_other_tools_and_together_they_are_all() {
    let app = TestApp::start().await;
    let first = search(&app.visitor(), "", "", "1").await;
    let mut slugs = Vec::new();
    for page in 1..=first.pages {
        let page = search(&app.visitor(), "", "", &page.to_string()).await;
        slugs.extend(page.tools.into_iter().map(|tool| tool.slug));
    }
    let count = slugs.len();
    slugs.sort();
    slugs.dedup();
    assert_eq!(
        (slugs.len(), count),
        (first.total as usize, first.total as usize)
    );
}

#[tokio::test]
async fn a_page_beyond_the_end_is_the_last_and_page_zero_the_first() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let last = search(&visitor, "", "", "4294967295").await;
    assert_eq!(last.page, last.pages);
    assert!(!last.tools.is_empty());
    assert_eq!(search(&visitor, "", "", "0").await.page, 1);
    let nothing = search(&visitor, "nothing-is-called-so", "", "7").await;
    assert_eq!((nothing.page, nothing.pages, nothing.total), (1, 1, 0));
}

#[tokio::test]
async fn a_name_with_odd_characters_in_a_query_breaks_nothing() {
    let app = TestApp::start().await;
    let long = "x".repeat(5_000);
    for q in [
        "'; drop table tool; --",
        "\\",
        "\"",
        "🦀",
        "\u{0}",
        long.as_str(),
    ] {
        assert_eq!(search(&app.visitor(), q, "", "1").await.total, 0, "{q:?}");
    }
    assert_eq!(
        search(&app.visitor(), "", "no-such-category", "1")
            .await
            .total,
        0
    );
}

#[tokio::test]
async fn an_unknown_tool_is_not_found() {
    let app = TestApp::start().await;
    let reply = app
        .visitor()
        .call("get_tool", &[("slug", "no-such-tool")])
        .await;
    assert_eq!(reply.status, 404);
    assert_eq!(reply.error().kind, ErrorKind::NotFound);
    assert_eq!(reply.error().message, "There is no such tool.");
}

#[tokio::test]
async fn the_models_of_ones_own_server_are_tools_that_one_can_chat_with() {
    let app = TestApp::start().await;
    let tool: ToolDetail = app
        .visitor()
        .call("get_tool", &[("slug", "echo")])
        .await
        .value();
    assert_eq!(tool.api_type, ApiType::Openai);
    assert_eq!(tool.model.as_deref(), Some("echo"));
    assert!(tool.card.is_chattable && tool.unavailable_because.is_none());
}

#[tokio::test]
async fn tools_that_do_not_answer_here_say_why() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for (slug, because) in [
        ("chatgpt", "on its own site"),
        ("gpt-5", "does not have gpt-5"),
        ("local-assistant", "INSPIREAI_LOCAL_MODEL=off"),
        ("gemini-2-5-pro", "not configured"),
    ] {
        let tool: ToolDetail = visitor.call("get_tool", &[("slug", slug)]).await.value();
        let reason = tool.unavailable_because.expect(slug);
        assert!(reason.contains(because), "{slug}: {reason}");
        assert!(!tool.card.is_chattable);
    }
}

#[tokio::test]
async fn a_new_chat_talks_to_a_tool_that_answers_here() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let tool: ChatTool = ada.call("chat_tool", &[]).await.value();
    assert_eq!(tool.unavailable_because, None, "{}", tool.slug);
    let missing = ada.call("chat_tool", &[("slug", "no-such-tool")]).await;
    assert_eq!(missing.status, 404);
}

#[tokio::test]
async fn without_any_model_a_new_chat_says_so_instead_of_failing() {
    let app = TestApp::builder()
        .env("OPENAI_BASE_URL", "")
        .env("OPENAI_API_KEY", "")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let tool: ChatTool = ada.call("chat_tool", &[]).await.value();
    let reason = tool.unavailable_because.expect("a reason");
    assert!(reason.contains("INSPIREAI_LOCAL_MODEL"), "{reason}");
}

#[tokio::test]
async fn without_its_model_file_the_server_runs_and_says_how_to_get_it() {
    let app = TestApp::builder()
        .env("INSPIREAI_LOCAL_MODEL", "/nowhere/model.gguf")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let tool: ToolDetail = ada
        .call("get_tool", &[("slug", "local-assistant")])
        .await
        .value();
    let reason = tool.unavailable_because.expect("a reason");
    assert!(
        reason.contains("/nowhere/model.gguf") && reason.contains("make models"),
        "{reason}"
    );

    let refused = ada.try_send(&message("local-assistant", "hello")).await;
    assert_eq!((refused.status, refused.error().message), (503, reason));
    let (_, transcript) = ada.ask("echo", "the others answer").await;
    assert_eq!(transcript.text, "the others answer");
}
