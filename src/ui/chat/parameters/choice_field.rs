//! One of a few words, side by side.

use super::{Under, parameter_row::ParameterRow};
use crate::{
    model::params::{Parameter, ReasoningEffort, Verbosity},
    ui::chat::session::ChatSession,
};
use leptos::prelude::*;

/// How long the model thinks, of the efforts that it knows.
#[component]
pub(super) fn EffortField(
    /// What holds where it is not set.
    under: Under,
) -> impl IntoView {
    let settings = ChatSession::of_page().settings;
    let known = under.features.with_value(|f| f.reasoning_efforts.clone());
    let default = under.parameters.with_value(|p| p.reasoning_effort);
    let chosen = Memo::new(move |_| {
        settings.with(|s| s.parameters.reasoning_effort.map(ReasoningEffort::name))
    });
    let choose = move |name: &'static str| {
        let effort = ReasoningEffort::ALL
            .into_iter()
            .find(|effort| effort.name() == name);
        settings.update(|settings| settings.parameters.reasoning_effort = effort);
    };
    let options = known
        .into_iter()
        .map(|effort| (effort.name(), effort.label()))
        .collect();
    view! {
        <ChoiceField
            parameter=Parameter::ReasoningEffort
            options
            default=default.map(ReasoningEffort::label)
            chosen
            choose=Callback::new(choose)
        />
    }
}

/// How much the model says.
#[component]
pub(super) fn VerbosityField(
    /// What holds where it is not set.
    under: Under,
) -> impl IntoView {
    let settings = ChatSession::of_page().settings;
    let default = under.parameters.with_value(|p| p.verbosity);
    let chosen = Memo::new(move |_| settings.with(|s| s.parameters.verbosity.map(Verbosity::name)));
    let choose = move |name: &'static str| {
        let verbosity = Verbosity::ALL
            .into_iter()
            .find(|verbosity| verbosity.name() == name);
        settings.update(|settings| settings.parameters.verbosity = verbosity);
    };
    let options = Verbosity::ALL
        .into_iter()
        .map(|verbosity| (verbosity.name(), verbosity.label()))
        .collect();
    view! {
        <ChoiceField
            parameter=Parameter::Verbosity
            options
            default=default.map(Verbosity::label)
            chosen
            choose=Callback::new(choose)
        />
    }
}

/// The words, the default first.
#[component]
fn ChoiceField(
    /// Which parameter.
    parameter: Parameter,
    /// Names and words.
    options: Vec<(&'static str, &'static str)>,
    /// The word that holds while nothing is set.
    default: Option<&'static str>,
    /// The name that is set.
    chosen: Memo<Option<&'static str>>,
    /// Sets one by its name; an empty one sets nothing.
    choose: Callback<&'static str>,
) -> impl IntoView {
    let name = parameter.name();
    let option = move |value: &'static str, label: &'static str| {
        let is_chosen = move || chosen.get().unwrap_or_default() == value;
        view! {
            <label>
                <input
                    type="radio"
                    name=name
                    value=value
                    prop:checked=is_chosen
                    on:change=move |_| choose.run(value)
                />
                {label}
            </label>
        }
    };
    let options = options
        .into_iter()
        .map(|(value, label)| option(value, label))
        .collect_view();
    let default_words = match default {
        Some(word) => format!("Default {}.", word.to_lowercase()),
        None => String::new(),
    };
    view! {
        <ParameterRow parameter default_words is_group=true>
            <div
                class="segmented segmented-wrap"
                role="radiogroup"
                aria-labelledby=format!("{name}-label")
                aria-describedby=format!("{name}-note")
            >
                {option("", "Default")}
                {options}
            </div>
        </ParameterRow>
    }
}
