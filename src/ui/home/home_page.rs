//! Home: what this is, the search, the tools to begin with.

use crate::{
    api::catalog::{featured_tools, search_tools},
    model::catalog::{CategoryCount, ToolQuery},
    ui::{
        catalog::{
            SearchForm,
            tool_card::{ChatHereBadge, ToolGrid, ToolGridSkeleton},
            tool_filters::CategoryChips,
        },
        kit::notice::{ErrorNotice, RetryButton},
        load::load,
        shell::page::Page,
    },
};
use leptos::prelude::*;
use leptos_meta::Meta;

/// `/`.
#[component]
pub fn HomePage() -> impl IntoView {
    // Only what the page shows of it crosses the wire with the page.
    let overview = load(
        || (),
        |()| async {
            search_tools(ToolQuery::default())
                .await
                .map(|page| (page.total, page.categories))
        },
    );
    view! {
        <Page title="Home">
            <Meta
                name="description"
                content="A catalogue of AI tools, and a chat in which you use them, on a server of your own."
            />
            <section class="hero">
                <h1>"Find the right AI tool, and use it here"</h1>
                <Transition fallback=|| view! { <Pitch total=None /> }>
                    {move || Suspend::new(async move {
                        let total = overview.await.ok().map(|(total, _)| total);
                        view! { <Pitch total /> }
                    })}
                </Transition>
                <SearchForm query=Signal::stored(ToolQuery::default()) />
            </section>
            <Transition>
                {move || Suspend::new(async move {
                    overview.await.ok().map(|(total, categories)| view! { <Chips total categories /> })
                })}
            </Transition>
            <Featured />
        </Page>
    }
}

/// What this is, in a sentence or two.
#[component]
fn Pitch(
    /// How many tools there are, when that is known.
    total: Option<u32>,
) -> impl IntoView {
    let tools = total.map_or_else(|| "Tools".to_owned(), |total| format!("{total} tools"));
    view! {
        <p>
            {format!("{tools}, with what they cost and what to expect of them. Those marked ")}
            <ChatHereBadge /> " answer in this window."
        </p>
    }
}

/// The categories. They are a shortcut: without them, the search is still there.
#[component]
fn Chips(
    /// How many tools there are.
    total: u32,
    /// The categories with theirs.
    categories: Vec<CategoryCount>,
) -> impl IntoView {
    view! { <CategoryChips categories query=ToolQuery::default() total=Some(total) is_filter=false /> }
}

/// The tools to begin with.
#[component]
fn Featured() -> impl IntoView {
    let featured = load(|| (), |()| featured_tools());
    view! {
        <section class="section" aria-labelledby="featured">
            <div class="section-head">
                <h2 id="featured">"Featured"</h2>
                <a href="/tools">"All tools"</a>
            </div>
            <Transition fallback=|| {
                view! {
                    <p class="sr-only" role="status">
                        "Loading tools"
                    </p>
                    <ToolGridSkeleton />
                }
            }>
                {move || Suspend::new(async move {
                    match featured.await {
                        Ok(tools) => view! { <ToolGrid tools /> }.into_any(),
                        Err(error) => {
                            view! {
                                <ErrorNotice error>
                                    <RetryButton on_retry=move |()| featured.refetch() />
                                </ErrorNotice>
                            }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </section>
    }
    .into_any()
}
