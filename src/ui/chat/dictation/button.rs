//! The button that records: a press begins and another ends it, or one holds it for as long as one speaks.

use super::{
    bar::dictation_view,
    state::{Dictation, Phase, Wish},
};
use crate::{
    browser::page::is_dialog_open,
    ui::{
        chat::{call::state::VoiceCall, session::ChatSession},
        kit::icon::Icon,
        lazy::prefetch,
    },
};
use leptos::{
    ev::{self, KeyboardEvent, MouseEvent, PointerEvent},
    leptos_dom::helpers::window_event_listener,
    prelude::*,
};

/// A press that lasts this long is a hold, in milliseconds: letting go ends the recording.
const HOLD_MS: f64 = 450.0;

/// Records, and stops that.
#[component]
pub(in crate::ui::chat) fn RecordButton() -> impl IntoView {
    let ChatSession {
        dictation, call, ..
    } = ChatSession::of_page();
    let phase = dictation.phase;
    Effect::new(move || listen_to_keys(dictation, call));
    // When it was pressed, if that began a recording.
    let pressed_at = StoredValue::new(None::<f64>);
    let press = move |event: PointerEvent| {
        let is_idle = phase.get_untracked() == Phase::Idle;
        let begins = event.button() == 0 && is_idle;
        pressed_at.set_value(begins.then(|| event.time_stamp()));
        if begins {
            // Letting go elsewhere is letting go as well.
            let button = event_target::<web_sys::Element>(&event);
            let _ = button.set_pointer_capture(event.pointer_id());
            dictation.wish(Wish::Start);
        }
    };
    let release = move |event: PointerEvent| {
        let held_ms = pressed_at.get_value().map(|at| event.time_stamp() - at);
        // While the browser asks for leave, one has to let go to answer.
        if held_ms.is_some_and(|held| held >= HOLD_MS) && phase.get_untracked() == Phase::Listening
        {
            dictation.wish(Wish::Stop);
        }
    };
    let click = move |event: MouseEvent| {
        // What a press has begun its own click does not end. Keys click without a press.
        let is_own = event.detail() > 0 && pressed_at.get_value().is_some();
        pressed_at.set_value(None);
        if !is_own {
            dictation.toggle();
        }
    };
    let is_on = Memo::new(move |_| matches!(phase.get(), Phase::Asking | Phase::Listening));
    let label = move || {
        if is_on.get() {
            "Stop recording"
        } else {
            "Record voice"
        }
    };
    let title = move || {
        if is_on.get() {
            "Stop recording (Ctrl+Shift+D)"
        } else {
            "Record voice (Ctrl+Shift+D, or hold while you speak)"
        }
    };
    let icon = move || if is_on.get() { "stop" } else { "mic" };
    let near = || prefetch(dictation_view::PART);
    view! {
        <button
            type="button"
            class="icon-btn record needs-script"
            class:record-on=is_on
            aria-label=label
            title=title
            aria-keyshortcuts="Control+Shift+D"
            disabled=move || matches!(phase.get(), Phase::Finishing | Phase::Stuck)
            on:pointerdown=press
            on:pointerup=release
            on:pointercancel=release
            on:click=click
            on:contextmenu=move |event: MouseEvent| event.prevent_default()
            on:pointerenter=move |_| near()
            on:focus=move |_| near()
        >
            {move || view! { <Icon name=icon() /> }}
        </button>
    }
    .into_any()
}

fn listen_to_keys(dictation: Dictation, call: VoiceCall) {
    let listener = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        let is_shortcut = (event.ctrl_key() || event.meta_key())
            && event.shift_key()
            && event.key().eq_ignore_ascii_case("d");
        if is_shortcut {
            event.prevent_default();
            let is_free = !is_dialog_open() && !call.is_on.get_untracked();
            if !event.repeat() && is_free {
                dictation.toggle();
            }
        } else if event.key() == "Escape" && !is_dialog_open() {
            let phase = dictation.phase.get_untracked();
            if phase != Phase::Idle {
                dictation.wish(Wish::Cancel);
            }
        }
    });
    on_cleanup(move || listener.remove());
}
