//! The button of an answer that reads it aloud.

use super::{Asked, ReadingState, bar::reading_bar, use_reader};
use crate::ui::{kit::icon::Icon, lazy::prefetch};
use leptos::prelude::*;

/// Begins to read an answer; while it is read, pauses it and goes on.
#[component]
pub fn ReadButton(
    /// The answer.
    asked: Asked,
    /// Gives its text as far as it has come.
    text: Callback<(), String>,
) -> impl IntoView {
    let reader = use_reader();
    let message = asked.message;
    let is_active = Memo::new(move |_| {
        reader.is_reading(message) && reader.state.with(ReadingState::is_active)
    });
    let asked = StoredValue::new(asked);
    let press = move |_| {
        let is_over = matches!(
            reader.state.get_untracked(),
            ReadingState::Finished | ReadingState::Idle
        );
        if untrack(|| reader.is_reading(message)) && !is_over {
            reader.toggle();
        } else {
            reader.read(asked.get_value(), text.run(()));
        }
    };
    let label = move || {
        if is_active.get() {
            "Pause"
        } else {
            "Read aloud"
        }
    };
    let icon = move || if is_active.get() { "pause" } else { "volume-2" };
    let near = move |_| prefetch(reading_bar::PART);
    view! {
        <button
            type="button"
            class="icon-btn needs-script"
            aria-label=label
            title=label
            on:click=press
            on:pointerenter=near
        >
            {move || view! { <Icon name=icon() /> }}
        </button>
    }
    .into_any()
}
