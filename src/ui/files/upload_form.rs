//! The form that stores files: chosen or dropped, and sent with progress where there is a script; posted as they are where
//! there is none.

use super::{upload_row::UploadRow, uploads::Uploads};
use crate::{
    api::files::UploadFiles,
    browser::files::{are_dragged, chosen, dropped},
    model::AppError,
    ui::kit::{icon::Icon, notice::ErrorNotice, number::file_size},
};
use leptos::{
    ev::{DragEvent, Event},
    prelude::*,
    server::ServerActionError,
    server_fn::{ServerFn, error::ServerFnUrlError},
};

/// Stores files.
#[component]
pub(super) fn UploadForm(
    /// Those on their way.
    uploads: Uploads,
    /// Longest file that is taken.
    limit_bytes: u64,
) -> impl IntoView {
    let is_over = RwSignal::new(false);
    let class = move || match is_over.get() {
        true => "upload-form upload-over",
        false => "upload-form",
    };
    let on_over = move |event: DragEvent| {
        if are_dragged(&event) {
            event.prevent_default();
            is_over.set(true);
        }
    };
    let on_drop = move |event: DragEvent| {
        if are_dragged(&event) {
            event.prevent_default();
            is_over.set(false);
            uploads.add(dropped(&event), limit_bytes);
        }
    };
    let on_change = move |event: Event| uploads.add(chosen(&event), limit_bytes);
    let rows = move || {
        let rows = uploads.rows.get();
        (!rows.is_empty()).then(|| {
            view! {
                <ul class="upload-list" aria-label="Uploads">
                    <For
                        each=move || uploads.rows.get()
                        key=|row| row.key
                        children=move |state| view! { <UploadRow uploads state /> }
                    />
                </ul>
            }
        })
    };
    view! {
        {posted_problem().map(|error| view! { <ErrorNotice error /> })}
        <form
            class=class
            action=UploadFiles::PATH
            method="post"
            enctype="multipart/form-data"
            on:dragover=on_over
            on:dragleave=move |_| is_over.set(false)
            on:drop=on_drop
        >
            <label class="btn btn-primary" for="upload">
                <Icon name="plus" class="icon-s" />
                "Upload files"
            </label>
            <input
                class="upload-field"
                id="upload"
                type="file"
                name="file"
                multiple
                required
                on:change=on_change
            />
            <button class="btn btn-primary without-script">"Send them"</button>
            <p class="quiet small">
                <span class="needs-script">"or drop them here. "</span>
                {format!("Up to {} each.", file_size(limit_bytes))}
            </p>
        </form>
        {rows}
    }
    .into_any()
}

/// Why a form that was posted without a script was refused: it comes back in the address.
fn posted_problem() -> Option<AppError> {
    let error = use_context::<ServerActionError>()?;
    (error.path() == UploadFiles::PATH)
        .then(|| ServerFnUrlError::<AppError>::decode_err(error.err()))
}
