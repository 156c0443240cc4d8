//! A search that finds nothing teaches the next one.

use super::address::tools_path;
use crate::model::catalog::{ToolQuery, category_label};
use leptos::prelude::*;

/// Searches that find something in any catalogue of AI tools.
const SUGGESTIONS: [&str; 5] = ["translate", "draw", "code", "transcribe", "research"];

/// What was looked for, why it may not be there, and where to look instead.
#[component]
pub(super) fn EmptyResult(
    /// What the address asks for.
    query: ToolQuery,
    /// Whether other categories have what the words look for.
    is_elsewhere: bool,
) -> impl IntoView {
    let category = category_label(&query.category);
    let heading = match (query.category.is_empty(), query.q.is_empty()) {
        (true, true) => "There are no tools yet".to_owned(),
        (true, false) => format!("Nothing matches “{}”", query.q),
        (false, true) => format!("There is nothing in {category}"),
        (false, false) => format!("Nothing in {category} matches “{}”", query.q),
    };
    let advice = if is_elsewhere {
        "Other categories have tools that match."
    } else {
        "A shorter word, or one for the task rather than the product, often finds more."
    };
    let everywhere = is_elsewhere.then(|| {
        let path = tools_path(&ToolQuery {
            category: String::new(),
            page: 1,
            ..query.clone()
        });
        view! {
            <a class="btn btn-primary" href=path>
                "Search all categories"
            </a>
        }
    });
    view! {
        <div class="empty">
            <h2>{heading}</h2>
            <p>{advice}</p>
            <div class="row">
                {everywhere} <a class="btn" href="/tools">
                    "Clear the search"
                </a>
            </div>
            <Suggestions />
        </div>
    }
    .into_any()
}

#[component]
fn Suggestions() -> impl IntoView {
    let chip = |words: &str| {
        let path = tools_path(&ToolQuery {
            q: words.to_owned(),
            ..ToolQuery::default()
        });
        view! {
            <li>
                <a class="chip" href=path>
                    {words.to_owned()}
                </a>
            </li>
        }
    };
    view! {
        <p>"Or look for one of these:"</p>
        <ul class="chips" aria-label="Other searches">
            {SUGGESTIONS.map(chip).collect_view()}
        </ul>
    }
}
