//! The button that is held while one speaks.

use super::driver::Driver;
use crate::{
    model::speech::call::{CallEvent, CallPhase},
    ui::kit::icon::Icon,
};
use leptos::{
    ev::{self, KeyboardEvent, MouseEvent, PointerEvent},
    html,
    leptos_dom::helpers::window_event_listener,
    prelude::*,
};
use wasm_bindgen::JsCast;

/// Held with a pointer, or with the space bar from anywhere where that means nothing else. Who cannot hold anything presses
/// it twice.
#[component]
pub(super) fn TalkButton(
    /// The call.
    driver: Driver,
) -> impl IntoView {
    let button = NodeRef::<html::Button>::new();
    let is_held = RwSignal::new(false);
    let hold = move |wants| {
        if is_held.get_untracked() != wants {
            is_held.set(wants);
            driver.on(CallEvent::Hold(wants));
        }
    };
    Effect::new(move || {
        if let Some(button) = button.get() {
            let _ = button.focus();
        }
    });
    Effect::new(move || {
        let down = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
            if event.key() == " " && !is_for_others(&event) {
                event.prevent_default();
                hold(true);
            }
        });
        let up = window_event_listener(ev::keyup, move |event: KeyboardEvent| {
            if event.key() == " " && !is_for_others(&event) {
                event.prevent_default();
                hold(false);
            }
        });
        // Whoever goes to another window lets go there.
        let away = window_event_listener(ev::blur, move |_| hold(false));
        on_cleanup(move || [down, up, away].into_iter().for_each(|it| it.remove()));
    });
    let press = move |event: PointerEvent| {
        if event.button() == 0 {
            let button = event_target::<web_sys::Element>(&event);
            let _ = button.set_pointer_capture(event.pointer_id());
            hold(true);
        }
    };
    let click = move |event: MouseEvent| {
        // Only what presses without a pointer does not count its clicks.
        if event.detail() == 0 {
            hold(!is_held.get_untracked());
        }
    };
    let phase = driver.phase();
    let words = move || match (is_held.get(), phase.get()) {
        (true, _) => "Let go to send",
        (false, CallPhase::Speaking) => "Hold to interrupt",
        (false, _) => "Hold to talk",
    };
    view! {
        <button
            type="button"
            class="btn btn-primary call-talk"
            class:call-held=is_held
            node_ref=button
            on:pointerdown=press
            on:pointerup=move |_| hold(false)
            on:pointercancel=move |_| hold(false)
            on:click=click
            on:contextmenu=move |event: MouseEvent| event.prevent_default()
        >
            <Icon name="mic" />
            {words}
        </button>
    }
    .into_any()
}

/// Whether a key belongs to another control.
fn is_for_others(event: &KeyboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| {
        element
            .matches(
                "input, textarea, select, a, summary, button:not(.call-talk), [contenteditable]",
            )
            .unwrap_or(false)
    })
}
