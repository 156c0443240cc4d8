//! The list of assistants.

use super::{assistant_card::AssistantGrid, import_form::ImportBlock};
use crate::{
    api::assistants::list_assistants,
    model::{
        AppError, ErrorKind,
        assistant::{AssistantPage, AssistantQuery},
    },
    ui::{
        kit::{
            address::with_query,
            icon::Icon,
            notice::{ErrorNotice, RetryButton},
            pager::Pager,
        },
        lazy::lazy_view,
        load::load,
        shell::page::Page,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

lazy_view! {
    /// `/assistants`.
    pub fn assistants_page() in assistants {
        view! { <AssistantsPage /> }
    }
}

/// `/assistants`: one's own and those that are shared, by name; and threads from elsewhere.
#[component]
fn AssistantsPage() -> impl IntoView {
    let params = use_query_map();
    let query = Memo::new(move |_| {
        params.with(|params| AssistantQuery {
            q: params.get_str("q").unwrap_or_default().trim().to_owned(),
            page: params
                .get_str("page")
                .and_then(|page| page.parse().ok())
                .unwrap_or(1),
        })
    });
    let found = load(move || query.get(), list_assistants);
    view! {
        <Page title="Assistants">
            <div class="page-head page-head-row">
                <h1>"Assistants"</h1>
                <a class="btn btn-primary" href="/assistants/new">
                    <Icon name="plus" />
                    "New assistant"
                </a>
            </div>
            <p class="lede">
                "A tool with instructions, settings and starters of its own, under a name. Use it in as many chats as you like."
            </p>
            <Transition fallback=|| {
                view! {
                    <p class="quiet" role="status">
                        "Loading assistants"
                    </p>
                }
            }>
                {move || {
                    let asked = query.get();
                    Suspend::new(async move {
                        match found.await {
                            Ok(page) => view! { <Found page asked /> }.into_any(),
                            Err(error) if error.kind == ErrorKind::Unauthorized => {
                                view! { <LogInFirst /> }.into_any()
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
        </Page>
    }
}

/// What a guest is told.
#[component]
pub(super) fn LogInFirst() -> impl IntoView {
    view! {
        <div class="notice">
            <Icon name="info" />
            <p>"Assistants belong to people: log in to make one, or to use those that are shared."</p>
            <a class="btn btn-primary" href="/login?next=/assistants">
                "Log in"
            </a>
        </div>
    }
}

/// What was found, the search over it and the import below it.
#[component]
fn Found(
    /// One page.
    page: AssistantPage,
    /// What was asked for.
    asked: AssistantQuery,
) -> impl IntoView {
    let is_search = !asked.q.is_empty();
    let has_search = is_search || page.total > 0;
    let search = has_search.then(|| view! { <NameSearch q=asked.q.clone() /> });
    let count = match page.total {
        1 => "1 assistant".to_owned(),
        total => format!("{total} assistants"),
    };
    let cards = match (page.assistants.is_empty(), is_search) {
        (false, _) => view! { <AssistantGrid assistants=page.assistants /> }.into_any(),
        (true, true) => view! {
            <p class="quiet">"No assistant of that name. " <a href="/assistants">"Show all"</a></p>
        }
        .into_any(),
        (true, false) => view! {
            <div class="notice">
                <Icon name="sparkles" />
                <p>
                    "There is no assistant yet. Make one that answers in your tone, knows your files, or always gives the same shape."
                </p>
                <a class="btn" href="/assistants/new">
                    "Make the first"
                </a>
            </div>
        }
        .into_any(),
    };
    let q = asked.q;
    let path = move |page: u32| {
        let page = page.to_string();
        let page = if page == "1" { "" } else { &page };
        with_query("/assistants", &[("q", &q), ("page", page)])
    };
    view! {
        {search}
        {has_search
            .then(|| {
                view! {
                    <div class="result-line">
                        <p role="status">{count}</p>
                    </div>
                }
            })}
        <h2 class="sr-only">"Your assistants and shared ones"</h2>
        {cards}
        <Pager path=Box::new(path) page=page.page pages=page.pages />
        <ImportBlock />
    }
    .into_any()
}

/// Finds assistants by name.
#[component]
fn NameSearch(
    /// What is searched for.
    q: String,
) -> impl IntoView {
    view! {
        <form class="search" role="search" method="get" action="/assistants">
            <Icon name="search" />
            <input
                class="input"
                type="search"
                name="q"
                value=q
                aria-label="Search assistants"
                placeholder="Search assistants"
                autocomplete="off"
            />
            <button class="btn">"Search"</button>
        </form>
    }
}

/// What is wrong with the page as a whole, with the way out.
#[component]
pub(super) fn PageProblem(
    /// What went wrong.
    error: AppError,
) -> impl IntoView {
    if error.kind == ErrorKind::Unauthorized {
        return view! { <LogInFirst /> }.into_any();
    }
    view! {
        <ErrorNotice error>
            <a class="btn" href="/assistants">
                "All assistants"
            </a>
        </ErrorNotice>
    }
    .into_any()
}
