//! What the ways in have in common.

use crate::ui::{
    kit::{address::with_query, page_title::PageTitle},
    shell::topbar::{Brand, SkipLink},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// A page with nothing but a form.
#[component]
pub(super) fn Entry(
    /// Its title and heading.
    title: &'static str,
    /// A sentence below the heading.
    #[prop(optional)]
    lede: &'static str,
    /// The form and what is beside it.
    children: Children,
) -> impl IntoView {
    let lede = (!lede.is_empty()).then(|| view! { <p>{lede}</p> });
    view! {
        <PageTitle title />
        <SkipLink />
        <div class="main">
            <header>
                <Brand />
            </header>
            <main class="entry" id="content" tabindex="-1">
                <header>
                    <h1>{title}</h1>
                    {lede}
                </header>
                {children()}
            </main>
        </div>
    }
    .into_any()
}

/// Where to go on to, out of the address. The server takes only paths of its own site.
pub(super) fn use_next() -> Memo<Option<String>> {
    let params = use_query_map();
    Memo::new(move |_| params.with(|params| params.get("next")))
}

/// Carries on where to go on to.
#[component]
pub(super) fn NextField(
    /// Where to.
    next: Memo<Option<String>>,
) -> impl IntoView {
    move || {
        next.get()
            .map(|next| view! { <input type="hidden" name="next" value=next /> })
    }
}

/// The other way in, which goes on to the same place.
pub(super) fn with_next(path: &str, next: Option<&str>) -> String {
    with_query(path, &[("next", next.unwrap_or_default())])
}
