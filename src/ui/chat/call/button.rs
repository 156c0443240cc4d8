//! The button that begins a voice call.

use super::panel::call_panel;
use crate::{
    browser::{page::is_dialog_open, speaker},
    ui::{
        chat::{dictation::state::Phase, session::ChatSession},
        kit::icon::Icon,
        lazy::prefetch,
        reading::prefetch_reader,
    },
};
use leptos::{
    ev::{self, KeyboardEvent},
    leptos_dom::helpers::window_event_listener,
    prelude::*,
};

/// Begins a call.
#[component]
pub(in crate::ui::chat) fn VoiceCallButton() -> impl IntoView {
    let session = ChatSession::of_page();
    Effect::new(move || {
        let listener = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
            let is_shortcut = (event.ctrl_key() || event.meta_key())
                && event.shift_key()
                && event.key().eq_ignore_ascii_case("l");
            if is_shortcut {
                event.prevent_default();
                if !event.repeat() && !is_dialog_open() {
                    toggle(session);
                }
            }
        });
        on_cleanup(move || listener.remove());
    });
    let near = || {
        prefetch(call_panel::PART);
        prefetch_reader();
    };
    let is_dictating = move || session.dictation.phase.get() != Phase::Idle;
    view! {
        <button
            type="button"
            class="icon-btn needs-script"
            id="voice-call"
            aria-label="Voice call"
            title="Voice call (Ctrl+Shift+L)"
            aria-keyshortcuts="Control+Shift+L"
            disabled=is_dictating
            on:click=move |_| begin(session)
            on:pointerenter=move |_| near()
            on:focus=move |_| near()
        >
            <Icon name="phone" />
        </button>
    }
    .into_any()
}

/// The press that asks for a call is what lets browsers play its answers.
fn begin(session: ChatSession) {
    speaker::unlock();
    prefetch_reader();
    session.call.is_on.set(true);
}

fn toggle(session: ChatSession) {
    if session.call.is_on.get_untracked() {
        session.call.is_on.set(false);
    } else if session.dictation.phase.get_untracked() == Phase::Idle {
        begin(session);
    }
}
