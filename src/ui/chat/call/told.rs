//! What people are told in a call: whose turn it is, and what went wrong, with the way out beside it.

use super::driver::Driver;
use crate::{
    model::speech::call::{CallEvent, CallPhase, CallProblem},
    ui::kit::icon::Icon,
};
use leptos::prelude::*;

/// Whose turn it is.
pub(super) fn phase_words(phase: CallPhase) -> &'static str {
    match phase {
        CallPhase::Connecting => "Connecting…",
        CallPhase::Asking => "Waiting for the microphone…",
        CallPhase::Listening => "Listening",
        CallPhase::Ready => "Ready when you are",
        CallPhase::Muted => "You are muted",
        CallPhase::Hearing => "Hearing you",
        CallPhase::Thinking => "Thinking…",
        CallPhase::Speaking => "Speaking",
        CallPhase::Failed => "The call is held up",
        CallPhase::Ended => "The call has ended",
    }
}

/// A problem in words, and what the button beside it says, where there is one.
fn explained(problem: CallProblem) -> (String, Option<&'static str>) {
    let again = Some("Try again");
    match problem {
        CallProblem::Deaf(error) => (error.message, again),
        CallProblem::Microphone(why) => (why, again),
        CallProblem::Lost => (
            "The microphone is gone: it was unplugged, or taken from this site. What you said is kept.".to_owned(),
            again,
        ),
        CallProblem::Transcription(error) => {
            (format!("What you said is not text yet; it is kept. {}", error.message), again)
        }
        CallProblem::Sending(error) => {
            (format!("Your message was not sent; it is kept. {}", error.message), again)
        }
        CallProblem::Answer(error) => (
            format!("The answer broke off. {}", error.message),
            Some("Ask again"),
        ),
        CallProblem::Speech(error) => {
            (format!("The answer is on the page, but not spoken. {}", error.message), None)
        }
        CallProblem::Mute(why) => (format!("Answers are on the page, but not spoken. {why}"), None),
        CallProblem::Blocked => (
            "The browser plays nothing before you press a button.".to_owned(),
            Some("Hear the answer"),
        ),
    }
}

/// What went wrong.
#[component]
pub(super) fn Told(
    /// The call.
    driver: Driver,
) -> impl IntoView {
    let problem = Memo::new(move |_| driver.state.with(|state| state.problem.clone()));
    let told = move || {
        let problem = problem.get()?;
        let is_blocking = problem.is_blocking();
        let (words, button) = explained(problem);
        let button = button.map(|label| {
            view! {
                <button type="button" class="btn" on:click=move |_| driver.on(CallEvent::Retry)>
                    {label}
                </button>
            }
        });
        let dismiss = (!is_blocking).then(|| {
            view! {
                <button
                    type="button"
                    class="icon-btn"
                    aria-label="Dismiss"
                    title="Dismiss"
                    on:click=move |_| driver.on(CallEvent::Dismiss)
                >
                    <Icon name="x" />
                </button>
            }
        });
        Some(
            view! {
                <div class="notice notice-warn" role="alert">
                    <Icon name="alert-triangle" />
                    <p>{words}</p>
                    {button}
                    {dismiss}
                </div>
            }
            .into_any(),
        )
    };
    view! { <div class="call-told">{told}</div> }.into_any()
}
