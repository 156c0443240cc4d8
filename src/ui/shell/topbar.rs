//! The bar over a page.

use crate::ui::{kit::icon::Icon, session::use_session};
use leptos::prelude::*;

/// The way home.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href="/">
            <svg class="brand-mark" aria-hidden="true">
                <use href="#i-brand"></use>
            </svg>
            "InspireAI"
        </a>
    }
    .into_any()
}

/// Leads past everything that is the same on every page. The browser follows it, not the router: it moves the focus.
#[component]
pub fn SkipLink() -> impl IntoView {
    view! {
        <a class="skip" href="#content" rel="external">
            "Skip to content"
        </a>
    }
}

/// The bar of a page that has a title of its own, as a conversation.
#[component]
pub fn TopBar(
    /// What the page is about.
    title: String,
) -> impl IntoView {
    view! {
        <header class="topbar">
            <h1 class="topbar-title">{title}</h1>
            <NewChatLink />
        </header>
    }
}

/// The bar of any other page. It repeats what is most wanted of the sidebar, while that is out of sight.
#[component]
pub fn BrandBar() -> impl IntoView {
    let session = use_session();
    view! {
        <header class="topbar bar-only">
            <Brand />
            <Transition>
                {move || Suspend::new(async move {
                    match session.await {
                        Ok(Some(_)) => view! { <NewChatLink /> }.into_any(),
                        _ => view! { <LogInLink /> }.into_any(),
                    }
                })}
            </Transition>
        </header>
    }
    .into_any()
}

#[component]
fn NewChatLink() -> impl IntoView {
    view! {
        <a class="icon-btn bar-only" href="/chat" aria-label="New chat" title="New chat">
            <Icon name="plus" />
        </a>
    }
}

#[component]
fn LogInLink() -> impl IntoView {
    view! {
        <a class="btn btn-quiet bar-only" href="/login">
            "Log in"
        </a>
        <a class="btn btn-primary bar-only" href="/signup">
            "Sign up"
        </a>
    }
}
