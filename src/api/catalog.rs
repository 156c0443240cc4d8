//! Reading the catalogue. Anybody may.

use crate::model::{
    AppResult,
    catalog::{ToolCard, ToolDetail, ToolPage, ToolQuery},
};
use leptos::prelude::*;

/// The tools of the home page.
///
/// # Errors
/// When the database fails.
#[server(prefix = "/api", endpoint = "featured_tools")]
pub async fn featured_tools() -> AppResult<Vec<ToolCard>> {
    crate::server::http::session::state()?
        .catalog
        .featured()
        .await
}

/// One page of what a query finds.
///
/// # Errors
/// When the database fails.
#[server(prefix = "/api", endpoint = "search_tools")]
pub async fn search_tools(query: ToolQuery) -> AppResult<ToolPage> {
    crate::server::http::session::state()?
        .catalog
        .search(query)
        .await
}

/// One tool.
///
/// # Errors
/// `NotFound`.
#[server(prefix = "/api", endpoint = "get_tool")]
pub async fn get_tool(slug: String) -> AppResult<ToolDetail> {
    use crate::server::http::session;
    let catalog = session::state()?.catalog;
    catalog.get(&slug).await.inspect_err(session::mark_page)
}
