//! A page in the frame.

use super::topbar::BrandBar;
use leptos::prelude::*;
use leptos_meta::Title;

/// A page with its title in the browser's tab.
#[component]
pub fn Page(
    /// Its title.
    #[prop(into)]
    title: String,
    /// Classes of the content: `page`, `page page-narrow`, `lost`.
    #[prop(default = "page")]
    class: &'static str,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=format!("{title} · InspireAI") />
        <BrandBar />
        <main class=class id="content" tabindex="-1">
            {children()}
        </main>
    }
    .into_any()
}
