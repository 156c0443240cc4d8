//! The ways to put files on a message that one presses: from the device, and from the camera.

use super::{camera_dialog::camera_dialog, row::attachment_row};
use crate::{
    browser::files,
    ui::{
        chat::session::ChatSession,
        kit::icon::Icon,
        lazy::{Lazy, prefetch},
    },
};
use leptos::{html, prelude::*};

/// Two buttons, and the field that one of them opens. Without a script there is the field alone.
#[component]
pub(in crate::ui::chat) fn AttachButton() -> impl IntoView {
    let session = ChatSession::of_page();
    let field = NodeRef::<html::Input>::new();
    let is_camera_open = RwSignal::new(false);
    let choose = move |_| {
        if let Some(field) = field.get_untracked() {
            field.click();
        }
    };
    let on_change = move |event| {
        let chosen = files::chosen(&event);
        session.files.get_untracked().add_files(chosen);
    };
    // What shows the files is on its way while they are chosen.
    let near = || prefetch(attachment_row::PART);
    view! {
        <button
            type="button"
            class="icon-btn needs-script"
            aria-label="Attach files"
            title="Attach files (or drop or paste them)"
            on:click=choose
            on:pointerenter=move |_| near()
            on:focus=move |_| near()
        >
            <Icon name="paperclip" />
        </button>
        <button
            type="button"
            class="icon-btn needs-script"
            aria-label="Take a photo"
            title="Take a photo"
            aria-haspopup="dialog"
            on:click=move |_| is_camera_open.set(true)
        >
            <Icon name="camera" />
        </button>
        <input node_ref=field type="file" multiple hidden on:change=on_change />
        <input class="without-script" type="file" name="file" multiple aria-label="Attach files" />
        {move || {
            is_camera_open
                .get()
                .then(|| {
                    view! { <Lazy view=camera_dialog(session.files.get_untracked(), is_camera_open) waiting=|| () /> }
                })
        }}
    }
    .into_any()
}
