//! Notices: what happened, where it happened, with the way out beside it.

use super::icon::Icon;
use crate::model::AppError;
use leptos::prelude::*;

/// An error, told at once to whoever cannot see it. What stands inside is the way out.
#[component]
pub fn ErrorNotice(
    /// What went wrong.
    error: AppError,
    /// Buttons and links.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let request_id = error.request_id.map(|id| {
        view! {
            <br />
            <span class="quiet small">"Request id: " <code>{id}</code></span>
        }
    });
    view! {
        <div class="notice notice-danger" role="alert">
            <Icon name="alert-triangle" />
            <p>{error.message} {request_id}</p>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}

/// Something to know before one goes on.
#[component]
pub fn WarningNotice(
    /// Its picture.
    #[prop(default = "info")]
    icon: &'static str,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="notice notice-warn">
            <Icon name=icon />
            <p>{children()}</p>
        </div>
    }
}

/// The way out of an answer that did not come: ask again.
#[component]
pub fn RetryButton(
    /// Asks again.
    #[prop(into)]
    on_retry: Callback<()>,
) -> impl IntoView {
    view! {
        <button type="button" class="btn needs-script" on:click=move |_| on_retry.run(())>
            "Try again"
        </button>
    }
}

/// The way out of what the page as it is cannot mend: fetch it anew.
#[component]
pub fn ReloadLink() -> impl IntoView {
    view! {
        <a class="btn" href="" rel="external">
            "Reload the page"
        </a>
    }
}
