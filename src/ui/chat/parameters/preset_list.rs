//! Presets: saved settings, applied by one press.

use super::preset_form::{RenamePreset, SavePreset};
use crate::{
    api,
    browser::page::close_menus,
    model::{
        AppError, AppResult,
        settings::{ChatSettings, Preset},
    },
    ui::{
        chat::session::ChatSession,
        kit::{
            icon::Icon,
            notice::{ErrorNotice, RetryButton},
        },
        load::load,
    },
};
use leptos::{prelude::*, task::spawn_local};
use std::future::Future;

/// What the parts of the block share.
#[derive(Clone, Copy)]
pub(super) struct Presets {
    /// Counted up to fetch the list again.
    pub version: RwSignal<u32>,
    /// Why the last change did not come about.
    pub problem: RwSignal<Option<AppError>>,
}

impl Presets {
    /// Carries out a change, then fetches the list again.
    pub(super) fn change(self, work: impl Future<Output = AppResult<()>> + 'static) {
        self.problem.set(None);
        spawn_local(async move {
            match work.await {
                Ok(()) => {
                    close_menus(None);
                    let _ = self.version.try_update(|version| *version += 1);
                }
                Err(error) => {
                    let _ = self.problem.try_set(Some(error));
                }
            }
        });
    }
}

/// The person's presets, and the form that saves another.
#[component]
pub(super) fn PresetBlock() -> impl IntoView {
    let presets = Presets {
        version: RwSignal::new(0),
        problem: RwSignal::new(None),
    };
    let list = load(
        move || presets.version.get(),
        |_| api::presets::list_presets(),
    );
    view! {
        <section class="panel-section" aria-labelledby="presets-heading">
            <h3 id="presets-heading">"Presets"</h3>
            {move || presets.problem.get().map(|error| view! { <ErrorNotice error /> })}
            <Transition fallback=|| {
                view! {
                    <p class="sr-only" role="status">
                        "Loading your presets"
                    </p>
                    <span class="skeleton w-75" aria-hidden="true"></span>
                }
            }>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(list) => view! { <PresetList list presets /> }.into_any(),
                        Err(error) => {
                            view! {
                                <ErrorNotice error>
                                    <RetryButton on_retry=move |()| list.refetch() />
                                </ErrorNotice>
                            }
                                .into_any()
                        }
                    }
                })}
            </Transition>
            <SavePreset presets />
        </section>
    }
    .into_any()
}

/// The presets, by name.
#[component]
fn PresetList(
    /// What there is.
    list: Vec<Preset>,
    /// What the block shares.
    presets: Presets,
) -> impl IntoView {
    if list.is_empty() {
        return view! {
            <p class="quiet small">
                "Save what you set below under a name, and use it in any chat."
            </p>
        }
        .into_any();
    }
    let rows = list
        .into_iter()
        .map(|preset| view! { <PresetRow preset presets /> })
        .collect_view();
    view! {
        <ul class="presets" aria-label="Your presets">
            {rows}
        </ul>
    }
    .into_any()
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
    /// What the block shares.
    presets: Presets,
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
    let delete = move |_| presets.change(api::presets::delete_preset(id));
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
            <details class="menu" name="preset-menu">
                <summary class="icon-btn" aria-label=format!("Options for {name}")>
                    <Icon name="more-horizontal" class="icon-s" />
                </summary>
                <div class="menu-list">
                    <RenamePreset id name presets />
                    <button type="button" class="menu-item menu-item-danger" on:click=delete>
                        <Icon name="trash-2" class="icon-s" />
                        "Delete"
                    </button>
                </div>
            </details>
        </li>
    }
    .into_any()
}
