//! The instructions of the conversation.

use crate::{
    model::settings::{ChatSettings, parse_instructions},
    ui::chat::session::ChatSession,
};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};

/// How long nothing is written until what was written is taken.
const PAUSE_MS: u32 = 700;
/// What complaints about it name.
const FIELD: &str = "system_prompt";

/// What is written, and what of it is taken.
#[derive(Clone, Copy)]
struct Prompt {
    settings: RwSignal<ChatSettings>,
    stored: Memo<Option<String>>,
    written: RwSignal<String>,
    problem: RwSignal<Option<String>>,
    edits: StoredValue<u32>,
}

impl Prompt {
    fn of(settings: RwSignal<ChatSettings>) -> Self {
        let prompt = Self {
            settings,
            stored: Memo::new(move |_| settings.with(|s| s.system_prompt.clone())),
            written: RwSignal::new(String::new()),
            problem: RwSignal::new(None),
            edits: StoredValue::new(0),
        };
        Effect::new(move || prompt.show(prompt.stored.get()));
        prompt
    }

    /// Shows what holds, unless what is written comes to the same: blanks that somebody begins with stay.
    fn show(self, stored: Option<String>) {
        let written = self.written.get_untracked();
        if parse_instructions(FIELD, Some(written)) != Ok(stored.clone()) {
            self.written.set(stored.unwrap_or_default());
        }
        self.problem.set(None);
    }

    /// Takes what is written after a pause.
    fn write(self, text: String) {
        self.written.set(text);
        let edit = self.edits.get_value() + 1;
        self.edits.set_value(edit);
        spawn_local(async move {
            TimeoutFuture::new(PAUSE_MS).await;
            if self.edits.try_get_value() == Some(edit) {
                self.commit();
            }
        });
    }

    fn commit(self) {
        match parse_instructions(FIELD, Some(self.written.get_untracked())) {
            Ok(prompt) => {
                self.problem.set(None);
                if self.stored.with_untracked(|stored| *stored != prompt) {
                    self.settings
                        .update(|settings| settings.system_prompt = prompt);
                }
            }
            Err(error) => self.problem.set(Some(error.message)),
        }
    }

    fn reset(self) {
        self.settings
            .update(|settings| settings.system_prompt = None);
    }
}

/// The field. What is written is taken after a pause, and when the field is left.
#[component]
pub(super) fn SystemPrompt(
    /// Whose instructions hold while nothing is written.
    owner: String,
    /// Those instructions.
    instructions: Option<String>,
) -> impl IntoView {
    let prompt = Prompt::of(ChatSession::of_page().settings);
    let problem = prompt.problem;
    let placeholder = match &instructions {
        Some(_) => format!("As {owner} has it"),
        None => "You are a helpful assistant who…".to_owned(),
    };
    let is_set = move || prompt.stored.with(Option::is_some);
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
                    on:click=move |_| prompt.reset()
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
                prop:value=prompt.written
                on:input=move |event| prompt.write(event_target_value(&event))
                on:change=move |_| prompt.commit()
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
