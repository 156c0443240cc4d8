//! Filters of the list: chips that are links.

use super::address::tools_path;
use crate::model::catalog::{CategoryCount, ToolQuery, category_label};
use leptos::prelude::*;

/// Every category with the number of tools that the words find in it.
#[component]
pub fn CategoryChips(
    /// The categories, in order.
    categories: Vec<CategoryCount>,
    /// What the address asks for.
    query: ToolQuery,
    /// How many tools all of them hold, where that is known.
    total: Option<u32>,
    /// Whether the list that they filter is on this page: then one of them is the current one.
    #[prop(default = true)]
    is_filter: bool,
) -> impl IntoView {
    let current = query.category.clone();
    let mut categories = categories;
    if !current.is_empty() && !categories.iter().any(|category| category.slug == current) {
        categories.push(CategoryCount {
            slug: current.clone(),
            count: 0,
        });
    }
    let words = query.q;
    let chip = move |slug: String, label: String, count: Option<u32>, is_current: bool| {
        let href = tools_path(&ToolQuery {
            q: words.clone(),
            category: slug,
            page: 1,
        });
        view! {
            <li>
                <a class="chip" href=href aria-current=is_current.then_some("true")>
                    {label}
                    " "
                    {count.map(|count| view! { <span class="count">{count}</span> })}
                </a>
            </li>
        }
    };
    let all = chip(
        String::new(),
        "All".to_owned(),
        total,
        is_filter && current.is_empty(),
    );
    let chips = categories
        .into_iter()
        .map(|category| {
            let is_current = category.slug == current;
            let label = category_label(&category.slug);
            chip(category.slug, label, Some(category.count), is_current)
        })
        .collect_view();
    view! {
        <nav aria-label="Categories">
            <ul class="chips chips-scroll">{all} {chips}</ul>
        </nav>
    }
    .into_any()
}
