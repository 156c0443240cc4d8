//! Addresses that lead nowhere.

use super::shell::{frame::Frame, page::Page};
use leptos::prelude::*;

/// What stands at an address that is no page.
#[component]
pub(super) fn NotFoundPage() -> impl IntoView {
    view! {
        <Frame>
            <Lost
                title="There is no page here"
                advice="The address may be mistyped, or the conversation was deleted. Conversations open only for the person who started them."
            />
        </Frame>
    }
}

/// What is missing, and the ways back.
#[component]
pub(super) fn Lost(
    /// What is missing.
    title: &'static str,
    /// Why that may be.
    advice: &'static str,
) -> impl IntoView {
    view! {
        <Page title="Not found" class="lost">
            <h1>{title}</h1>
            <p>{advice}</p>
            <div class="row">
                <a class="btn btn-primary" href="/">
                    "Go home"
                </a>
                <a class="btn" href="/tools">
                    "Browse tools"
                </a>
            </div>
        </Page>
    }
}
