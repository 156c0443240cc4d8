//! The place of the reader's bar on a page.

use super::{bar::reading_bar, use_reader};
use crate::ui::{kit::icon::Icon, lazy::Lazy};
use leptos::prelude::*;

/// The bar above a composer.
#[component]
pub fn ComposerReadingDock() -> impl IntoView {
    let reader = use_reader();
    Effect::new(move || {
        reader.composers.update(|composers| *composers += 1);
        on_cleanup(move || {
            let _ = reader.composers.try_update(|composers| *composers -= 1);
        });
    });
    let is_open = Memo::new(move |_| reader.asked.with(Option::is_some));
    view! {
        <Show when=move || is_open.get()>
            <Dock />
        </Show>
    }
    .into_any()
}

/// The bar at the foot of a page without a composer.
#[component]
pub fn PageReadingDock() -> impl IntoView {
    let reader = use_reader();
    // On the way from page to page both are there for a moment.
    let is_open =
        Memo::new(move |_| reader.asked.with(Option::is_some) && reader.composers.get() == 0);
    view! {
        <Show when=move || is_open.get()>
            <div class="page-dock">
                <Dock />
            </div>
        </Show>
    }
    .into_any()
}

#[component]
fn Dock() -> impl IntoView {
    view! {
        <section class="reading-bar" aria-label="Reading aloud">
            <Lazy view=reading_bar() waiting=Waiting problem=with_close />
        </section>
    }
    .into_any()
}

#[component]
fn Waiting() -> impl IntoView {
    view! {
        <p class="reading-words" role="status">
            "Getting ready to read aloud…"
        </p>
        <CloseButton />
    }
}

fn with_close(problem: AnyView) -> AnyView {
    view! {
        {problem}
        <CloseButton />
    }
    .into_any()
}

/// Stops the reading and shuts the bar.
#[component]
pub(super) fn CloseButton() -> impl IntoView {
    let reader = use_reader();
    let close = move |_| {
        reader.stop();
    };
    view! {
        <button
            type="button"
            class="icon-btn reading-close"
            aria-label="Stop reading"
            title="Stop reading"
            on:click=close
        >
            <Icon name="x" />
        </button>
    }
}
