//! What a dictation shows of itself: what is heard, for how long, and the way out.

use super::{
    driver::Driver,
    explained::clock,
    ghost::Ghost,
    languages::LanguageChoice,
    notices::Notices,
    state::{Desk, Dictation, Phase, Wish},
};
use crate::ui::{kit::icon::Icon, lazy::lazy_view};
use leptos::{html, prelude::*};

lazy_view! {
    /// Everything about a dictation but its button.
    pub fn dictation_view(
        dictation: Dictation,
        field: NodeRef<html::Textarea>,
        desk: Signal<Option<Desk>>,
    ) in dictation {
        view! { <DictationView dictation field desk /> }
    }
}

/// Makes it go, and shows it.
#[component]
fn DictationView(
    /// The dictation.
    dictation: Dictation,
    /// Where the words go.
    field: NodeRef<html::Textarea>,
    /// Whose they are, and which draft they are for.
    desk: Signal<Option<Desk>>,
) -> impl IntoView {
    Effect::new(move || {
        Driver::start(dictation, field, desk);
    });
    let shown = Memo::new(move |_| {
        let phase = dictation.phase.get();
        (!matches!(phase, Phase::Idle | Phase::Stuck)).then_some(phase)
    });
    view! {
        <Notices dictation />
        <Ghost dictation field />
        {move || shown.get().map(|phase| view! { <Bar dictation phase /> })}
        <p class="sr-only" role="status">
            {move || dictation.said.get()}
        </p>
    }
    .into_any()
}

/// Lies over what else the composer offers: nothing of that is of use while somebody speaks.
#[component]
fn Bar(
    /// The dictation.
    dictation: Dictation,
    /// Where it stands.
    phase: Phase,
) -> impl IntoView {
    let words = match phase {
        Phase::Listening => view! { <Heard dictation /> }.into_any(),
        Phase::Asking => view! { <Waiting words="Waiting for the microphone…" /> }.into_any(),
        _ => view! { <Waiting words="Turning speech into text…" /> }.into_any(),
    };
    view! {
        <div class="dictation-bar" role="group" aria-label="Dictation">
            <button
                type="button"
                class="icon-btn"
                aria-label="Cancel recording"
                title="Cancel recording (Esc)"
                on:click=move |_| dictation.wish(Wish::Cancel)
            >
                <Icon name="x" />
            </button>
            {words}
        </div>
    }
    .into_any()
}

/// What is waited for.
#[component]
fn Waiting(
    /// Its words.
    words: &'static str,
) -> impl IntoView {
    view! {
        <span class="beat" aria-hidden="true">
            <i></i>
        </span>
        <span class="dictation-state">{words}</span>
    }
}

/// How loud it is, how long it has been, what to know meanwhile.
#[component]
fn Heard(
    /// The dictation.
    dictation: Dictation,
) -> impl IntoView {
    let state = move || match (dictation.left_s.get(), dictation.is_silent.get()) {
        (Some(left), _) => format!("{} left", clock(left)),
        (None, true) => "Nobody is heard. Is the microphone muted?".to_owned(),
        (None, false) => "Listening…".to_owned(),
    };
    view! {
        <span
            class="dictation-meter"
            aria-hidden="true"
            style=move || format!("--level: {}", dictation.level.get())
        >
            <i></i>
            <i></i>
            <i></i>
            <i></i>
            <i></i>
        </span>
        <time class="num dictation-time">{move || clock(dictation.elapsed_s.get())}</time>
        <span class="dictation-state" class:dictation-warned=move || dictation.left_s.get().is_some()>
            {state}
        </span>
        <LanguageChoice dictation />
    }
}
