//! What a model thought before it answered: shut until somebody opens it, so that what streams into it moves nothing.

use crate::model::{
    chat::{AnswerExtras, RunState},
    markdown,
};
use leptos::prelude::*;

/// The summary of thoughts, if there is any.
#[component]
pub(super) fn Reasoning(
    /// What the answer brings besides its text.
    extras: RwSignal<AnswerExtras>,
    /// Where the run stands.
    state: RwSignal<RunState>,
    /// Whether a word of the answer has come.
    has_text: Signal<bool>,
) -> impl IntoView {
    let is_there = Memo::new(move |_| extras.with(|extras| !extras.reasoning.is_empty()));
    let is_thinking = Memo::new(move |_| !has_text.get() && !state.with(RunState::is_end));
    let html = Memo::new(move |_| extras.with(|extras| markdown::render(&extras.reasoning)));
    let label = move || {
        if is_thinking.get() {
            "Thinking…"
        } else {
            "Reasoning"
        }
    };
    move || {
        is_there.get().then(|| {
            view! {
                <details class="reasoning" class:is-thinking=is_thinking>
                    <summary>{label}</summary>
                    <div class="prose" inner_html=html></div>
                </details>
            }
            .into_any()
        })
    }
}

/// Says that another tool answered than the one that was asked.
#[component]
pub(super) fn AnsweredBy(
    /// What the answer brings besides its text.
    extras: RwSignal<AnswerExtras>,
    /// The name of the tool that was asked.
    asked: String,
) -> impl IntoView {
    let other = Memo::new(move |_| extras.with(|extras| extras.answered_by.clone()));
    move || {
        other.get().map(|other| {
            view! {
                <p class="answered-by">{format!("{asked} did not answer; {other} does.")}</p>
            }
            .into_any()
        })
    }
}
