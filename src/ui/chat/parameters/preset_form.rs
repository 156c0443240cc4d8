//! Saving settings as a preset, and giving one another name.

use super::{is_changed, preset_list::Presets};
use crate::{
    api,
    model::{
        ErrorKind,
        ids::PresetId,
        settings::{MAX_PRESET_NAME_CHARS, Preset},
    },
    ui::{chat::session::ChatSession, kit::icon::Icon},
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

/// Saves what is set in the chat under a name. A name that is taken is told, with the way to replace what it stands for.
#[component]
pub(super) fn SavePreset(
    /// What the block shares.
    presets: Presets,
) -> impl IntoView {
    let settings = ChatSession::of_page().settings;
    let field = NodeRef::<html::Input>::new();
    let is_saving = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let taken = RwSignal::new(false);
    let save = move |replace: bool| {
        let Some(input) = field.get_untracked() else {
            return;
        };
        if is_saving.get_untracked() {
            return;
        }
        is_saving.set(true);
        let (name, now) = (input.value(), settings.get_untracked());
        spawn_local(async move {
            let saved: Result<Preset, _> = api::presets::save_preset(name, now, replace).await;
            let _ = is_saving.try_set(false);
            let is_conflict = saved
                .as_ref()
                .is_err_and(|error| error.kind == ErrorKind::Conflict && error.field.is_some());
            let _ = taken.try_set(is_conflict);
            let _ = problem.try_set(saved.as_ref().err().map(|error| error.message.clone()));
            if saved.is_ok() {
                input.set_value("");
                let _ = presets.version.try_update(|version| *version += 1);
            }
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        save(false);
    };
    let is_nothing = move || settings.with(|s| !is_changed(s) && s.output.is_none());
    view! {
        <form class="save-preset" on:submit=submit>
            <label class="sr-only" for="preset-name">
                "Preset name"
            </label>
            <div class="row-tight">
                <input
                    node_ref=field
                    class="input"
                    id="preset-name"
                    name="name"
                    placeholder="Name these"
                    maxlength=MAX_PRESET_NAME_CHARS.to_string()
                    autocomplete="off"
                    aria-describedby="preset-note"
                    aria-invalid=move || problem.with(Option::is_some).then_some("true")
                    on:input=move |_| {
                        taken.set(false);
                        problem.set(None);
                    }
                />
                <button class="btn" disabled=move || is_saving.get() || is_nothing()>
                    "Save preset"
                </button>
            </div>
            <p class="field-note" id="preset-note" aria-live="polite">
                {move || problem.get().map(|words| view! { <span class="field-error">{words}</span> })}
            </p>
            {move || taken.get().then(|| view! { <ReplaceButton on_press=move |()| save(true) /> })}
        </form>
    }
    .into_any()
}

/// The way on where a name is taken.
#[component]
fn ReplaceButton(
    /// Replaces what the name stands for.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button type="button" class="btn" on:click=move |_| on_press.run(())>
            "Replace it"
        </button>
    }
}

/// Gives a preset another name.
#[component]
pub(super) fn RenamePreset(
    /// Which.
    id: PresetId,
    /// Its name until now.
    name: String,
    /// What the block shares.
    presets: Presets,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(input) = field.get_untracked() {
            presets.change(api::presets::rename_preset(id, input.value()));
        }
    };
    let label = format!("New name for {name}");
    view! {
        <details name="preset-change">
            <summary class="menu-item">
                <Icon name="pencil" class="icon-s" />
                "Rename"
            </summary>
            <form class="menu-form" on:submit=submit>
                <input
                    node_ref=field
                    class="input select"
                    aria-label=label
                    maxlength=MAX_PRESET_NAME_CHARS.to_string()
                    autocomplete="off"
                    required
                    value=name
                />
                <button class="btn btn-primary btn-wide">"Save name"</button>
            </form>
        </details>
    }
    .into_any()
}
