//! What answers are to be: text, any JSON, JSON of a schema.

use super::draft::{Draft, Mode};
use leptos::prelude::*;

/// The choice.
#[component]
pub(super) fn ModeChoice(
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    let choice = |mode: Mode, label: &'static str| {
        let choose = move |_| {
            draft.mode.set(mode);
            draft.take();
        };
        view! {
            <label>
                <input
                    type="radio"
                    name="output-mode"
                    prop:checked=move || draft.mode.get() == mode
                    on:change=choose
                />
                {label}
            </label>
        }
    };
    view! {
        <div class="segmented segmented-wrap" role="radiogroup" aria-label="Answers are">
            {choice(Mode::Off, "Text")}
            {choice(Mode::AnyJson, "Any JSON")}
            {choice(Mode::Schema, "Schema")}
        </div>
    }
    .into_any()
}
