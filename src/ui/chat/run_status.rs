//! Where a run stands, in words, below those of the answer.

use super::{message_actions::ContinueButton, session::OpenConversation};
use crate::{
    browser::event_stream::Connection,
    model::{
        AppError, ErrorKind,
        chat::{FinishReason, RunState},
        ids::MessageId,
    },
    ui::kit::icon::Icon,
};
use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*};
use std::time::Duration;

/// What an open run waits for; nothing while words come.
#[component]
pub(super) fn RunWait(
    /// Where the run stands.
    state: RwSignal<RunState>,
    /// Whether a word has come.
    has_text: Signal<bool>,
    /// Whether events reach this page.
    connection: RwSignal<Connection>,
) -> impl IntoView {
    let left_s = count_down(state);
    let words = move || match connection.get() {
        Connection::Lost => Some("Connection lost. Trying again…".to_owned()),
        Connection::Refused => {
            Some("This answer cannot be followed any more. Reload the page.".to_owned())
        }
        Connection::Open => state.with(|state| wait_words(state, has_text.get(), left_s)),
    };
    move || {
        words().map(|words| {
            view! {
                <p class="message-status">
                    <span class="beat" aria-hidden="true">
                        <i></i>
                    </span>
                    {words}
                </p>
            }
            .into_any()
        })
    }
}

fn wait_words(state: &RunState, has_text: bool, left_s: Signal<u32>) -> Option<String> {
    match state {
        RunState::Queued { ahead: 0 } | RunState::Running if !has_text => {
            Some("Thinking…".to_owned())
        }
        RunState::Queued { ahead: 1 } => Some("1 ahead of you".to_owned()),
        RunState::Queued { ahead } if *ahead > 0 => Some(format!("{ahead} ahead of you")),
        RunState::Retrying { reason, .. } => Some(match left_s.get() {
            0 => format!("{reason} Retrying now"),
            seconds => format!("{reason} Retrying in {seconds} s"),
        }),
        _ => None,
    }
}

/// Seconds until the next try, counted down on the page. It begins with what the event says.
fn count_down(state: RwSignal<RunState>) -> Signal<u32> {
    let wait_s = Memo::new(move |_| {
        state.with(|state| match state {
            RunState::Retrying { after_ms, .. } => after_ms.div_ceil(1000),
            _ => 0,
        })
    });
    let passed_s = RwSignal::new(0_u32);
    Effect::new(move || {
        // Also the next wait of the same length begins anew.
        let is_retrying = state.with(|state| matches!(state, RunState::Retrying { .. }));
        passed_s.set(0);
        if is_retrying {
            let tick = move || passed_s.update(|passed| *passed += 1);
            if let Ok(timer) = set_interval_with_handle(tick, Duration::from_secs(1)) {
                on_cleanup(move || timer.clear());
            }
        }
    });
    Signal::derive(move || wait_s.get().saturating_sub(passed_s.get()))
}

/// How a run ended, where that is more than "done", with the way on.
#[component]
pub(super) fn RunEnd(
    /// Where the run stands.
    state: RwSignal<RunState>,
    /// The answer.
    message: MessageId,
    /// Where it is.
    open: OpenConversation,
    /// What went wrong on the way on.
    problem: RwSignal<Option<AppError>>,
    /// Whether there are words to go on from.
    has_text: Signal<bool>,
) -> impl IntoView {
    move || {
        let state = state.get();
        let (class, icon, words) = end_words(&state, has_text.get())?;
        let is_error = matches!(state, RunState::Failed { .. });
        let label = if has_text.get() {
            "Continue"
        } else {
            "Try again"
        };
        let notice = view! {
            <div class=class role=is_error.then_some("alert")>
                <Icon name=icon />
                <p>{words}</p>
                {state
                    .is_cut_short()
                    .then(|| view! { <ContinueButton message open problem label /> })}
                {is_for_another(&state)
                    .then(|| view! { <a class="btn" href="/tools">"Choose another tool"</a> })}
            </div>
        };
        Some(notice.into_any())
    }
}

/// A run's end as a notice: its class, its icon and its words; nothing for one that is just done.
fn end_words(state: &RunState, has_text: bool) -> Option<(&'static str, &'static str, String)> {
    Some(match state {
        RunState::Failed { error } => (
            "notice notice-danger",
            "alert-triangle",
            error.message.clone(),
        ),
        RunState::Interrupted => (
            "notice notice-warn",
            "alert-triangle",
            "The server stopped while this was being written. What had arrived is kept.".to_owned(),
        ),
        RunState::Stopped if has_text => ("notice", "info", "You stopped this answer.".to_owned()),
        RunState::Finished {
            reason: FinishReason::Length,
        } => (
            "notice",
            "info",
            "The answer reached its longest length.".to_owned(),
        ),
        RunState::Finished {
            reason: FinishReason::Refusal,
        } => (
            "notice notice-warn",
            "info",
            "The model declined to answer. Say it differently, or ask another model.".to_owned(),
        ),
        RunState::Finished {
            reason: FinishReason::ContentFilter,
        } => (
            "notice notice-warn",
            "info",
            "The provider's filter cut this answer.".to_owned(),
        ),
        _ => return None,
    })
}

/// Whether another tool may answer what this one did not.
fn is_for_another(state: &RunState) -> bool {
    match state {
        RunState::Failed { error } => {
            matches!(error.kind, ErrorKind::Upstream | ErrorKind::RateLimited)
        }
        RunState::Finished { reason } => *reason == FinishReason::Refusal,
        _ => false,
    }
}

/// How a run ended, as a word of the quiet line.
pub(super) fn end_word(state: &RunState) -> &'static str {
    match state {
        RunState::Queued { .. } | RunState::Running | RunState::Retrying { .. } => "",
        RunState::Finished { reason } => match reason {
            FinishReason::Stop => "Finished",
            FinishReason::Length => "Cut at the limit",
            FinishReason::ContentFilter => "Cut by the filter",
            FinishReason::Refusal => "Declined",
            FinishReason::ToolCalls => "Asked for a tool",
            FinishReason::Other => "Ended",
        },
        RunState::Stopped => "Stopped by you",
        RunState::Failed { .. } => "Failed",
        RunState::Interrupted => "Interrupted",
    }
}
