//! The place of a call on the page: over the composer, while there is one.

use super::panel::call_panel;
use crate::{
    browser::page::{focus_element, is_dialog_open, is_focus_lost},
    ui::{chat::session::ChatSession, kit::icon::Icon, lazy::Lazy},
};
use leptos::{
    ev::{self, KeyboardEvent},
    html,
    leptos_dom::helpers::window_event_listener,
    prelude::*,
};

/// The panel of a call. Going away hangs up.
#[component]
pub(in crate::ui::chat) fn CallPlace(
    /// Where what was said and not sent goes.
    field: NodeRef<html::Textarea>,
) -> impl IntoView {
    let call = ChatSession::of_page().call;
    Effect::new(move || {
        let listener = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
            let is_on = call.is_on.get_untracked();
            if is_on && event.key() == "Escape" && !is_dialog_open() {
                call.is_on.set(false);
            }
        });
        on_cleanup(move || listener.remove());
    });
    Effect::new(move |was_on: Option<bool>| {
        let is_on = call.is_on.get();
        if was_on == Some(true) && !is_on {
            // What had the focus is gone; the composer is there again with the next frame.
            request_animation_frame(|| {
                if is_focus_lost() {
                    focus_element("voice-call");
                }
            });
        }
        is_on
    });
    view! {
        <Show when=move || call.is_on.get()>
            <section class="call" aria-label="Voice call">
                <Lazy view=call_panel(field) waiting=Connecting problem=with_hang_up />
            </section>
        </Show>
    }
    .into_any()
}

/// While what makes a call is fetched.
#[component]
fn Connecting() -> impl IntoView {
    view! {
        <div class="call-orb" data-phase="connecting" aria-hidden="true"></div>
        <div class="call-words">
            <p class="call-phase" role="status">
                "Connecting…"
            </p>
        </div>
        <div class="call-controls">
            <HangUpButton />
        </div>
    }
}

fn with_hang_up(problem: AnyView) -> AnyView {
    view! {
        <div class="call-told">{problem}</div>
        <div class="call-controls">
            <HangUpButton />
        </div>
    }
    .into_any()
}

/// Ends the call.
#[component]
pub(super) fn HangUpButton() -> impl IntoView {
    let call = ChatSession::of_page().call;
    view! {
        <button
            type="button"
            class="btn call-end"
            title="Hang up (Esc)"
            on:click=move |_| call.is_on.set(false)
        >
            <Icon name="phone-off" />
            "Hang up"
        </button>
    }
    .into_any()
}
