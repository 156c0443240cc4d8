//! A schema from an example of what is wanted.

use super::draft::Draft;
use crate::{
    model::schema::{from_example, place},
    ui::kit::sentence::sentence,
};
use leptos::prelude::*;

/// The example, and what makes a schema of it.
#[component]
pub(super) fn FromExample(
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    let example = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let make = move |_| {
        let made = example.with_untracked(|text| {
            from_example(text).map_err(|fault| {
                let (line, column) = place(text, fault.offset);
                format!("Line {line}, column {column}: {}", fault.message)
            })
        });
        match made {
            Ok(schema) => {
                problem.set(None);
                draft.replace(schema);
            }
            Err(words) => problem.set(Some(words)),
        }
    };
    view! {
        <details class="own-words">
            <summary>"From an example"</summary>
            <div class="field">
                <label for="schema-example">"Example JSON"</label>
                <textarea
                    class="input code-input"
                    id="schema-example"
                    rows="6"
                    spellcheck="false"
                    placeholder="{ \"name\": \"Ada\", \"born\": 1815 }"
                    aria-describedby="schema-example-note"
                    aria-invalid=move || problem.with(Option::is_some).then_some("true")
                    prop:value=example
                    on:input=move |event| {
                        example.set(event_target_value(&event));
                        problem.set(None);
                    }
                ></textarea>
                <p class="field-note" id="schema-example-note" aria-live="polite">
                    {move || problem.get().map(|words| view! { <span class="field-error">{sentence(&words)}</span> })}
                </p>
                <button
                    type="button"
                    class="btn"
                    disabled=move || example.with(|text| text.trim().is_empty())
                    on:click=make
                >
                    "Make schema"
                </button>
            </div>
        </details>
    }
    .into_any()
}
