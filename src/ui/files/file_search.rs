//! The search among one's files: a form that asks for an address.

use super::address::files_path;
use crate::ui::kit::icon::Icon;
use leptos::{ev::SubmitEvent, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Searches the names.
#[component]
pub(super) fn FileSearch(
    /// What the address asks for.
    q: Signal<String>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let navigate = use_navigate();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let written = input.get_untracked().map(|input| input.value());
        let written = written.unwrap_or_default();
        navigate(&files_path(written.trim(), 1), NavigateOptions::default());
    };
    view! {
        <form action="/files" class="search" role="search" on:submit=submit>
            <Icon name="search" />
            <label class="sr-only" for="file-q">
                "Search files"
            </label>
            <input
                node_ref=input
                class="input"
                id="file-q"
                name="q"
                type="search"
                value=q.get_untracked()
                placeholder="Name of a file"
                maxlength="120"
                autocomplete="off"
                enterkeyhint="search"
            />
            <button class="btn">"Search"</button>
        </form>
    }
    .into_any()
}
