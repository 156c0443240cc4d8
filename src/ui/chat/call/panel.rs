//! What a call shows of itself: whose turn it is, what is said, how loud, and the ways out.

use super::{
    driver::Driver,
    place::HangUpButton,
    talk_button::TalkButton,
    told::{Told, phase_words},
};
use crate::{
    model::speech::call::{CallEvent, CallPhase},
    ui::{kit::icon::Icon, lazy::lazy_view, reading::use_reader},
};
use leptos::{html, prelude::*};

lazy_view! {
    /// A voice call, from its beginning to its end.
    pub fn call_panel(field: NodeRef<html::Textarea>) in call {
        view! { <CallPanel field /> }
    }
}

/// Makes it go, and shows it.
#[component]
fn CallPanel(
    /// Where what was said and not sent goes.
    field: NodeRef<html::Textarea>,
) -> impl IntoView {
    let driver = Driver::new(field);
    let first = NodeRef::<html::Button>::new();
    Effect::new(move || driver.start());
    Effect::new(move || {
        // Keys act on the call from its first moment on.
        if let Some(first) = first.get() {
            let _ = first.focus();
        }
    });
    let phase = driver.phase();
    let is_talking = Memo::new(move |_| driver.state.with(|state| state.is_push_to_talk));
    view! {
        <Orb driver />
        <div class="call-words">
            <p class="call-phase">{move || phase_words(phase.get())}</p>
            <Caption driver />
        </div>
        <Told driver />
        {move || is_talking.get().then(|| view! { <TalkButton driver /> })}
        <div class="call-controls">
            <PushToTalkToggle driver />
            <MuteToggle driver first />
            <HangUpButton />
        </div>
        <p class="sr-only" role="status">
            {move || phase_words(phase.get())}
        </p>
    }
    .into_any()
}

/// How loud it is: the person, or the voice that reads.
#[component]
fn Orb(
    /// The call.
    driver: Driver,
) -> impl IntoView {
    let phase = driver.phase();
    let name = move || match phase.get() {
        CallPhase::Connecting | CallPhase::Asking => "connecting",
        CallPhase::Listening | CallPhase::Ready => "listening",
        CallPhase::Muted => "muted",
        CallPhase::Hearing => "hearing",
        CallPhase::Thinking => "thinking",
        CallPhase::Speaking => "speaking",
        CallPhase::Failed | CallPhase::Ended => "failed",
    };
    let icon = move || match phase.get() {
        CallPhase::Muted => "mic-off",
        CallPhase::Speaking => "volume-2",
        CallPhase::Failed => "alert-triangle",
        _ => "mic",
    };
    view! {
        <div
            class="call-orb"
            data-phase=name
            style=move || format!("--level: {}", driver.level.get())
            aria-hidden="true"
        >
            {move || view! { <Icon name=icon() /> }}
        </div>
    }
    .into_any()
}

/// What is said just now, by either side. It changes with every word, so it is not read out.
#[component]
fn Caption(
    /// The call.
    driver: Driver,
) -> impl IntoView {
    let reader = use_reader();
    let phase = driver.phase();
    let words = Memo::new(move |_| driver.state.with(|state| state.words.clone()));
    let sent = driver.sent_words;
    let caption = Memo::new(move |_| match phase.get() {
        CallPhase::Speaking => (false, reader.place.with(|place| place.words.clone())),
        CallPhase::Listening if driver.state.with(|state| state.is_silent) => (
            false,
            "Nobody has spoken for a while. The call goes on.".to_owned(),
        ),
        CallPhase::Ready => (
            false,
            "Hold the button, or the space bar, while you speak.".to_owned(),
        ),
        CallPhase::Thinking if words.with(String::is_empty) => (true, sent.get()),
        _ => (true, words.get()),
    });
    view! {
        <p class="call-caption" class:call-own=move || caption.get().0>
            <span>{move || caption.get().1}</span>
        </p>
    }
    .into_any()
}

/// Whether one holds a button while one speaks.
#[component]
fn PushToTalkToggle(
    /// The call.
    driver: Driver,
) -> impl IntoView {
    let is_on = Memo::new(move |_| driver.state.with(|state| state.is_push_to_talk));
    view! {
        <button
            type="button"
            class="btn call-toggle"
            aria-pressed=move || is_on.get().to_string()
            title="Hold a button, or the space bar, while you speak"
            on:click=move |_| driver.on(CallEvent::PushToTalk(!is_on.get_untracked()))
        >
            <Icon name="hand" />
            "Push to talk"
        </button>
    }
    .into_any()
}

/// Whether one is heard.
#[component]
fn MuteToggle(
    /// The call.
    driver: Driver,
    /// What has the focus when the call begins.
    first: NodeRef<html::Button>,
) -> impl IntoView {
    let is_on = Memo::new(move |_| driver.state.with(|state| state.is_muted));
    let icon = move || if is_on.get() { "mic-off" } else { "mic" };
    view! {
        <button
            type="button"
            class="btn call-toggle"
            node_ref=first
            aria-pressed=move || is_on.get().to_string()
            on:click=move |_| driver.on(CallEvent::Mute(!is_on.get_untracked()))
        >
            {move || view! { <Icon name=icon() /> }}
            "Mute"
        </button>
    }
    .into_any()
}
