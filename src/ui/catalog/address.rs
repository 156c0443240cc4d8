//! The catalogue's addresses, read and written in one place.

use crate::{
    model::catalog::ToolQuery,
    ui::kit::address::{escape, with_query},
};
use leptos_router::params::ParamsMap;

/// What an address of the list asks for.
#[must_use]
pub fn read_tool_query(params: &ParamsMap) -> ToolQuery {
    let text = |name| params.get_str(name).unwrap_or_default().trim().to_owned();
    ToolQuery {
        q: text("q"),
        category: text("category"),
        page: text("page").parse().unwrap_or(1).max(1),
    }
}

/// The address of the list that shows what a query finds.
#[must_use]
pub fn tools_path(query: &ToolQuery) -> String {
    let page = query.page.to_string();
    let parts = [
        ("q", query.q.as_str()),
        ("category", query.category.as_str()),
        ("page", if query.page > 1 { &page } else { "" }),
    ];
    with_query("/tools", &parts)
}

/// The address of the list with one category.
#[must_use]
pub fn category_path(category: &str) -> String {
    with_query("/tools", &[("category", category)])
}

/// The address of a tool's page.
#[must_use]
pub fn tool_path(slug: &str) -> String {
    format!("/tools/{}", escape(slug))
}

/// The address of a new chat with a tool, with something to begin with or nothing.
#[must_use]
pub fn chat_path(slug: &str, prompt: &str) -> String {
    with_query("/chat", &[("tool", slug), ("prompt", prompt)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_only_what_was_asked_for() {
        let mut query = ToolQuery::default();
        assert_eq!(tools_path(&query), "/tools");
        query.q = "draw & sing é".to_owned();
        query.page = 2;
        assert_eq!(
            tools_path(&query),
            "/tools?q=draw%20%26%20sing%20%C3%A9&page=2"
        );
        assert_eq!(category_path("open-models"), "/tools?category=open-models");
        assert_eq!(chat_path("smol", ""), "/chat?tool=smol");
    }

    #[test]
    fn a_page_that_is_no_number_is_the_first() {
        let params: ParamsMap = [("q", " x "), ("page", "-3")].into_iter().collect();
        let query = read_tool_query(&params);
        assert_eq!((query.q.as_str(), query.page), ("x", 1));
    }
}
