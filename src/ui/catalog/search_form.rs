//! The search for tools: a form that asks for an address.

use super::address::tools_path;
use crate::{model::catalog::ToolQuery, ui::kit::icon::Icon};
use leptos::{ev::SubmitEvent, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Searches the catalogue. It stays within the category that is chosen.
#[component]
pub fn SearchForm(
    /// What the address asks for.
    #[prop(into)]
    query: Signal<ToolQuery>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    // The address speaks first when it changes (back, a chip); until then, what was typed stays.
    Effect::new(move |shown: Option<String>| {
        let q = query.with(|query| query.q.clone());
        if let (Some(shown), Some(input)) = (shown, input.get_untracked())
            && shown != q
        {
            input.set_value(&q);
        }
        q
    });
    let navigate = use_navigate();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let written = input.get_untracked().map(|input| input.value());
        let asked = ToolQuery {
            q: written.unwrap_or_default().trim().to_owned(),
            category: query.with_untracked(|query| query.category.clone()),
            page: 1,
        };
        navigate(&tools_path(&asked), NavigateOptions::default());
    };
    let category = move || query.with(|query| query.category.clone());
    view! {
        <form action="/tools" class="search" role="search" on:submit=submit>
            <Icon name="search" />
            <label class="sr-only" for="q">
                "Search tools"
            </label>
            <input
                node_ref=input
                class="input"
                id="q"
                name="q"
                type="search"
                value=query.with_untracked(|query| query.q.clone())
                placeholder="What do you want to do? Translate, draw, summarise…"
                maxlength="200"
                autocomplete="off"
                enterkeyhint="search"
            />
            {move || {
                let category = category();
                (!category.is_empty())
                    .then(|| view! { <input type="hidden" name="category" value=category /> })
            }}
            <button class="btn btn-primary">"Search"</button>
        </form>
    }
    .into_any()
}
