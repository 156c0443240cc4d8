//! The page of one tool.

use super::{tool_about::ToolAbout, tool_facts::ToolFacts, tool_head::ToolHead};
use crate::{
    api::catalog::get_tool,
    model::{AppError, ErrorKind, catalog::ToolDetail},
    ui::{
        kit::{
            notice::{ErrorNotice, RetryButton},
            page_title::PageTitle,
        },
        lazy::lazy_view,
        load::load,
        not_found_page::Lost,
        shell::{page::Page, topbar::BrandBar},
    },
};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_params_map;

lazy_view! {
    /// `/tools/{slug}`.
    pub fn tool_page() in catalogue {
        view! { <ToolPage /> }
    }
}

/// `/tools/{slug}`.
#[component]
fn ToolPage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("slug").unwrap_or_default()));
    let tool = load(move || slug.get(), get_tool);
    view! {
        <Transition fallback=ToolSkeleton>
            {move || Suspend::new(async move {
                match tool.await {
                    Ok(tool) => view! { <ToolContent tool /> }.into_any(),
                    Err(error) => {
                        view! { <ToolProblem error on_retry=move |()| tool.refetch() /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}

/// Everything there is to say about a tool.
#[component]
fn ToolContent(
    /// The tool.
    tool: ToolDetail,
) -> impl IntoView {
    let title = format!("{} · InspireAI", tool.card.name);
    let tagline = tool.card.tagline.clone();
    view! {
        <PageTitle title=tool.card.name.clone() />
        <Meta name="description" content=tagline.clone() />
        <Meta property="og:title" content=title />
        <Meta property="og:description" content=tagline />
        <Meta property="og:type" content="website" />
        <BrandBar />
        <main class="page" id="content" tabindex="-1">
            <ToolHead tool=tool.clone() />
            <div class="tool-layout">
                <ToolAbout tool=tool.clone() />
                <ToolFacts tool />
            </div>
        </main>
    }
}

/// Why there is no tool on the page, and the way out.
#[component]
fn ToolProblem(
    /// What went wrong.
    error: AppError,
    /// Asks again.
    #[prop(into)]
    on_retry: Callback<()>,
) -> impl IntoView {
    if error.kind == ErrorKind::NotFound {
        view! {
            <Lost
                title="There is no such tool"
                advice="It may have another name, or it was taken out of the catalogue."
            />
        }
        .into_any()
    } else {
        view! {
            <Page title="Tool">
                <ErrorNotice error>
                    <RetryButton on_retry />
                </ErrorNotice>
            </Page>
        }
        .into_any()
    }
}

/// The page's shape while it is fetched.
#[component]
fn ToolSkeleton() -> impl IntoView {
    view! {
        <BrandBar />
        <main class="page" id="content" tabindex="-1">
            <p class="sr-only" role="status">
                "Loading the tool"
            </p>
            <div class="tool-head" aria-hidden="true">
                <span class="mark mark-l skeleton"></span>
                <div>
                    <span class="skeleton w-50"></span>
                    <span class="skeleton w-25"></span>
                </div>
                <p class="lede">
                    <span class="skeleton w-90"></span>
                </p>
            </div>
        </main>
    }
}
