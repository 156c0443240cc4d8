//! What can be done with a message.

use super::{
    insist::insist,
    session::{ChatSession, OpenConversation},
};
use crate::{
    api,
    browser::{clipboard, page::focus_element},
    model::{
        AppError, AppResult,
        chat::{Message, Sent},
        ids::{IdempotencyKey, MessageId},
    },
    ui::kit::icon::Icon,
};
use gloo_timers::future::TimeoutFuture;
use leptos::{
    ev::SubmitEvent, leptos_dom::helpers::request_animation_frame, prelude::*, task::spawn_local,
};
use std::future::Future;

/// Copies a message's text as it was written.
#[component]
pub(super) fn CopyButton(
    /// Gives the text.
    text: Callback<(), String>,
) -> impl IntoView {
    let icon = RwSignal::new("copy");
    let copy = move |_| {
        let text = text.run(());
        spawn_local(async move {
            if clipboard::copy(&text).await {
                let _ = icon.try_set("check");
                TimeoutFuture::new(clipboard::COPIED_MS).await;
                let _ = icon.try_set("copy");
            }
        });
    };
    view! {
        <button type="button" class="icon-btn needs-script" aria-label="Copy" title="Copy" on:click=copy>
            {move || view! { <Icon name=icon.get() /> }}
        </button>
    }
}

/// Answers the question again.
#[component]
pub(super) fn RegenerateButton(
    /// The answer.
    message: MessageId,
    /// Where it is.
    open: OpenConversation,
    /// Where a failure is shown.
    problem: RwSignal<Option<AppError>>,
) -> impl IntoView {
    let session = ChatSession::of_page();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let key = Some(IdempotencyKey::new());
        let ask = move || api::chat::regenerate_answer(message, key);
        begin(session, problem, ask, move |sent| {
            open.show_regenerated(&sent)
        });
    };
    view! {
        <form method="post" action="/api/regenerate_answer" on:submit=submit>
            <input type="hidden" name="message" value=message.to_string() />
            <button
                class="icon-btn"
                aria-label="Regenerate"
                title="Regenerate"
                disabled=move || session.is_asking.get()
            >
                <Icon name="refresh-cw" />
            </button>
        </form>
    }
}

/// Goes on from where an answer was cut short.
#[component]
pub(super) fn ContinueButton(
    /// The answer.
    message: MessageId,
    /// Where it is.
    open: OpenConversation,
    /// Where a failure is shown.
    problem: RwSignal<Option<AppError>>,
    /// What the button says.
    label: &'static str,
) -> impl IntoView {
    let session = ChatSession::of_page();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let key = Some(IdempotencyKey::new());
        let ask = move || api::chat::continue_answer(message, key);
        begin(session, problem, ask, move |sent| {
            open.show_continued(&sent)
        });
    };
    view! {
        <form method="post" action="/api/continue_answer" on:submit=submit>
            <input type="hidden" name="message" value=message.to_string() />
            <button class="btn" disabled=move || session.is_asking.get()>
                {label}
            </button>
        </form>
    }
}

/// Asks the server for another run and shows it.
pub(super) fn begin<Asking: Future<Output = AppResult<Sent>> + 'static>(
    session: ChatSession,
    problem: RwSignal<Option<AppError>>,
    ask: impl FnMut() -> Asking + 'static,
    show: impl FnOnce(Sent) + 'static,
) {
    if session.is_asking.get_untracked() {
        return;
    }
    session.is_asking.set(true);
    problem.set(None);
    spawn_local(async move {
        let outcome = insist(ask, |_| ()).await;
        let _ = session.is_asking.try_set(false);
        match outcome {
            // Whoever has left the page is not brought back to it.
            Ok(_) if problem.try_get_untracked().is_none() => {}
            Ok(sent) => {
                show(sent);
                session.follow.resume();
            }
            Err(error) => {
                let _ = problem.try_set(Some(error));
            }
        }
    });
}

/// What the way to an earlier sibling shows.
const PREVIOUS: &str = "chevron-left";
/// What the way to a later one shows.
const NEXT: &str = "chevron-right";

/// The id of the button that leads away from a message.
fn switch_id(from: MessageId, icon: &str) -> String {
    format!("{icon}-{from}")
}

/// Leads from one message to its siblings: `2 / 3` between two arrows.
#[component]
pub(super) fn SiblingSwitch(
    /// The message that is shown.
    message: Message,
    /// What its siblings are: `answer` or `version`.
    kind: &'static str,
    /// Where a failure is shown.
    problem: RwSignal<Option<AppError>>,
) -> impl IntoView {
    let position = message
        .siblings
        .iter()
        .position(|id| *id == message.id)
        .unwrap_or(0);
    let count = message.siblings.len();
    keep_focus(message.id);
    let sibling =
        |index: Option<usize>| index.and_then(|index| message.siblings.get(index).copied());
    let (before, after) = (
        sibling(position.checked_sub(1)),
        sibling(Some(position + 1)),
    );
    (count > 1).then(|| {
        view! {
            <SiblingButton from=message.id to=before problem label=format!("Previous {kind}") icon=PREVIOUS />
            <span class="quiet">{position + 1} " / " {count}</span>
            <SiblingButton from=message.id to=after problem label=format!("Next {kind}") icon=NEXT />
        }
    })
}

/// Whoever came to a message by the switch can press on: the button that was pressed is another one now, and so is the
/// focus. At the end of the row it is on the way back.
fn keep_focus(message: MessageId) {
    let switched = ChatSession::of_page().switched;
    Effect::new(move || {
        let Some((_, pressed)) = switched.get_value().filter(|(to, _)| *to == message) else {
            return;
        };
        switched.set_value(None);
        request_animation_frame(move || {
            // What is disabled does not take it.
            let other = if pressed == NEXT { PREVIOUS } else { NEXT };
            focus_element(&switch_id(message, other));
            focus_element(&switch_id(message, pressed));
        });
    });
}

#[component]
fn SiblingButton(
    /// The message that it leads away from.
    from: MessageId,
    /// The sibling, if there is one on this side.
    to: Option<MessageId>,
    /// Where a failure is shown.
    problem: RwSignal<Option<AppError>>,
    /// What the button says.
    label: String,
    /// What it shows.
    icon: &'static str,
) -> impl IntoView {
    let session = ChatSession::of_page();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(to) = to else { return };
        spawn_local(async move {
            match api::chat::select_branch(to).await {
                Ok(_) => {
                    session.switched.set_value(Some((to, icon)));
                    let _ = session.reload.try_run(());
                }
                Err(error) => {
                    let _ = problem.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <form method="post" action="/api/select_branch" on:submit=submit>
            <input type="hidden" name="message" value=to.map(|id| id.to_string()) />
            <button
                class="icon-btn"
                id=switch_id(from, icon)
                aria-label=label.clone()
                title=label
                disabled=to.is_none()
            >
                <Icon name=icon />
            </button>
        </form>
    }
}
