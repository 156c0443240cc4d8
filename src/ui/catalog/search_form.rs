//! The search for tools: a form that asks for an address.

use crate::{model::catalog::ToolQuery, ui::kit::icon::Icon};
use leptos::{html, prelude::*};
use leptos_router::components::Form;

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
    let category = move || query.with(|query| query.category.clone());
    view! {
        <Form action="/tools" attr:class="search" attr:role="search">
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
        </Form>
    }
    .into_any()
}
