//! What is wrong with a schema, in words; each leads to its line. What a strict schema must have is put right by one press.

use super::draft::Draft;
use crate::{
    browser::text_field::go_to,
    model::schema::{Problem, Severity, make_strict},
    ui::kit::sentence::sentence,
};
use leptos::prelude::*;

/// Most problems that are listed.
const MAX_LISTED: usize = 12;

/// The list; nothing is said of a field that is empty.
#[component]
pub(super) fn ProblemList(
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    let listed = move || {
        if draft.text.with(|text| text.trim().is_empty()) {
            return Vec::new();
        }
        draft.problems.get()
    };
    let content = move || {
        let problems = listed();
        if problems.is_empty() {
            return ().into_any();
        }
        let rest = problems.len().saturating_sub(MAX_LISTED);
        let can_be_mended = problems
            .iter()
            .any(|problem| problem.severity == Severity::Strict);
        let items = problems
            .into_iter()
            .take(MAX_LISTED)
            .map(|problem| view! { <ProblemItem problem draft /> })
            .collect_view();
        view! {
            <ul class="schema-problems" aria-label="Problems of the schema">
                {items}
                {(rest > 0).then(|| view! { <li class="quiet">{format!("And {rest} more.")}</li> })}
            </ul>
            {can_be_mended.then(|| view! { <MakeStrict draft /> })}
        }
        .into_any()
    };
    view! {
        <div id="schema-problems" aria-live="polite">
            {content}
        </div>
    }
    .into_any()
}

#[component]
fn ProblemItem(
    /// What is wrong.
    problem: Problem,
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    let (line, column) = (problem.line, problem.column);
    let class = match problem.severity {
        Severity::Error => "is-error",
        Severity::Strict => "is-strict",
        Severity::Note => "quiet",
    };
    let go = move |_| {
        if let Some(field) = draft.field.get_untracked() {
            go_to(&field, line, column);
        }
    };
    view! {
        <li class=class>
            <button type="button" class="place" on:click=go>
                {format!("Line {line}")}
            </button>
            <span>{sentence(&problem.message)}</span>
        </li>
    }
    .into_any()
}

/// Puts everything right that a strict schema must have.
#[component]
fn MakeStrict(
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    let mend = move |_| {
        if let Some(strict) = make_strict(&draft.text.get_untracked()) {
            draft.replace(strict);
            draft.focus();
        }
    };
    view! {
        <button type="button" class="btn" on:click=mend>
            "Make strict"
        </button>
    }
    .into_any()
}
