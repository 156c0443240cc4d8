//! What is said beside the composer.

use super::Draft;
use crate::ui::{chat::session::ChatSession, kit::icon::Icon};
use leptos::prelude::*;

/// What is said while a message waits for its server.
const WAITING: &str = "The server is not answering yet. Your message is sent as soon as it does.";
/// What is said while a message waits for its files.
const AWAITS: &str = "Your message is sent as soon as its files are there.";
/// What is said while it waits for what was dictated.
const AWAITS_WORDS: &str = "Your message is sent as soon as its words are there.";

/// Says what a message waits for. It is always on the page, so that its words are read out when they come.
#[component]
pub(super) fn Waiting(
    /// What is written.
    draft: Draft,
) -> impl IntoView {
    let dictation = ChatSession::of_page().dictation;
    let words = move || {
        if draft.awaits.get() && dictation.is_underway() {
            Some(AWAITS_WORDS)
        } else if draft.awaits.get() {
            Some(AWAITS)
        } else {
            draft.is_waiting.get().then_some(WAITING)
        }
    };
    view! {
        <div class="row">
            <p class="waiting" role="status">
                {words}
            </p>
            {move || {
                draft
                    .awaits
                    .get()
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="btn btn-quiet"
                                on:click=move |_| draft.awaits.set(false)
                            >
                                "Do not send yet"
                            </button>
                        }
                    })
            }}
        </div>
    }
}

/// Leads back to the end when the reader has left it.
#[component]
pub(super) fn JumpButton() -> impl IntoView {
    let follow = ChatSession::of_page().follow;
    let is_following = follow.is_following();
    move || {
        (!is_following.get()).then(|| {
            view! {
                <button type="button" class="btn jump" on:click=move |_| follow.resume()>
                    <Icon name="arrow-down" />
                    "Latest"
                </button>
            }
        })
    }
}
