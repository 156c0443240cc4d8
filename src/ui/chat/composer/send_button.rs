//! The button that sends, or stops the answer that is being written.

use super::Draft;
use crate::{
    api,
    browser::page::is_dialog_open,
    ui::{
        chat::{dictation::state::Phase, session::ChatSession},
        kit::icon::Icon,
    },
};
use leptos::{ev, leptos_dom::helpers::window_event_listener, prelude::*, task::spawn_local};

/// Sends, or stops the answer that is being written.
#[component]
pub(super) fn SendOrStop(
    /// What is written.
    draft: Draft,
) -> impl IntoView {
    let session = ChatSession::of_page();
    let stop = move || {
        if let Some(run) = session.open_run() {
            spawn_local(async move {
                if let Err(error) = api::chat::stop_run(run).await {
                    let _ = draft.problem.try_set(Some(error));
                }
            });
        }
    };
    Effect::new(move || {
        let listener = window_event_listener(ev::keydown, move |event| {
            // In a dialog the key shuts that, a recording it cancels, and a call it ends.
            let is_idle = session.dictation.phase.get_untracked() == Phase::Idle
                && !session.call.is_on.get_untracked();
            if event.key() == "Escape" && is_idle && !is_dialog_open() {
                untrack(stop);
            }
        });
        on_cleanup(move || listener.remove());
    });
    let is_open = Memo::new(move |_| session.open_run().is_some());
    move || {
        if is_open.get() {
            view! {
                <button
                    type="button"
                    class="btn send"
                    aria-label="Stop"
                    title="Stop (Esc)"
                    on:click=move |_| untrack(stop)
                >
                    <Icon name="stop" />
                </button>
            }
            .into_any()
        } else {
            view! {
                <button
                    class="btn btn-primary send"
                    aria-label="Send"
                    title="Send (Enter)"
                    disabled=move || draft.is_sending.get()
                >
                    <Icon name="send" />
                </button>
            }
            .into_any()
        }
    }
}
