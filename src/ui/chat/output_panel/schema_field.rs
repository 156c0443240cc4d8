//! Where a schema is written: its lines are numbered, and those with something wrong are marked. Tab leads on as everywhere;
//! Enter indents as the line before.

use super::draft::Draft;
use crate::{
    browser::text_field,
    model::schema::{Problem, Severity},
};
use leptos::{
    ev::{Event, KeyboardEvent},
    html,
    prelude::*,
};
use std::{collections::BTreeMap, fmt::Write};

/// Most lines that are numbered.
const MAX_LINES: usize = 3_000;

/// The field with its gutter, and what can be done with the whole text.
#[component]
pub(super) fn SchemaField(
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    let gutter = NodeRef::<html::Div>::new();
    // A field in which nothing was written yet is no mistake.
    let is_begun = Memo::new(move |_| draft.text.with(|text| !text.trim().is_empty()));
    let marks = Memo::new(move |_| match is_begun.get() {
        true => draft.problems.with(|problems| marks(problems)),
        false => marks(&[]),
    });
    let lines = Memo::new(move |_| {
        draft
            .text
            .with(|text| (text.bytes().filter(|byte| *byte == b'\n').count() + 1).min(MAX_LINES))
    });
    let numbers = move || marks.with(|marks| numbers(lines.get(), marks));
    let has_errors = Memo::new(move |_| {
        let is_error = |problem: &Problem| problem.severity != Severity::Note;
        is_begun.get()
            && draft
                .problems
                .with(|problems| problems.iter().any(is_error))
    });
    let on_scroll = move |_: Event| {
        if let (Some(field), Some(gutter)) = (draft.field.get_untracked(), gutter.get_untracked()) {
            gutter.set_scroll_top(field.scroll_top());
        }
    };
    view! {
        <div class="field">
            <FieldHead draft />
            <div class="schema-field" class:is-wrong=has_errors>
                <div class="schema-gutter" aria-hidden="true" node_ref=gutter inner_html=numbers></div>
                <textarea
                    id="schema"
                    rows="14"
                    wrap="off"
                    spellcheck="false"
                    autocapitalize="off"
                    autocomplete="off"
                    placeholder="{ \"type\": \"object\", \"properties\": { … } }"
                    aria-describedby="schema-problems"
                    aria-invalid=move || has_errors.get().then_some("true")
                    node_ref=draft.field
                    prop:value=draft.text
                    on:input=move |event| draft.edited(event_target_value(&event))
                    on:change=move |_| draft.take()
                    on:keydown=move |event| indent(draft, &event)
                    on:scroll=on_scroll
                ></textarea>
            </div>
        </div>
        <StrictSwitch draft />
    }
    .into_any()
}

/// What the field is called, and what can be done with all of its text.
#[component]
fn FieldHead(
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    view! {
        <div class="parameter-head">
            <label for="schema">"Schema"</label>
            <span class="row-tight">
                <button
                    type="button"
                    class="link-btn"
                    hidden=move || draft.before.with(Option::is_none)
                    on:click=move |_| draft.undo()
                >
                    "Undo"
                </button>
                <button type="button" class="link-btn" on:click=move |_| draft.format()>
                    "Format"
                </button>
            </span>
        </div>
    }
    .into_any()
}

/// Whether the service is to be held to the schema exactly.
#[component]
fn StrictSwitch(
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    view! {
        <div class="row-tight schema-options">
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=draft.is_strict
                    on:change=move |event| {
                        draft.is_strict.set(event_target_checked(&event));
                        draft.take();
                    }
                />
                "Strict: the service is held to it exactly"
            </label>
        </div>
    }
    .into_any()
}

/// Has Enter break the line and indent the next one.
fn indent(draft: Draft, event: &KeyboardEvent) {
    let is_enter = event.key() == "Enter" && !event.is_composing();
    let is_plain = !(event.shift_key() || event.ctrl_key() || event.meta_key() || event.alt_key());
    if is_enter
        && is_plain
        && let Some(field) = draft.field.get_untracked()
    {
        event.prevent_default();
        text_field::break_line(&field);
    }
}

/// The lines with something wrong in them, each with the worst of it.
fn marks(problems: &[Problem]) -> BTreeMap<usize, Severity> {
    let mut marks = BTreeMap::new();
    for problem in problems {
        let worst = marks.entry(problem.line).or_insert(problem.severity);
        if problem.severity == Severity::Error {
            *worst = Severity::Error;
        }
    }
    marks
}

/// The numbers of lines, each with the mark of what is wrong in it.
fn numbers(lines: usize, marks: &BTreeMap<usize, Severity>) -> String {
    let mut html = String::new();
    for line in 1..=lines {
        let _ = match marks.get(&line) {
            Some(Severity::Error) => writeln!(html, "<b class=\"mark-error\">{line}</b>"),
            Some(Severity::Strict) => writeln!(html, "<b class=\"mark-strict\">{line}</b>"),
            _ => writeln!(html, "{line}"),
        };
    }
    html
}
