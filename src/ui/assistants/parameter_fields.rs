//! The parameters of an assistant, of those that its tool takes.

use crate::{
    model::{
        assistant::ToolChoice,
        params::{Parameter, Parameters, ReasoningEffort, Verbosity},
    },
    ui::kit::{
        field_text::field_text,
        number::{decimal, whole},
    },
};
use leptos::prelude::*;

/// A field for each parameter; those that the chosen tool does not take are out of sight.
#[component]
pub(super) fn ParameterFields(
    /// What is set until now.
    parameters: Parameters,
    /// The tools with what they take.
    tools: Vec<ToolChoice>,
    /// The chosen tool.
    tool: RwSignal<String>,
) -> impl IntoView {
    let is_open = parameters != Parameters::default();
    let tools = StoredValue::new(tools);
    let features = Memo::new(move |_| {
        let slug = tool.get();
        let chosen = |tools: &Vec<ToolChoice>| tools.iter().find(|it| it.slug == slug).cloned();
        Some(tools.with_value(chosen)?.features)
    });
    let takes = move |parameter: Parameter| {
        features.with(|features| {
            features
                .as_ref()
                .is_none_or(|features| features.parameters.contains(&parameter))
        })
    };
    let chosen_effort = parameters.reasoning_effort;
    let knows_effort = move |name: &str| {
        features.with(|features| {
            let Some(features) = features else {
                return true;
            };
            let mut known = features.reasoning_efforts.iter().chain(&chosen_effort);
            known.any(|effort| effort.name() == name)
        })
    };
    let fields = Parameter::ALL
        .into_iter()
        .map(|parameter| {
            let field = field(parameter, &parameters, Callback::new(knows_effort));
            view! { <div hidden=move || !takes(parameter)>{field}</div> }
        })
        .collect_view();
    view! {
        <details class="editor-more" open=is_open>
            <summary>"Parameters"</summary>
            <p class="quiet small">"What is empty is the tool's."</p>
            <div class="editor-grid">{fields}</div>
        </details>
    }
    .into_any()
}

fn field(
    parameter: Parameter,
    parameters: &Parameters,
    knows_effort: Callback<&'static str, bool>,
) -> AnyView {
    match parameter {
        Parameter::Stop => stop(&parameters.stop),
        Parameter::ReasoningEffort => {
            let options = ReasoningEffort::ALL.map(|it| (it.name(), it.label()));
            let chosen = parameters.reasoning_effort.map(ReasoningEffort::name);
            choice(parameter, &options, chosen, knows_effort)
        }
        Parameter::Verbosity => {
            let options = Verbosity::ALL.map(|it| (it.name(), it.label()));
            choice(
                parameter,
                &options,
                parameters.verbosity.map(Verbosity::name),
                Callback::new(|_| true),
            )
        }
        number => self::number(number, parameters.number(number)),
    }
}

fn number(parameter: Parameter, value: Option<f64>) -> AnyView {
    let name = parameter.name();
    let shown = value.map(|value| whole(value).unwrap_or_else(|| decimal(value, 0)));
    let range = parameter.range(None);
    let range = range.filter(|_| !matches!(parameter, Parameter::Seed | Parameter::MaxTokens));
    let note = range.map_or_else(
        || parameter.note().to_owned(),
        |range| {
            let (min, max) = (decimal(range.min, 0), decimal(range.max, 0));
            format!("{min} to {max}. {}", parameter.note())
        },
    );
    view! {
        <div class="field">
            <label for=name>{parameter.label()}</label>
            <input
                class="input num"
                id=name
                name=format!("form[numbers][{name}]")
                value=shown
                inputmode="decimal"
                autocomplete="off"
                aria-describedby=format!("{name}-note")
            />
            <p class="field-note" id=format!("{name}-note")>
                {note}
            </p>
        </div>
    }
    .into_any()
}

fn choice(
    parameter: Parameter,
    options: &[(&'static str, &'static str)],
    chosen: Option<&'static str>,
    is_offered: Callback<&'static str, bool>,
) -> AnyView {
    let name = parameter.name();
    let options = options
        .iter()
        .map(|&(value, label)| {
            let is_hidden = move || !is_offered.run(value);
            view! {
                <option value=value selected=chosen == Some(value) hidden=is_hidden>
                    {label}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=name>{parameter.label()}</label>
            <select
                class="input"
                id=name
                name=format!("form[{name}]")
                autocomplete="off"
                aria-describedby=format!("{name}-note")
            >
                <option value="">"As the tool has it"</option>
                {options}
            </select>
            <p class="field-note" id=format!("{name}-note")>
                {parameter.note()}
            </p>
        </div>
    }
    .into_any()
}

fn stop(stops: &[String]) -> AnyView {
    view! {
        <div class="field">
            <label for="stop">"Stop sequences"</label>
            <textarea class="input" id="stop" name="form[stop]" rows="2" aria-describedby="stop-note">
                {field_text(stops.join("\n"))}
            </textarea>
            <p class="field-note" id="stop-note">
                "One a line. " {Parameter::Stop.note()}
            </p>
        </div>
    }
    .into_any()
}
