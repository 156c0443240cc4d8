//! The panel *Structured output*: whether answers are JSON, of which schema, and everything that helps to write one. What is
//! set is kept with the conversation and holds from the next message on.

mod draft;
mod example;
mod mode;
mod problems;
mod saved;
mod schema_field;

use super::{
    panel::{PanelButton, Subject},
    session::{ChatSession, Panel},
};
use crate::{
    model::{catalog::StructuredOutput, schema::TEMPLATES},
    ui::{
        kit::notice::{ErrorNotice, RetryButton},
        lazy::lazy_view,
    },
};
use draft::{Draft, Mode};
use example::FromExample;
use leptos::prelude::*;
use mode::ModeChoice;
use problems::ProblemList;
use saved::SavedSchemas;
use schema_field::SchemaField;

/// Opens the panel; it shows when something is set there.
#[component]
pub(super) fn OutputButton() -> impl IntoView {
    let settings = ChatSession::of_page().settings;
    let is_set = Signal::derive(move || settings.with(|settings| settings.output.is_some()));
    view! { <PanelButton panel=Panel::Output label="Structured output" icon="braces" is_set /> }
}

lazy_view! {
    /// The shape of the answers of a chat.
    pub(super) fn output_panel(subject: Subject) in structured {
        view! { <OutputPanel subject /> }
    }
}

/// Everything that can be set of the shape of answers.
#[component]
fn OutputPanel(
    /// Whom the chat asks.
    subject: Subject,
) -> impl IntoView {
    let session = ChatSession::of_page();
    let draft = Draft::new(session);
    let held = subject.tool.features.structured;
    let own = subject
        .assistant
        .and_then(|assistant| assistant.definition.output)
        .map(|output| output.name);
    let has_schema = move || draft.mode.get() == Mode::Schema;
    view! {
        {move || {
            let error = session.keeper.problem.get()?;
            Some(
                view! {
                    <ErrorNotice error>
                        <RetryButton on_retry=move |()| session.keeper.retry() />
                    </ErrorNotice>
                },
            )
        }}
        <section class="panel-section" aria-label="Shape">
            <ModeChoice draft />
            <Note draft held own />
        </section>
        <div class="schema-editor" hidden=move || !has_schema()>
            <section class="panel-section" aria-label="Schema editor">
                <Templates draft />
                <SchemaField draft />
                <ProblemList draft />
                <FromExample draft />
            </section>
            <SavedSchemas draft />
        </div>
    }
    .into_any()
}

/// What the choice means with this model.
#[component]
fn Note(
    /// What is being written.
    draft: Draft,
    /// How the model is held to a shape.
    held: StructuredOutput,
    /// The name of the shape that the assistant brings.
    own: Option<String>,
) -> impl IntoView {
    let words = move || {
        let by_words = match held {
            StructuredOutput::JsonSchema => "",
            StructuredOutput::JsonObject => {
                " This model can be held to JSON, but not to a schema: it is told the schema, and its answer is checked here."
            }
            StructuredOutput::Words => {
                " This model is asked for it in words, and its answer is checked here."
            }
        };
        match draft.mode.get() {
            Mode::Off => match &own {
                Some(name) => format!("Answers have the shape that the assistant brings: {name}."),
                None => "Answers are text.".to_owned(),
            },
            Mode::AnyJson => format!("Each answer is a JSON object.{by_words}"),
            Mode::Schema if draft.is_in_use() => {
                format!("From the next message on, answers have this schema.{by_words}")
            }
            Mode::Schema if draft.text.with(|text| text.trim().is_empty()) => {
                "Write a schema, or begin with a template, an example or a schema of yours."
                    .to_owned()
            }
            Mode::Schema => {
                "The schema is not in use yet: put right what is wrong with it. Until then answers stay as they were."
                    .to_owned()
            }
        }
    };
    view! {
        <p class="field-note" aria-live="polite">
            {words}
        </p>
    }
    .into_any()
}

/// Schemas to begin with.
#[component]
fn Templates(
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    let field = NodeRef::<leptos::html::Select>::new();
    let take = move |event| {
        let chosen = event_target_value(&event);
        if let Some(template) = TEMPLATES.iter().find(|template| template.name == chosen) {
            draft.name.set(template.name.to_owned());
            draft.is_strict.set(true);
            draft.replace(template.schema.trim_end().to_owned());
        }
        // It is a way to take one, not a state.
        if let Some(field) = field.get_untracked() {
            field.set_value("");
        }
    };
    let options = TEMPLATES
        .iter()
        .map(|template| view! { <option value=template.name>{template.label}</option> })
        .collect_view();
    view! {
        <div class="field">
            <label for="schema-template">"Template"</label>
            <select class="input select" id="schema-template" node_ref=field on:change=take>
                <option value="">"Begin with…"</option>
                {options}
            </select>
        </div>
    }
    .into_any()
}
