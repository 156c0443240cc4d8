//! Home: what this is, the search, the tools to begin with.

use crate::{
    api::{
        assistants::list_assistants,
        catalog::{featured_tools, search_tools},
    },
    model::{
        assistant::AssistantQuery,
        catalog::{CategoryCount, ToolQuery},
    },
    ui::{
        assistants::assistant_card::AssistantGrid,
        catalog::{
            SearchForm,
            tool_card::{ChatHereBadge, ToolGrid, ToolGridSkeleton},
            tool_filters::CategoryChips,
        },
        kit::notice::{ErrorNotice, RetryButton},
        load::load,
        session::use_session,
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
            <Assistants />
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

/// Assistants on the page.
const SHOWN_ASSISTANTS: usize = 3;

/// The latest assistants that the person may use; nothing where there are none, or nobody is logged in.
#[component]
fn Assistants() -> impl IntoView {
    let session = use_session();
    let latest = load(
        || (),
        move |()| async move {
            if session.await?.is_none() {
                return Ok(Vec::new());
            }
            let page = list_assistants(AssistantQuery::default()).await?;
            let latest = page.assistants.into_iter().take(SHOWN_ASSISTANTS);
            Ok(latest.collect::<Vec<_>>())
        },
    );
    view! {
        <Transition>
            {move || Suspend::new(async move {
                // They are a shortcut: without them, their page is still there.
                let assistants = latest.await.unwrap_or_default();
                (!assistants.is_empty())
                    .then(|| {
                        view! {
                            <section class="section" aria-labelledby="assistants">
                                <div class="section-head">
                                    <h2 id="assistants">"Assistants"</h2>
                                    <a href="/assistants">"All assistants"</a>
                                </div>
                                <AssistantGrid assistants />
                            </section>
                        }
                    })
            })}
        </Transition>
    }
    .into_any()
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
