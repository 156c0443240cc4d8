//! Presets: saved settings, applied by one press.

use super::is_changed;
use crate::{
    api,
    model::settings::{ChatSettings, MAX_PRESET_NAME_CHARS, Preset},
    ui::{
        chat::{
            named::{Named, NamedMenu, SaveNamed, Words},
            session::ChatSession,
        },
        kit::icon::Icon,
        load::load,
    },
};
use leptos::prelude::*;

static WORDS: Words = Words {
    noun: "preset",
    heading: "presets-heading",
    title: "Presets",
    list: "Your presets",
    empty: "Save what you set below under a name, and use it in any chat.",
    save: "Save preset",
    name: "Preset name",
    max_name_chars: MAX_PRESET_NAME_CHARS,
};

/// The person's presets, and the form that saves what is set in the chat as another.
#[component]
pub(super) fn PresetBlock() -> impl IntoView {
    let settings = ChatSession::of_page().settings;
    let presets = Named::new(&WORDS);
    let list = load(move || presets.version(), |_| api::presets::list_presets());
    let name = RwSignal::new(String::new());
    let save = Callback::new(move |(chosen, replace): (String, bool)| {
        let saved = api::presets::save_preset(chosen, settings.get_untracked(), replace);
        Box::pin(async move {
            saved.await?;
            let _ = name.try_set(String::new());
            Ok(())
        }) as _
    });
    let is_off = Signal::derive(move || settings.with(|s| !is_changed(s) && s.output.is_none()));
    let form = view! { <SaveNamed named=presets name is_off save /> };
    presets.block(
        list,
        move |preset| view! { <PresetRow preset presets /> }.into_any(),
        form.into_any(),
    )
}

/// What a conversation has after a preset was applied: everything is the preset's, but whom it talks to.
fn applied(preset: ChatSettings, before: &ChatSettings) -> ChatSettings {
    ChatSettings {
        assistant: before.assistant,
        ..preset
    }
}

/// One preset: apply it, begin every chat with it, change it.
#[component]
fn PresetRow(
    /// Which.
    preset: Preset,
    /// The block it belongs to.
    presets: Named,
) -> impl IntoView {
    let settings = ChatSession::of_page().settings;
    let Preset {
        id,
        name,
        settings: saved,
        is_default,
    } = preset;
    let saved = StoredValue::new(saved);
    let is_applied = Memo::new(move |_| {
        settings.with(|now| saved.with_value(|saved| applied(saved.clone(), now) == *now))
    });
    let apply = move |_| settings.update(|now| *now = applied(saved.get_value(), now));
    let set_default = move |_| {
        presets.change(api::presets::set_default_preset(
            (!is_default).then_some(id),
        ));
    };
    let default_words = if is_default {
        format!("New chats begin with {name}; press to begin with nothing set")
    } else {
        format!("Begin new chats with {name}")
    };
    view! {
        <li class="preset">
            <button
                type="button"
                class="preset-apply"
                aria-label=format!("Apply {name}")
                aria-pressed=move || if is_applied.get() { "true" } else { "false" }
                on:click=apply
            >
                <span>{name.clone()}</span>
                {is_default.then(|| view! { <span class="badge">"Default"</span> })}
            </button>
            <button
                type="button"
                class="icon-btn"
                aria-label=default_words.clone()
                title=default_words
                aria-pressed=if is_default { "true" } else { "false" }
                on:click=set_default
            >
                <Icon name="star" class="icon-s" />
            </button>
            <NamedMenu
                named=presets
                name
                on_rename=move |name| presets.change(api::presets::rename_preset(id, name))
                on_delete=move |()| presets.delete(api::presets::delete_preset(id))
            />
        </li>
    }
    .into_any()
}
