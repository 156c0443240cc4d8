//! Files that are dropped on the chat or pasted into it.

use super::row::attachment_row;
use crate::{
    browser::files,
    ui::{chat::session::ChatSession, kit::icon::Icon, lazy::prefetch},
};
use leptos::{
    ev::{self, DragEvent},
    leptos_dom::helpers::window_event_listener,
    prelude::*,
};

/// Lies over the chat while files are dragged across the window. The listeners are there as long as the chat is.
#[component]
pub(in crate::ui::chat) fn DropZone() -> impl IntoView {
    let session = ChatSession::of_page();
    let is_over = RwSignal::new(false);
    Effect::new(move || listen(session, is_over));
    let class = move || {
        if is_over.get() {
            "drop-zone drop-zone-over"
        } else {
            "drop-zone"
        }
    };
    view! {
        <div class=class aria-hidden="true">
            <p>
                <Icon name="paperclip" />
                "Drop files to attach them"
            </p>
        </div>
    }
    .into_any()
}

fn listen(session: ChatSession, is_over: RwSignal<bool>) {
    // Entering an element inside comes before leaving the one around it, so the two are counted.
    let depth = StoredValue::new(0_i32);
    let deeper = move |by: i32| {
        depth.update_value(|depth| *depth = (*depth + by).max(0));
        let is_inside = depth.get_value() > 0;
        if is_over.get_untracked() != is_inside {
            is_over.set(is_inside);
        }
    };
    let enter = window_event_listener(ev::dragenter, move |event| {
        if takes(&event) {
            prefetch(attachment_row::PART);
            deeper(1);
        }
    });
    let over = window_event_listener(ev::dragover, |event| {
        takes(&event);
    });
    let leave = window_event_listener(ev::dragleave, move |event| {
        if takes(&event) {
            deeper(-1);
        }
    });
    let drop = window_event_listener(ev::drop, move |event| {
        if takes(&event) {
            depth.set_value(0);
            is_over.set(false);
            session
                .files
                .get_untracked()
                .add_files(files::dropped(&event));
        }
    });
    let paste = window_event_listener(ev::paste, move |event| {
        let pasted = files::pasted(&event);
        if !pasted.is_empty() {
            event.prevent_default();
            session.files.get_untracked().add_files(pasted);
        }
    });
    on_cleanup(move || {
        for listener in [enter, over, leave, drop, paste] {
            listener.remove();
        }
    });
}

/// Whether files are dragged; then the browser is kept from opening them in place of the page.
fn takes(event: &DragEvent) -> bool {
    let are_files = files::are_dragged(event);
    if are_files {
        event.prevent_default();
    }
    are_files
}
