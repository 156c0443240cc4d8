//! The language that is spoken.

use super::{
    flow::{languages, spoken},
    state::Dictation,
};
use crate::{api, model::speech::LANGUAGES};
use leptos::{ev::Event, prelude::*, task::spawn_local};

/// Chooses the language; where the listener knows only one, says which.
#[component]
pub(super) fn LanguageChoice(
    /// The dictation.
    dictation: Dictation,
) -> impl IntoView {
    move || {
        let options = dictation.options.get()?;
        if options.listeners.is_empty() {
            return None;
        }
        let known = languages(&options);
        if let [only] = known.as_slice() {
            return Some(view! { <span class="dictation-language">{name(only)}</span> }.into_any());
        }
        let offered: Vec<String> = if known.is_empty() {
            LANGUAGES
                .iter()
                .map(|(code, _)| (*code).to_owned())
                .collect()
        } else {
            known
        };
        let spoken = spoken(&options);
        let offered = offered.into_iter().map(|code| {
            let is_chosen = spoken.as_ref() == Some(&code);
            let name = name(&code);
            view! {
                <option value=code selected=is_chosen>
                    {name}
                </option>
            }
        });
        let offered = offered.collect_view();
        let choose = move |event| save(dictation, &event);
        Some(
            view! {
                <select
                    class="input select dictation-language"
                    aria-label="Language you speak"
                    on:change=choose
                >
                    <option value="" selected=spoken.is_none()>
                        "Any language"
                    </option>
                    {offered}
                </select>
            }
            .into_any(),
        )
    }
}

fn name(code: &str) -> String {
    let known = LANGUAGES.iter().find(|(known, _)| *known == code);
    known.map_or_else(|| code.to_owned(), |(_, name)| (*name).to_owned())
}

fn save(dictation: Dictation, event: &Event) {
    let code = event_target_value(event);
    let Some(mut options) = dictation.options.get_untracked() else {
        return;
    };
    options.settings.language = (!code.is_empty()).then_some(code);
    let settings = options.settings.clone();
    dictation.options.set(Some(options));
    spawn_local(async move {
        // It holds for this page in any case; that it will not the next time is not worth an interruption.
        let _ = api::speech::save_speech_settings(settings).await;
    });
}
