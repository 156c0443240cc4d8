//! The list of tools.

use super::{
    SearchForm,
    address::{read_tool_query, tools_path},
    empty_result::EmptyResult,
    tool_card::{ToolGrid, ToolGridSkeleton},
    tool_filters::CategoryChips,
};
use crate::{
    api::catalog::search_tools,
    model::catalog::{ToolPage, ToolQuery},
    ui::{
        kit::{
            notice::{ErrorNotice, RetryButton},
            pager::Pager,
        },
        load::{Loaded, load},
        shell::page::Page,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// `/tools`: search, categories, cards, pages.
#[component]
pub fn ToolsPage() -> impl IntoView {
    let params = use_query_map();
    let query = Memo::new(move |_| params.with(read_tool_query));
    let found = load(move || query.get(), search_tools);
    view! {
        <Page title="Tools">
            <div class="page-head">
                <h1>"Tools"</h1>
            </div>
            <div class="filters">
                <SearchForm query />
                <Filters query found />
            </div>
            <Results query found />
        </Page>
    }
}

type Found = Loaded<ToolPage>;

/// The chips. A search that failed says so below, once.
#[component]
fn Filters(
    /// What the address asks for.
    query: Memo<ToolQuery>,
    /// What that finds.
    found: Found,
) -> impl IntoView {
    view! {
        <Transition fallback=|| view! { <div class="chip skeleton w-50"></div> }>
            {move || {
                let query = query.get();
                Suspend::new(async move {
                    found
                        .await
                        .ok()
                        .map(|page| {
                            let total = query.category.is_empty().then_some(page.total);
                            view! { <CategoryChips categories=page.categories query total /> }
                        })
                })
            }}
        </Transition>
    }
}

/// What was found, or why nothing is here.
#[component]
fn Results(
    /// What the address asks for.
    query: Memo<ToolQuery>,
    /// What that finds.
    found: Found,
) -> impl IntoView {
    view! {
        <Transition fallback=ResultSkeleton>
            {move || {
                let asked = query.get();
                Suspend::new(async move {
                    match found.await {
                        Ok(page) => {
                            view! { <ResultPage page query=asked current=query /> }.into_any()
                        }
                        Err(error) => {
                            view! {
                                <ErrorNotice error>
                                    <RetryButton on_retry=move |()| found.refetch() />
                                </ErrorNotice>
                            }
                                .into_any()
                        }
                    }
                })
            }}
        </Transition>
    }
}

/// One page of cards.
#[component]
fn ResultPage(
    /// What was found.
    page: ToolPage,
    /// What was asked for.
    query: ToolQuery,
    /// What the address asks for now: something else while another answer is on its way.
    current: Memo<ToolQuery>,
) -> impl IntoView {
    let count = match page.total {
        0 => "No tools".to_owned(),
        1 => "1 tool".to_owned(),
        total => format!("{total} tools"),
    };
    let is_elsewhere =
        !query.category.is_empty() && page.categories.iter().any(|category| category.count > 0);
    let cards = if page.tools.is_empty() {
        view! { <EmptyResult query=query.clone() is_elsewhere /> }.into_any()
    } else {
        view! { <ToolGrid tools=page.tools /> }.into_any()
    };
    let asked = query.clone();
    let path = Box::new(move |page| {
        tools_path(&ToolQuery {
            page,
            ..query.clone()
        })
    });
    let line = move || match current.get() == asked {
        true => count.clone(),
        false => "Searching…".to_owned(),
    };
    view! {
        <div class="result-line">
            <p role="status">{line}</p>
        </div>
        <h2 class="sr-only">"Results"</h2>
        {cards}
        <Pager path page=page.page pages=page.pages />
    }
    .into_any()
}

/// The results' shape while they are fetched for the first time.
#[component]
fn ResultSkeleton() -> impl IntoView {
    view! {
        <div class="result-line">
            <p role="status">"Loading tools"</p>
        </div>
        <ToolGridSkeleton />
    }
}
