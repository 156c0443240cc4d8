//! A page in the frame.

use super::topbar::BrandBar;
use crate::ui::kit::page_title::PageTitle;
use leptos::prelude::*;

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
        <PageTitle title />
        <BrandBar />
        <main class=class id="content" tabindex="-1">
            {children()}
        </main>
    }
    .into_any()
}
