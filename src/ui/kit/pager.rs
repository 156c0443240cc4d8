//! The way through a list of several pages.

use super::icon::Icon;
use leptos::prelude::*;

/// Links to the page before and the page after. One page needs none.
#[component]
pub fn Pager(
    /// The address of a page.
    path: Box<dyn Fn(u32) -> String>,
    /// The page that is shown, from 1.
    page: u32,
    /// How many there are.
    pages: u32,
) -> impl IntoView {
    let path = move |page: u32| (1..=pages).contains(&page).then(|| path(page));
    (pages > 1).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                <PagerLink href=path(page.saturating_sub(1)) rel="prev">
                    <Icon name="chevron-left" class="icon-s" />
                    "Previous"
                </PagerLink>
                <span class="quiet num">{format!("Page {page} of {pages}")}</span>
                <PagerLink href=path(page.saturating_add(1)) rel="next">
                    "Next"
                    <Icon name="chevron-right" class="icon-s" />
                </PagerLink>
            </nav>
        }
    })
}

/// A link, or its shape where there is nothing to go to.
#[component]
fn PagerLink(
    /// Where to.
    href: Option<String>,
    /// Which way.
    rel: &'static str,
    /// What it says.
    children: Children,
) -> impl IntoView {
    match href {
        Some(href) => view! {
            <a class="btn" href=href rel=rel>
                {children()}
            </a>
        }
        .into_any(),
        None => view! {
            <span class="btn" aria-disabled="true">
                {children()}
            </span>
        }
        .into_any(),
    }
}
