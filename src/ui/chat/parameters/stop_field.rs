//! Texts that end an answer, as chips.

use super::{Under, parameter_row::ParameterRow};
use crate::{
    model::params::{MAX_STOP_CHARS, MAX_STOPS, Parameter},
    ui::{chat::session::ChatSession, kit::icon::Icon},
};
use leptos::{ev::KeyboardEvent, html, prelude::*};

/// A text as it is written: a line's end as `\n`.
fn shown(stop: &str) -> String {
    stop.replace('\n', "\\n")
}

fn read(written: &str) -> String {
    written.replace("\\n", "\n")
}

/// The chips, and the field for another.
#[component]
pub(super) fn StopField(
    /// What holds where nothing is set.
    under: Under,
) -> impl IntoView {
    let settings = ChatSession::of_page().settings;
    let field = NodeRef::<html::Input>::new();
    let problem = RwSignal::new(None::<String>);
    let stops = Memo::new(move |_| settings.with(|s| s.parameters.stop.clone()));
    let add = move || {
        let Some(input) = field.get_untracked() else {
            return;
        };
        let stop = read(&input.value());
        if stop.is_empty() {
            return;
        }
        let wrong = stops.with_untracked(|stops| what_is_wrong(stops, &stop));
        if wrong.is_none() {
            settings.update(|settings| settings.parameters.stop.push(stop));
            input.set_value("");
        }
        problem.set(wrong);
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.is_composing() {
            event.prevent_default();
            add();
        }
    };
    let remove = move |stop: String| {
        settings.update(|settings| settings.parameters.stop.retain(|kept| *kept != stop));
        problem.set(None);
        if let Some(input) = field.get_untracked() {
            let _ = input.focus();
        }
    };
    let default = under.parameters.with_value(|p| p.stop.clone());
    let default_words = match default.as_slice() {
        [] => String::new(),
        stops => {
            let stops: Vec<String> = stops.iter().map(|stop| shown(stop)).collect();
            format!("Default {}.", stops.join(", "))
        }
    };
    view! {
        <ParameterRow parameter=Parameter::Stop default_words problem>
            <ul class="chips">
                <For each=move || stops.get() key=Clone::clone let:stop>
                    <StopChip stop remove=Callback::new(remove) />
                </For>
            </ul>
            <div class="row-tight">
                <input
                    node_ref=field
                    class="input"
                    id=Parameter::Stop.name()
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby="stop-note"
                    aria-invalid=move || problem.with(Option::is_some).then_some("true")
                    on:keydown=on_key
                />
                <button
                    type="button"
                    class="icon-btn"
                    aria-label="Add stop sequence"
                    title="Add (Enter)"
                    on:click=move |_| add()
                >
                    <Icon name="plus" />
                </button>
            </div>
        </ParameterRow>
    }
}

fn what_is_wrong(stops: &[String], stop: &String) -> Option<String> {
    if stops.contains(stop) {
        Some("This one is there already.".to_owned())
    } else if stops.len() >= MAX_STOPS {
        Some(format!("At most {MAX_STOPS} stop sequences are taken."))
    } else if stop.chars().count() > MAX_STOP_CHARS {
        Some(format!(
            "A stop sequence has at most {MAX_STOP_CHARS} characters."
        ))
    } else {
        None
    }
}

/// One text and the way to be rid of it.
#[component]
fn StopChip(
    /// The text.
    stop: String,
    /// Removes it.
    remove: Callback<String>,
) -> impl IntoView {
    let words = shown(&stop);
    view! {
        <li class="chip">
            <code>{words.clone()}</code>
            <button
                type="button"
                class="icon-btn"
                aria-label=format!("Remove stop sequence {words}")
                on:click=move |_| remove.run(stop.clone())
            >
                <Icon name="x" class="icon-s" />
            </button>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_line_can_be_written() {
        assert_eq!(read("END\\n"), "END\n");
        assert_eq!(shown("a\nb"), "a\\nb");
    }

    #[test]
    fn a_stop_sequence_that_is_too_many_or_too_long_is_refused_in_words() {
        let stops: Vec<String> = (0..MAX_STOPS).map(|n| n.to_string()).collect();
        assert!(what_is_wrong(&stops, &"x".to_owned()).is_some());
        assert!(what_is_wrong(&[], &"x".repeat(MAX_STOP_CHARS + 1)).is_some());
        assert!(what_is_wrong(&[], &"x".to_owned()).is_none());
    }
}
