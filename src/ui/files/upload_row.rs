//! One file on its way.

use super::uploads::{UploadState, Uploads};
use crate::ui::kit::icon::Icon;
use leptos::prelude::*;

/// How far it is, or why it failed, and the button that breaks it off or takes it away.
#[component]
pub(super) fn UploadRow(
    /// All of them.
    uploads: Uploads,
    /// This one.
    state: UploadState,
) -> impl IntoView {
    let name = state.name.get_value();
    let remove = move |_| uploads.remove(state.key);
    let label = {
        let name = name.clone();
        move || match state.problem.with(Option::is_some) {
            true => format!("Dismiss {name}"),
            false => format!("Cancel the upload of {name}"),
        }
    };
    let progress_label = format!("Upload of {name}");
    let how = move || {
        match (state.problem.get(), state.percent.get()) {
        (Some(error), _) => view! {
            <p class="field-note field-error" role="alert">
                <Icon name="alert-triangle" class="icon-s" />
                <span>{error.message}</span>
            </p>
        }
        .into_any(),
        (None, Some(100)) => {
            view! { <p class="quiet small">"Being looked at and stored…"</p> }.into_any()
        }
        (None, Some(percent)) => view! {
            <progress max="100" value=percent.to_string() aria-label=progress_label.clone()></progress>
        }
        .into_any(),
        (None, None) => view! { <p class="quiet small">"Waits for its turn"</p> }.into_any(),
    }
    };
    view! {
        <li class="upload-row">
            <div class="file-words">
                <span class="file-name">{name}</span>
                {how}
            </div>
            <button type="button" class="icon-btn" aria-label=label on:click=remove>
                <Icon name="x" class="icon-s" />
            </button>
        </li>
    }
    .into_any()
}
