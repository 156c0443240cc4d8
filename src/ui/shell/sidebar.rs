//! The sidebar: new chat, tools, the person's conversations, who they are.

use super::{account_menu::AccountMenu, conversation_list::ConversationList, topbar::Brand};
use crate::ui::kit::icon::Icon;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// What stands in the sidebar.
#[component]
pub(super) fn Sidebar() -> impl IntoView {
    let pathname = use_location().pathname;
    let is_files = move || pathname.with(|path| path == "/files");
    let is_tools = move || pathname.with(|path| path == "/tools" || path.starts_with("/tools/"));
    let is_assistants =
        move || pathname.with(|path| path == "/assistants" || path.starts_with("/assistants/"));
    view! {
        <div class="sidebar">
            <Brand />
            <div class="side-head">
                <a class="btn" href="/chat">
                    <Icon name="plus" />
                    "New chat"
                </a>
                <nav aria-label="Main">
                    <a
                        class="nav-link"
                        href="/tools"
                        aria-current=move || is_tools().then_some("page")
                    >
                        <Icon name="search" />
                        <span>"Tools"</span>
                    </a>
                    <a
                        class="nav-link"
                        href="/assistants"
                        aria-current=move || is_assistants().then_some("page")
                    >
                        <Icon name="sparkles" />
                        <span>"Assistants"</span>
                    </a>
                    <a
                        class="nav-link"
                        href="/files"
                        aria-current=move || is_files().then_some("page")
                    >
                        <Icon name="file" />
                        <span>"Files"</span>
                    </a>
                </nav>
            </div>
            <nav class="side-body" aria-label="Your conversations">
                <ConversationList />
            </nav>
            <div class="side-foot">
                <AccountMenu />
            </div>
        </div>
    }
    .into_any()
}
