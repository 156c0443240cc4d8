//! One conversation in the sidebar.

use super::conversation_forms::{DeleteForm, RenameForm};
use crate::{model::chat::ConversationSummary, ui::kit::icon::Icon};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Its link, and the menu that renames and deletes it.
#[component]
pub(super) fn ConversationRow(
    /// The conversation.
    conversation: ConversationSummary,
) -> impl IntoView {
    let ConversationSummary { id, title, .. } = conversation;
    let path = format!("/chat/{id}");
    let pathname = use_location().pathname;
    let is_open = Memo::new({
        let path = path.clone();
        move |_| pathname.with(|pathname| *pathname == path)
    });
    view! {
        <li class="conversation">
            <a
                class="nav-link"
                href=path
                title=title.clone()
                aria-current=move || is_open.get().then_some("page")
            >
                <span>{title.clone()}</span>
            </a>
            <details class="menu" name="conversation-menu">
                <summary class="icon-btn" aria-label=format!("Options for {title}")>
                    <Icon name="more-horizontal" class="icon-s" />
                </summary>
                <div class="menu-list">
                    <RenameForm id title />
                    <DeleteForm id is_open />
                </div>
            </details>
        </li>
    }
    .into_any()
}
