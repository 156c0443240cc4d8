//! The panel *Parameters*: presets, instructions, and the parameters that the model takes. What is set is kept with the
//! conversation and holds from the next message on.

mod assistant_block;
mod choice_field;
mod number_field;
mod parameter_row;
mod preset_list;
mod stop_field;
mod system_prompt;

use super::{
    panel::{PanelButton, Subject},
    session::{ChatSession, Panel},
};
use crate::{
    model::{
        catalog::ModelFeatures,
        params::{Parameter, Parameters},
        settings::ChatSettings,
    },
    ui::{
        kit::{
            icon::Icon,
            notice::{ErrorNotice, RetryButton},
        },
        lazy::lazy_view,
    },
};
use assistant_block::AssistantBlock;
use choice_field::{EffortField, VerbosityField};
use leptos::prelude::*;
use number_field::NumberField;
use preset_list::PresetBlock;
use stop_field::StopField;
use system_prompt::SystemPrompt;

/// Opens the panel; it shows when something is set there.
#[component]
pub(super) fn ParametersButton() -> impl IntoView {
    let settings = ChatSession::of_page().settings;
    let is_set = Signal::derive(move || settings.with(is_changed));
    view! { <PanelButton panel=Panel::Parameters label="Parameters" icon="sliders-horizontal" is_set /> }
}

/// Whether anything is set that this panel sets.
fn is_changed(settings: &ChatSettings) -> bool {
    settings.system_prompt.is_some() || settings.parameters != Parameters::default()
}

/// What holds where nothing is set.
#[derive(Clone, Copy)]
struct Under {
    parameters: StoredValue<Parameters>,
    features: StoredValue<ModelFeatures>,
}

lazy_view! {
    /// What the panel holds.
    pub(super) fn parameters_panel(subject: Subject) in workbench {
        view! { <ParametersPanel subject /> }
    }
}

/// Everything that can be set for whom the chat asks.
#[component]
fn ParametersPanel(
    /// Whom.
    subject: Subject,
) -> impl IntoView {
    let session = ChatSession::of_page();
    let Subject { tool, assistant } = subject;
    let shown = assistant.clone();
    let (owner, instructions, parameters) = match assistant.map(|assistant| assistant.definition) {
        Some(assistant) => (
            assistant.name,
            assistant.instructions.or(tool.system_prompt),
            assistant.parameters.over(&tool.parameters),
        ),
        None => (tool.name, tool.system_prompt, tool.parameters),
    };
    let offered: Vec<Parameter> = Parameter::ALL
        .into_iter()
        .filter(|parameter| tool.features.parameters.contains(parameter))
        .filter(|parameter| {
            *parameter != Parameter::ReasoningEffort || !tool.features.reasoning_efforts.is_empty()
        })
        .collect();
    let under = Under {
        parameters: StoredValue::new(parameters),
        features: StoredValue::new(tool.features),
    };
    let is_none_offered = offered.is_empty();
    let fields = offered
        .iter()
        .map(|parameter| field(*parameter, under))
        .collect_view();
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
        {shown.map(|assistant| view! { <AssistantBlock assistant /> })}
        <PresetBlock />
        <SystemPrompt owner instructions />
        <section class="panel-section" aria-labelledby="parameters-heading">
            <h3 id="parameters-heading">"What the model is asked with"</h3>
            {is_none_offered
                .then(|| view! { <p class="quiet small">"This model takes no parameters."</p> })}
            {fields}
            <NotTaken offered />
        </section>
        <ResetAll />
    }
    .into_any()
}

fn field(parameter: Parameter, under: Under) -> AnyView {
    match parameter {
        Parameter::ReasoningEffort => view! { <EffortField under /> }.into_any(),
        Parameter::Verbosity => view! { <VerbosityField under /> }.into_any(),
        Parameter::Stop => view! { <StopField under /> }.into_any(),
        number => view! { <NumberField parameter=number under /> }.into_any(),
    }
}

/// What is set but not taken by this model, as after a preset that was made for another.
#[component]
fn NotTaken(
    /// What the model takes.
    offered: Vec<Parameter>,
) -> impl IntoView {
    let settings = ChatSession::of_page().settings;
    let names = Memo::new(move |_| {
        settings.with(|settings| {
            let set = Parameter::ALL.into_iter().filter(|parameter| {
                settings.parameters.is_set(*parameter) && !offered.contains(parameter)
            });
            set.map(Parameter::label).collect::<Vec<_>>().join(", ")
        })
    });
    move || {
        let names = names.get();
        (!names.is_empty()).then(|| {
            view! {
                <p class="quiet small">
                    {format!("Set, but not taken by this model: {names}. It is kept for others.")}
                </p>
            }
        })
    }
}

/// Takes everything in this panel back to what is under it.
#[component]
fn ResetAll() -> impl IntoView {
    let settings = ChatSession::of_page().settings;
    let reset = move |_| {
        settings.update(|settings| {
            settings.system_prompt = None;
            settings.parameters = Parameters::default();
        });
    };
    view! {
        <button
            type="button"
            class="btn btn-wide"
            disabled=move || !settings.with(is_changed)
            on:click=reset
        >
            <Icon name="refresh-cw" class="icon-s" />
            "Reset all"
        </button>
    }
    .into_any()
}
