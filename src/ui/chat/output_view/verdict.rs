//! Whether an answer has its shape: the server is asked when the answer has ended. What is wrong leads to its place, and back
//! to the model.

use super::{Output, tabs::Tab};
use crate::{
    api,
    browser::page::reveal,
    model::{
        AppError, AppResult,
        chat::RunState,
        ids::IdempotencyKey,
        schema::outcome::{OutputCheck, OutputProblem, Verdict},
        settings::OutputFormat,
    },
    ui::{
        chat::{
            message_actions::begin,
            session::{ChatSession, OpenConversation},
        },
        kit::{
            icon::Icon,
            notice::{ErrorNotice, RetryButton},
            sentence::sentence,
        },
    },
};
use leptos::{
    ev::SubmitEvent, leptos_dom::helpers::request_animation_frame, prelude::*, task::spawn_local,
};

/// What became of asking whether the answer has its shape.
#[derive(Clone, Copy)]
pub(super) struct Verdicts {
    outcome: RwSignal<Option<AppResult<OutputCheck>>>,
    is_end: Memo<bool>,
    ask: Callback<()>,
}

impl Verdicts {
    /// Asks as soon as the answer has ended.
    pub(super) fn new(view: Output) -> Self {
        let outcome = RwSignal::new(None);
        let is_end = Memo::new(move |_| view.state.with(RunState::is_end));
        let ask = Callback::new(move |()| {
            outcome.set(None);
            spawn_local(async move {
                let check = api::schemas::check_output(view.message).await;
                let _ = outcome.try_set(Some(check));
            });
        });
        Effect::new(move || {
            // What ended before its first word has nothing to be looked at.
            let has_text = view.text.with_untracked(|growing| !growing.text.is_empty());
            if is_end.get() && has_text {
                ask.run(());
            }
        });
        Self {
            outcome,
            is_end,
            ask,
        }
    }

    fn check(self) -> Option<OutputCheck> {
        self.outcome
            .with(|outcome| outcome.as_ref()?.as_ref().ok().cloned())
    }
}

/// The verdict in a word.
#[component]
pub(super) fn VerdictBadge(
    /// What is known.
    verdicts: Verdicts,
) -> impl IntoView {
    let badge = move || {
        let check = verdicts.check()?;
        let problems = check.problems.len() + check.more as usize;
        let (class, icon, words) = match check.verdict {
            Verdict::Valid => ("badge", "check", "Valid".to_owned()),
            Verdict::Invalid if problems == 1 => {
                ("badge badge-warn", "alert-triangle", "1 problem".to_owned())
            }
            Verdict::Invalid => (
                "badge badge-warn",
                "alert-triangle",
                format!("{problems} problems"),
            ),
            Verdict::NotJson => ("badge badge-warn", "alert-triangle", "Not JSON".to_owned()),
            Verdict::CutOff => (
                "badge badge-warn",
                "alert-triangle",
                "Incomplete".to_owned(),
            ),
            Verdict::Declined => ("badge badge-plain", "info", "Declined".to_owned()),
            Verdict::Unknown => ("badge badge-plain", "info", "Not checked".to_owned()),
        };
        Some(
            view! {
                <span class=class>
                    <Icon name=icon class="icon-s" />
                    {words}
                </span>
            }
            .into_any(),
        )
    };
    view! {
        <span class="verdict" role="status">
            {badge}
        </span>
    }
    .into_any()
}

/// What is wrong, each with its place, and the way to have it put right.
#[component]
pub(super) fn VerdictProblems(
    /// What is known.
    verdicts: Verdicts,
    /// The answer.
    view: Output,
    /// Its shape.
    output: OutputFormat,
    /// Where it is.
    open: OpenConversation,
    /// Where a failure is shown.
    problem: RwSignal<Option<AppError>>,
) -> impl IntoView {
    let output = StoredValue::new(output);
    move || {
        if !verdicts.is_end.get() {
            return ().into_any();
        }
        match verdicts.outcome.get() {
            Some(Err(error)) => view! {
                <ErrorNotice error>
                    <RetryButton on_retry=move |()| verdicts.ask.run(()) />
                </ErrorNotice>
            }
            .into_any(),
            Some(Ok(check))
                if check.verdict != Verdict::Valid && check.verdict != Verdict::Declined =>
            {
                view! { <Problems check view output open problem /> }.into_any()
            }
            _ => ().into_any(),
        }
    }
}

#[component]
fn Problems(
    /// What is known.
    check: OutputCheck,
    /// The answer.
    view: Output,
    /// Its shape.
    output: StoredValue<OutputFormat>,
    /// Where it is.
    open: OpenConversation,
    /// Where a failure is shown.
    problem: RwSignal<Option<AppError>>,
) -> impl IntoView {
    let can_be_repaired = check.can_be_repaired();
    let more = check.more;
    let items = check
        .problems
        .into_iter()
        .map(|problem| view! { <ProblemItem problem view /> })
        .collect_view();
    view! {
        <div class="notice notice-warn output-problems">
            <Icon name="alert-triangle" />
            <div>
                <ul aria-label="What is wrong with this answer">
                    {items}
                    {(more > 0).then(|| view! { <li>{format!("And {more} more.")}</li> })}
                </ul>
                {can_be_repaired
                    .then(|| view! { <RepairButton view output open problem /> })}
            </div>
        </div>
    }
    .into_any()
}

/// One problem; it leads to its place in the tree.
#[component]
fn ProblemItem(
    /// What is wrong.
    problem: OutputProblem,
    /// The answer.
    view: Output,
) -> impl IntoView {
    let place = problem.place();
    let pointer = StoredValue::new(problem.pointer);
    let go = move |_| {
        view.tab.set(Tab::Tree);
        let found = view
            .tree
            .with_value(|tree| pointer.with_value(|pointer| tree.nearest(pointer)));
        let (Some(node), list) = (found, view.list.get_untracked()) else {
            return;
        };
        // The tree may have been hidden until now.
        request_animation_frame(move || {
            let element = list.and_then(|list| {
                list.query_selector(&format!("[data-node=\"{node}\"]"))
                    .ok()
                    .flatten()
            });
            if let Some(element) = element {
                reveal(&element);
            }
        });
    };
    view! {
        <li>
            {(!place.is_empty())
                .then(|| {
                    view! {
                        <button type="button" class="place" on:click=go>
                            {place}
                        </button>
                    }
                })}
            <span>{sentence(&problem.message)}</span>
        </li>
    }
    .into_any()
}

/// Asks the model again, with what is wrong. The new answer stands beside this one.
#[component]
fn RepairButton(
    /// The answer.
    view: Output,
    /// Its shape.
    output: StoredValue<OutputFormat>,
    /// Where it is.
    open: OpenConversation,
    /// Where a failure is shown.
    problem: RwSignal<Option<AppError>>,
) -> impl IntoView {
    let session = ChatSession::of_page();
    let message = view.message;
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let key = Some(IdempotencyKey::new());
        let ask = move || api::chat::repair_answer(message, key);
        begin(session, problem, ask, move |sent| {
            open.show_repaired(&sent, output.get_value());
        });
    };
    view! {
        <form method="post" action="/api/repair_answer" on:submit=submit>
            <input type="hidden" name="message" value=message.to_string() />
            <button class="btn" disabled=move || session.is_asking.get()>
                "Repair"
            </button>
        </form>
    }
    .into_any()
}
