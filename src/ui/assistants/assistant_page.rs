//! The page of one assistant, and of a new one.

use super::{
    assistant_editor::AssistantEditor,
    assistant_forms::Changes,
    assistant_head::{AssistantAbout, AssistantHead},
    assistants_page::PageProblem,
    versions::VersionBlock,
};
use crate::{
    api::assistants::{SaveAssistant, choose_for_assistant, get_assistant},
    model::{
        AppResult,
        assistant::{AssistantChoices, AssistantDefinition, AssistantDetail},
        ids::AssistantId,
    },
    ui::{kit::icon::Icon, lazy::lazy_view, load::load, shell::page::Page},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use uuid::Uuid;

lazy_view! {
    /// `/assistants/new`.
    pub fn new_assistant_page() in assistants {
        view! { <NewAssistantPage /> }
    }
}

lazy_view! {
    /// `/assistants/{id}`.
    pub fn assistant_page() in assistants {
        view! { <AssistantPage /> }
    }
}

/// `/assistants/new`; with `?tool=` the tool is chosen already.
#[component]
fn NewAssistantPage() -> impl IntoView {
    let choices = load(|| (), |()| choose_for_assistant());
    let save = ServerAction::<SaveAssistant>::new();
    let tool = use_query_map().with_untracked(|query| query.get("tool"));
    view! {
        <Page title="New assistant" class="page page-narrow">
            <div class="page-head">
                <h1>"New assistant"</h1>
                <p class="quiet">"Only a name is needed; everything else can come later."</p>
            </div>
            <Transition fallback=|| view! { <Loading /> }>
                {move || {
                    let definition = AssistantDefinition {
                        tool: tool.clone().unwrap_or_default(),
                        ..AssistantDefinition::default()
                    };
                    Suspend::new(async move {
                        match choices.await {
                            Ok(choices) => {
                                view! { <AssistantEditor id=None definition choices save /> }
                                    .into_any()
                            }
                            Err(error) => view! { <PageProblem error /> }.into_any(),
                        }
                    })
                }}
            </Transition>
        </Page>
    }
}

/// What the page of an assistant is about: the id and the version that its address names.
type Wanted = (AssistantId, Option<u32>);

async fn fetch((id, version): Wanted) -> AppResult<(AssistantDetail, Option<AssistantChoices>)> {
    let detail = get_assistant(id, version).await?;
    if !detail.is_own {
        return Ok((detail, None));
    }
    let mut choices = choose_for_assistant().await?;
    // What it has stays to be chosen, however long ago it was stored.
    for file in detail.files.iter().rev() {
        if !choices.files.iter().any(|choice| choice.id == file.id) {
            choices.files.insert(0, file.clone());
        }
    }
    Ok((detail, Some(choices)))
}

/// `/assistants/{id}`: its maker changes it, others see what it is. `?version=` shows an earlier one.
#[component]
fn AssistantPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let changes = Changes::new();
    let wanted = Memo::new(move |_| {
        let id = params.with(|params| params.get_str("id").and_then(|id| id.parse().ok()));
        let version = query.with(|query| query.get_str("version").and_then(|v| v.parse().ok()));
        // What is no id is asked for as one that nobody has.
        (id.unwrap_or(AssistantId(Uuid::nil())), version)
    });
    let found = load(
        move || (wanted.get(), changes.version()),
        |(wanted, _)| fetch(wanted),
    );
    view! {
        <Page title="Assistant" class="page page-narrow">
            <Transition fallback=|| view! { <Loading /> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok((detail, choices)) => view! { <Found detail choices changes /> }.into_any(),
                        Err(error) => view! { <PageProblem error /> }.into_any(),
                    }
                })}
            </Transition>
        </Page>
    }
}

#[component]
fn Loading() -> impl IntoView {
    view! {
        <p class="sr-only" role="status">
            "Loading the assistant"
        </p>
        <span class="skeleton w-50" aria-hidden="true"></span>
        <span class="skeleton w-90" aria-hidden="true"></span>
        <span class="skeleton w-75" aria-hidden="true"></span>
    }
}

/// Says that the page shows what the assistant was before.
#[component]
fn EarlierVersion(
    /// As of that version.
    detail: AssistantDetail,
) -> impl IntoView {
    view! {
        <div class="notice">
            <Icon name="info" />
            <p>
                {format!(
                    "This is version {}. New chats begin with version {}.",
                    detail.version,
                    detail.latest,
                )}
            </p>
            <a class="btn" href=format!("/assistants/{}", detail.id)>
                "Show the newest"
            </a>
        </div>
    }
    .into_any()
}

/// An assistant that was found.
#[component]
fn Found(
    /// What it is.
    detail: AssistantDetail,
    /// What it may be made of, for its maker.
    choices: Option<AssistantChoices>,
    /// What changes it.
    changes: Changes,
) -> impl IntoView {
    let is_latest = detail.version == detail.latest;
    let id = detail.id;
    let body = match choices.filter(|_| is_latest) {
        Some(choices) => {
            let definition = detail.definition.clone();
            view! { <AssistantEditor id=Some(id) definition choices save=changes.save /> }
                .into_any()
        }
        None => view! {
            {(!is_latest).then(|| view! { <EarlierVersion detail=detail.clone() /> })}
            <AssistantAbout detail=detail.clone() />
        }
        .into_any(),
    };
    let versions = detail.is_own.then(|| {
        let (versions, shown) = (detail.versions.clone(), detail.version);
        view! { <VersionBlock id versions shown latest=detail.latest changes /> }
    });
    view! {
        <AssistantHead detail changes />
        {body}
        {versions}
    }
    .into_any()
}
