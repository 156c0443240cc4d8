//! What can be done with one file on a message that is being written.

use super::{
    draft_files::{DraftFile, DraftFiles, FileState},
    uploads,
};
use crate::{
    model::{chat::ChatTool, file::ImageDetail},
    ui::kit::icon::Icon,
};
use leptos::prelude::*;

/// How closely the tool is to look at a picture, and which part of it.
#[component]
pub(super) fn DetailSelect(
    /// All files on the message.
    files: DraftFiles,
    /// The picture.
    file: DraftFile,
    /// Who will be sent it.
    tool: Signal<Option<ChatTool>>,
    /// Which picture is being cropped.
    cropped: RwSignal<Option<u32>>,
) -> impl IntoView {
    let key = file.key;
    let offered = Memo::new(move |_| {
        tool.with(|tool| {
            tool.as_ref()
                .map_or_else(Vec::new, |tool| tool.features.image_details.clone())
        })
    });
    let detail = file.detail.clone();
    let select = move || {
        let (files, detail) = (files.clone(), detail.clone());
        let chosen = detail.get();
        let mut offered = offered.get();
        if offered.is_empty() {
            return None;
        }
        // What was chosen for another tool stays until it is changed.
        if !offered.contains(&chosen) {
            offered.push(chosen);
        }
        let value = |detail: ImageDetail| detail.label().to_lowercase();
        let options: Vec<_> = offered
            .iter()
            .map(|it| view! { <option value=value(*it) selected=*it == chosen>{it.label()}</option> })
            .collect();
        let on_change = move |event| {
            let picked = event_target_value(&event);
            if let Some(new) = offered.iter().find(|it| value(**it) == picked) {
                detail.set(*new);
                files.keep();
            }
        };
        Some(view! {
            <span class="small quiet" aria-hidden="true">"Detail"</span>
            <select class="input select" aria-label="Image detail" title=explained(chosen) on:change=on_change>
                {options}
            </select>
        })
    };
    view! {
        <div class="attachment-controls">
            {select}
            <button
                type="button"
                class="btn btn-quiet"
                aria-haspopup="dialog"
                on:click=move |_| cropped.set(Some(key))
            >
                <Icon name="crop" class="icon-s" />
                "Crop"
            </button>
        </div>
    }
    .into_any()
}

/// What a detail means, on hover.
fn explained(detail: ImageDetail) -> &'static str {
    match detail {
        ImageDetail::Auto => "The model decides how closely it looks",
        ImageDetail::Low => "One small view: quick and cheap",
        ImageDetail::High => "A close look",
        ImageDetail::Original => "Every pixel, where the model can",
    }
}

/// Takes the file off the message; while it is on its way, that is cancelling.
#[component]
pub(super) fn RemoveButton(
    /// All files on the message.
    files: DraftFiles,
    /// This one.
    file: DraftFile,
) -> impl IntoView {
    let name = file.name();
    let state = file.state.clone();
    let label = move || {
        let verb = state.with(|state| match state {
            FileState::Waiting | FileState::Uploading(_) => "Cancel",
            FileState::Failed(_) | FileState::Stored(_) => "Remove",
        });
        format!("{verb} {name}")
    };
    view! {
        <button
            type="button"
            class="icon-btn"
            aria-label=label.clone()
            title=label
            on:click=move |_| uploads::remove(&files, &file)
        >
            <Icon name="x" />
        </button>
    }
    .into_any()
}
