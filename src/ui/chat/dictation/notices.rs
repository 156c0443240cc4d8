//! What there is to say about a dictation, with the way out beside it.

use super::{
    explained::{explained, length},
    state::{Dictation, Failure, Notice, Phase, Wish},
};
use crate::ui::kit::icon::Icon;
use leptos::prelude::*;

/// What is to be said just now, above the field.
#[component]
pub(super) fn Notices(
    /// The dictation.
    dictation: Dictation,
) -> impl IntoView {
    view! {
        <div class="dictation-notices">
            {move || dictation.notice.get().map(|notice| view! { <Told dictation notice /> })}
            {move || dictation.failure.get().map(|failure| view! { <Failed dictation failure /> })}
        </div>
    }
    .into_any()
}

/// Something to know while nobody dictates.
#[component]
fn Told(
    /// The dictation.
    dictation: Dictation,
    /// What it is.
    notice: Notice,
) -> impl IntoView {
    let is_problem = matches!(
        notice,
        Notice::Microphone(_) | Notice::Failed(_) | Notice::Lost
    );
    // The others come of what somebody did just now, and are told there.
    let is_news = !matches!(notice, Notice::Kept(_) | Notice::Cancelled(_));
    let (words, wishes): (String, &[(&str, Wish)]) = match notice {
        Notice::Microphone(problem) => (explained(problem).to_owned(), &[("Try again", Wish::Start)]),
        Notice::Failed(error) => (error.message, &[("Try again", Wish::Start)]),
        Notice::NothingHeard => (
            "Nothing was heard. Speak up, or look which microphone the browser uses.".to_owned(),
            &[("Try again", Wish::Start)],
        ),
        Notice::Kept(ms) => (
            format!("A recording of {} was not turned into text yet.", length(ms)),
            &[("Try again", Wish::Retry), ("Discard", Wish::Discard)],
        ),
        Notice::Cancelled(ms) => (
            format!("The recording of {} was cancelled.", length(ms)),
            &[("Bring it back", Wish::Retry)],
        ),
        Notice::Lost => (
            "The microphone is gone: it was unplugged, taken from this site, or is used elsewhere. What you said before is kept.".to_owned(),
            &[],
        ),
        Notice::Longest(ms) => (
            format!("A recording is at most {} long, so it ended here.", length(ms)),
            &[],
        ),
    };
    let buttons = wishes.iter().map(|(label, wish)| {
        let wish = *wish;
        view! {
            <button type="button" class="btn" on:click=move |_| dictation.wish(wish)>
                {*label}
            </button>
        }
    });
    let dismiss = move |_| {
        let is_cancelled = dictation
            .notice
            .with_untracked(|notice| matches!(notice, Some(Notice::Cancelled(_))));
        if is_cancelled {
            dictation.wish(Wish::Discard);
        } else {
            dictation.notice.set(None);
        }
    };
    view! {
        <div
            class="notice"
            class:notice-warn=is_problem
            role=is_news.then_some("alert")
        >
            <Icon name=if is_problem { "alert-triangle" } else { "mic" } />
            <p>{words}</p>
            {buttons.collect_view()}
            <button type="button" class="icon-btn" aria-label="Dismiss" title="Dismiss" on:click=dismiss>
                <Icon name="x" />
            </button>
        </div>
    }
    .into_any()
}

/// What was said and is no text. While somebody speaks on, it can wait.
#[component]
fn Failed(
    /// The dictation.
    dictation: Dictation,
    /// What it is.
    failure: Failure,
) -> impl IntoView {
    let is_stuck = Memo::new(move |_| dictation.phase.get() == Phase::Stuck);
    let Failure { ms, error } = failure;
    let others = move || {
        is_stuck.get().then(|| {
            let has_words = dictation.words.with_untracked(|words| words.contains(char::is_alphanumeric));
            let rest = has_words.then(|| {
                view! {
                    <button type="button" class="btn" on:click=move |_| dictation.wish(Wish::Settle)>
                        "Go on without it"
                    </button>
                }
            });
            view! {
                {rest}
                <button type="button" class="btn btn-quiet" on:click=move |_| dictation.wish(Wish::Cancel)>
                    "Discard"
                </button>
            }
        })
    };
    view! {
        <div class="notice notice-warn" role="alert">
            <Icon name="alert-triangle" />
            <p>
                {format!("{} of what you said is not text yet; the recording is kept. ", length(ms))}
                {error.message}
            </p>
            <button type="button" class="btn" on:click=move |_| dictation.wish(Wish::Retry)>
                "Try again"
            </button>
            {others}
        </div>
    }
    .into_any()
}
