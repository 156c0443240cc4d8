//! The form that makes an assistant, and changes it.

use super::{
    assistant_fields::{AreaField, FileFields, LineField, ToolField},
    look_fields::LookFields,
    parameter_fields::ParameterFields,
};
use crate::{
    api::assistants::SaveAssistant,
    model::{
        assistant::{
            AssistantChoices, AssistantDefinition, MAX_DESCRIPTION_CHARS, MAX_NAME_CHARS,
            MAX_STARTERS,
        },
        ids::AssistantId,
        settings::{MAX_SYSTEM_PROMPT_BYTES, OutputFormat},
        speech::VoiceOption,
    },
    ui::{
        kit::{notice::ErrorNotice, submit::SubmitButton},
        speech::{speed_field::SpeedField, voice_field::VoiceField},
    },
};
use leptos::prelude::*;

/// Everything that makes an assistant, the most wanted first.
#[component]
pub(super) fn AssistantEditor(
    /// Which; `None` for a new one.
    id: Option<AssistantId>,
    /// What it is until now.
    definition: AssistantDefinition,
    /// What it may be made of.
    choices: AssistantChoices,
    /// Saves it.
    save: ServerAction<SaveAssistant>,
) -> impl IntoView {
    let label = if id.is_some() {
        "Save new version"
    } else {
        "Create assistant"
    };
    let problem = move || save.value().get().and_then(Result::err);
    let is_saved = move || matches!(save.value().get(), Some(Ok(saved)) if Some(saved) == id);
    let tool = RwSignal::new(definition.tool.clone());
    let looks = (definition.hue, definition.picture, choices.files.clone());
    view! {
        <ActionForm action=save attr:class="editor">
            {id.map(|id| view! { <input type="hidden" name="id" value=id.to_string() /> })}
            <LineField
                name="name"
                label="Name"
                value=definition.name
                max_chars=MAX_NAME_CHARS
                is_required=true
            />
            <AreaField
                name="description"
                label="Description"
                note="What it is good for, in a sentence or two."
                value=definition.description
                rows="2"
                max_chars=MAX_DESCRIPTION_CHARS
            />
            <ToolField tools=choices.tools.clone() chosen=tool />
            <AreaField
                name="instructions"
                label="Instructions"
                note="What it is told before anybody says anything."
                value=definition.instructions.unwrap_or_default()
                rows="8"
                max_chars=MAX_SYSTEM_PROMPT_BYTES
            />
            <AreaField
                name="starters"
                label="Starters"
                note=format!("Prompts to begin with, one a line, at most {MAX_STARTERS}.")
                value=definition.starters.join("\n")
                rows="4"
                max_chars=MAX_SYSTEM_PROMPT_BYTES
            />
            <LookFields hue=looks.0 picture=looks.1 files=looks.2 />
            <ParameterFields parameters=definition.parameters tools=choices.tools tool />
            <FileFields files=choices.files chosen=definition.files />
            <OutputFields output=definition.output />
            {voice_field(choices.voices, definition.voice)}
            <SpeedField
                name="form[speed]"
                id="speed"
                usual="As the reader prefers"
                chosen=definition.speed
            />
            {move || problem().map(|error| view! { <ErrorNotice error /> })}
            <div class="row">
                <SubmitButton
                    label
                    pending_label="Saving…"
                    is_pending=save.pending()
                    class="btn-primary"
                />
                <p class="quiet" role="status">
                    {move || is_saved().then_some("Saved.")}
                </p>
            </div>
        </ActionForm>
    }
    .into_any()
}

/// Who reads its answers out.
fn voice_field(voices: Vec<VoiceOption>, chosen: Option<String>) -> impl IntoView {
    view! {
        <VoiceField
            name="form[voice]"
            id="voice"
            usual="The one that the reader prefers"
            note="Who reads its answers out."
            voices
            chosen
        />
    }
}

/// The shape of its answers.
#[component]
fn OutputFields(
    /// The shape until now.
    output: Option<OutputFormat>,
) -> impl IntoView {
    let is_open = output.is_some();
    let output = output.unwrap_or(OutputFormat {
        name: String::new(),
        schema: None,
        is_strict: true,
    });
    view! {
        <details class="editor-more" open=is_open>
            <summary>"Shape of its answers"</summary>
            <LineField
                name="schema_name"
                label="Schema name"
                value=output.name
                max_chars=64
            />
            <AreaField
                name="schema"
                label="JSON schema"
                note="Every answer is JSON of this schema. Empty: answers are prose."
                value=output.schema.unwrap_or_default()
                rows="8"
                max_chars=crate::model::settings::MAX_SCHEMA_BYTES
            />
            <label class="check">
                <input type="checkbox" name="form[is_strict]" value="on" checked=output.is_strict />
                "Hold the model to it exactly, where it can be"
            </label>
        </details>
    }
    .into_any()
}
