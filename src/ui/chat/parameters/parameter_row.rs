//! What every parameter has: its name, whether it is set, the way back, what it does and what holds otherwise.

use crate::{model::params::Parameter, ui::chat::session::ChatSession};
use leptos::prelude::*;

/// The frame of a parameter's field.
#[component]
pub(super) fn ParameterRow(
    /// Which.
    parameter: Parameter,
    /// What holds while nothing is set; empty where the provider decides.
    default_words: String,
    /// What is wrong with what was written.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// Whether its label names one field, by the parameter's name; else it names the group.
    #[prop(optional)]
    is_group: bool,
    /// The field.
    children: Children,
) -> impl IntoView {
    let settings = ChatSession::of_page().settings;
    let is_set = Memo::new(move |_| settings.with(|s| s.parameters.is_set(parameter)));
    let (name, label) = (parameter.name(), parameter.label());
    let reset = move |_| settings.update(|settings| settings.parameters.reset(parameter));
    let title = if is_group {
        view! {
            <span class="parameter-name" id=format!("{name}-label")>
                {label}
            </span>
        }
        .into_any()
    } else {
        view! {
            <label class="parameter-name" for=name>
                {label}
            </label>
        }
        .into_any()
    };
    let note = move || match problem.get() {
        Some(problem) => view! { <span class="field-error">{problem}</span> }.into_any(),
        None => view! { {parameter.note()} " " {default_words.clone()} }.into_any(),
    };
    view! {
        <div class="parameter" class:is-set=is_set>
            <div class="parameter-head">
                {title}
                <button
                    type="button"
                    class="link-btn"
                    aria-label=format!("Reset {label}")
                    hidden=move || !is_set.get()
                    on:click=reset
                >
                    "Reset"
                </button>
            </div>
            {children()}
            <p class="field-note" id=format!("{name}-note") aria-live="polite">
                {note}
            </p>
        </div>
    }
    .into_any()
}
