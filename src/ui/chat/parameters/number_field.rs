//! A number: written, or chosen with a slider.

use super::{Under, parameter_row::ParameterRow};
use crate::{
    model::params::{Parameter, Range},
    ui::{
        chat::session::ChatSession,
        kit::number::{decimal, whole},
    },
};
use leptos::prelude::*;

/// A number as it is written in a field.
fn shown(number: f64) -> String {
    whole(number).unwrap_or_else(|| decimal(number, 0))
}

/// The field of a parameter that is a number.
#[component]
pub(super) fn NumberField(
    /// Which.
    parameter: Parameter,
    /// What holds where it is not set.
    under: Under,
) -> impl IntoView {
    let settings = ChatSession::of_page().settings;
    let features = under.features;
    let default = under.parameters.with_value(|p| p.number(parameter));
    let range = features.with_value(|features| parameter.range(Some(features)));
    let neutral = features.with_value(|features| parameter.neutral(Some(features)));
    let stored = Memo::new(move |_| settings.with(|s| s.parameters.number(parameter)));
    let written = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    Effect::new(move || {
        written.set(stored.get().map(shown).unwrap_or_default());
        problem.set(None);
    });
    let commit = move |text: String| {
        let parsed = features.with_value(|features| parameter.parse(&text, Some(features)));
        written.set(text);
        match parsed {
            Ok(number) => {
                problem.set(None);
                // The same number is no change, and is not stored again.
                if stored.get_untracked() != number {
                    settings.update(|settings| settings.parameters.set_number(parameter, number));
                }
            }
            Err(error) => problem.set(Some(error.message)),
        }
    };
    let default_words = match default {
        Some(default) => format!("Default {}.", shown(default)),
        None => String::new(),
    };
    let name = parameter.name();
    let slider = range.zip(default.or(neutral)).map(|(range, resting)| {
        view! { <Slider parameter range resting stored written commit=Callback::new(commit) /> }
    });
    view! {
        <ParameterRow parameter default_words problem>
            <div class="number-field">
                {slider}
                <input
                    class="input num"
                    id=name
                    inputmode="decimal"
                    autocomplete="off"
                    placeholder=default.map_or_else(|| "Default".to_owned(), shown)
                    aria-describedby=format!("{name}-note")
                    aria-invalid=move || problem.with(Option::is_some).then_some("true")
                    prop:value=written
                    on:change=move |event| commit(event_target_value(&event))
                />
            </div>
        </ParameterRow>
    }
}

/// Chooses the number within its range. It rests where nothing is set.
#[component]
fn Slider(
    /// Which parameter.
    parameter: Parameter,
    /// From where to where.
    range: Range,
    /// Where it stands while nothing is set.
    resting: f64,
    /// What is set.
    stored: Memo<Option<f64>>,
    /// What the field beside it shows.
    written: RwSignal<String>,
    /// Sets what was chosen.
    commit: Callback<String>,
) -> impl IntoView {
    view! {
        <input
            type="range"
            min=shown(range.min)
            max=shown(range.max)
            step=shown(range.step)
            aria-label=format!("{} slider", parameter.label())
            prop:value=move || shown(stored.get().unwrap_or(resting))
            on:input=move |event| written.set(event_target_value(&event))
            on:change=move |event| commit.run(event_target_value(&event))
        />
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_number_is_shown_as_it_would_be_written() {
        assert_eq!(shown(f64::from(0.7_f32)), "0.7");
        assert_eq!(shown(-1.5), "-1.5");
        assert_eq!(shown(9_007_199_254_740_991.0), "9007199254740991");
        assert_eq!(shown(-2.0), "-2");
    }
}
