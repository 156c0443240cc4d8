//! The conversations in the sidebar, by day.

use super::{
    conversation_row::ConversationRow,
    conversations::{Conversations, use_conversations},
};
use crate::{
    model::{
        AppError,
        chat::{ConversationSummary, DayGroup},
    },
    ui::{
        kit::notice::{ErrorNotice, RetryButton},
        session::use_session,
    },
};
use leptos::prelude::*;

/// Every conversation of the person, or why they are not here.
#[component]
pub(super) fn ConversationList() -> impl IntoView {
    let conversations = use_conversations();
    let session = use_session();
    view! {
        <ChangeProblem conversations />
        <Transition fallback=ListSkeleton>
            {move || Suspend::new(async move {
                match conversations.list.await {
                    Ok(list) if list.is_empty() => {
                        let is_guest = matches!(session.await, Ok(None));
                        view! { <EmptyNote is_guest /> }.into_any()
                    }
                    Ok(list) => view! { <Groups list /> }.into_any(),
                    Err(error) => {
                        view! {
                            <ErrorNotice error>
                                <RetryButton on_retry=move |()| conversations.refresh() />
                            </ErrorNotice>
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

/// What will stand here, and how.
#[component]
fn EmptyNote(
    /// Whether nobody is logged in.
    is_guest: bool,
) -> impl IntoView {
    let note = if is_guest {
        "Your conversations will be kept here once you log in."
    } else {
        "Your conversations will be kept here. Begin one with New chat."
    };
    view! { <p class="side-note">{note}</p> }
}

/// The list under its days' headings.
#[component]
fn Groups(
    /// The latest first.
    list: Vec<ConversationSummary>,
) -> impl IntoView {
    let groups: Vec<(DayGroup, Vec<ConversationSummary>)> = list
        .chunk_by(|one, next| one.day == next.day)
        .filter_map(|group| Some((group.first()?.day, group.to_vec())))
        .collect();
    view! {
        <For each=move || groups.clone() key=|(day, rows)| (day.label(), keys(rows)) let((day, rows))>
            <section>
                <h2>{day.label()}</h2>
                <ul>
                    {rows
                        .into_iter()
                        .map(|conversation| view! { <ConversationRow conversation /> }.into_any())
                        .collect_view()}
                </ul>
            </section>
        </For>
    }
    .into_any()
}

/// What a group's rows show: a group that shows something else is another group, made anew with its menus shut.
fn keys(rows: &[ConversationSummary]) -> Vec<(String, String)> {
    rows.iter()
        .map(|row| (row.id.to_string(), row.title.clone()))
        .collect()
}

/// Why a conversation was not renamed or deleted.
#[component]
fn ChangeProblem(
    /// What was asked.
    conversations: Conversations,
) -> impl IntoView {
    let problem = move || -> Option<AppError> {
        let renamed = conversations.rename.value().get().and_then(Result::err);
        renamed.or_else(|| conversations.delete.value().get().and_then(Result::err))
    };
    move || problem().map(|error| view! { <ErrorNotice error /> })
}

/// The list's shape while it is fetched.
#[component]
fn ListSkeleton() -> impl IntoView {
    let row = |width: &'static str| {
        view! {
            <div class="nav-link">
                <span class=format!("skeleton {width}")></span>
            </div>
        }
    };
    view! {
        <div aria-hidden="true">
            {["w-75", "w-90", "w-50", "w-75"].map(row).collect_view()}
        </div>
        <p class="sr-only" role="status">
            "Loading your conversations"
        </p>
    }
}
