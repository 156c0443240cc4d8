//! The instructions of the conversation.

use crate::{model::settings::parse_instructions, ui::chat::session::ChatSession};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};

/// How long nothing is written until what was written is taken.
const PAUSE_MS: u32 = 700;

/// The field. What is written is taken after a pause, and when the field is left.
#[component]
pub(super) fn SystemPrompt(
    /// Whose instructions hold while nothing is written.
    owner: String,
    /// Those instructions.
    instructions: Option<String>,
) -> impl IntoView {
    let settings = ChatSession::of_page().settings;
    let stored = Memo::new(move |_| settings.with(|s| s.system_prompt.clone()));
    let written = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let edits = StoredValue::new(0_u32);
    Effect::new(move || {
        written.set(stored.get().unwrap_or_default());
        problem.set(None);
    });
    let commit = move || {
        let text = written.get_untracked();
        match parse_instructions("system_prompt", Some(text)) {
            Ok(prompt) => {
                problem.set(None);
                if stored.with_untracked(|stored| *stored != prompt) {
                    settings.update(|settings| settings.system_prompt = prompt);
                }
            }
            Err(error) => problem.set(Some(error.message)),
        }
    };
    let on_input = move |event| {
        written.set(event_target_value(&event));
        let edit = edits.get_value() + 1;
        edits.set_value(edit);
        spawn_local(async move {
            TimeoutFuture::new(PAUSE_MS).await;
            if edits.try_get_value() == Some(edit) {
                commit();
            }
        });
    };
    let placeholder = match &instructions {
        Some(_) => format!("As {owner} has it"),
        None => "You are a helpful assistant who…".to_owned(),
    };
    let reset = move |_| settings.update(|settings| settings.system_prompt = None);
    let is_set = move || stored.with(Option::is_some);
    let note = move || match problem.get() {
        Some(problem) => view! { <span class="field-error">{problem}</span> }.into_any(),
        None => {
            "Said to the model before every question; holds from the next message on.".into_any()
        }
    };
    view! {
        <section class="panel-section" class:is-set=is_set>
            <div class="parameter-head">
                <h3>
                    <label for="system-prompt">"System prompt"</label>
                </h3>
                <button
                    type="button"
                    class="link-btn"
                    aria-label="Reset system prompt"
                    hidden=move || !is_set()
                    on:click=reset
                >
                    "Reset"
                </button>
            </div>
            <textarea
                class="input system-prompt"
                id="system-prompt"
                rows="4"
                placeholder=placeholder
                aria-describedby="system-prompt-note"
                aria-invalid=move || problem.with(Option::is_some).then_some("true")
                prop:value=written
                on:input=on_input
                on:change=move |_| commit()
            ></textarea>
            <p class="field-note" id="system-prompt-note" aria-live="polite">
                {note}
            </p>
            {instructions
                .map(|instructions| {
                    view! {
                        <details class="own-words">
                            <summary>{format!("What {owner} says by itself")}</summary>
                            <p>{instructions}</p>
                        </details>
                    }
                })}
        </section>
    }
    .into_any()
}
