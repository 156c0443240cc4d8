//! The shape that is being written: what is in the fields, what is wrong with it, and when it becomes the conversation's.

use crate::{
    browser::page::{recall_in_tab, remember_in_tab},
    model::{
        schema::{self, DEFAULT_NAME, Problem, Severity, check, parse_output, strict_problems},
        settings::OutputFormat,
    },
    ui::chat::session::ChatSession,
};
use gloo_timers::future::TimeoutFuture;
use leptos::{html, prelude::*, task::spawn_local};

/// How long nothing is written until what was written is taken.
const PAUSE_MS: u32 = 700;
/// What the tab remembers a schema under that is not in use yet.
const KEPT: &str = "schema-draft";

/// What answers are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Text.
    Off,
    /// Any JSON object.
    AnyJson,
    /// JSON of a schema.
    Schema,
}

/// What the parts of the panel share.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    pub(super) mode: RwSignal<Mode>,
    /// The schema's text.
    pub(super) text: RwSignal<String>,
    /// What the schema is called.
    pub(super) name: RwSignal<String>,
    pub(super) is_strict: RwSignal<bool>,
    /// What is wrong with the schema, in the order of its lines.
    pub(super) problems: Memo<Vec<Problem>>,
    /// The text before it was replaced in one go.
    pub(super) before: RwSignal<Option<String>>,
    /// Where the schema is written.
    pub(super) field: NodeRef<html::Textarea>,
    session: ChatSession,
    edits: StoredValue<u32>,
}

impl Draft {
    /// What the conversation asks with; a schema that was left unfinished in this tab comes back.
    pub(super) fn new(session: ChatSession) -> Self {
        let text = RwSignal::new(String::new());
        let is_strict = RwSignal::new(true);
        let problems = Memo::new(move |_| {
            text.with(|text| {
                let mut problems = check(text);
                let is_schema = !problems
                    .iter()
                    .any(|problem| problem.severity == Severity::Error);
                if is_schema && is_strict.get() {
                    problems.extend(strict_problems(text));
                    problems.sort_by_key(|problem| (problem.line, problem.column));
                }
                problems
            })
        });
        let draft = Self {
            mode: RwSignal::new(Mode::Off),
            text,
            name: RwSignal::new(DEFAULT_NAME.to_owned()),
            is_strict,
            problems,
            before: RwSignal::new(None),
            field: NodeRef::new(),
            session,
            edits: StoredValue::new(0),
        };
        let stored = Memo::new(move |_| session.settings.with(|settings| settings.output.clone()));
        Effect::new(move |is_later: Option<()>| {
            let stored = stored.get();
            if untrack(|| draft.output()) != Ok(stored.clone()) {
                draft.show(stored);
            }
            if is_later.is_none() {
                draft.bring_back();
            }
        });
        draft
    }

    /// Shows what the conversation asks with, since it was set elsewhere.
    fn show(self, stored: Option<OutputFormat>) {
        self.before.set(None);
        match stored {
            None => self.mode.set(Mode::Off),
            Some(OutputFormat { schema: None, .. }) => self.mode.set(Mode::AnyJson),
            Some(OutputFormat {
                name,
                schema: Some(schema),
                is_strict,
            }) => {
                self.mode.set(Mode::Schema);
                self.name.set(name);
                self.is_strict.set(is_strict);
                self.text.set(schema);
            }
        }
    }

    fn bring_back(self) {
        let kept = recall_in_tab(KEPT).filter(|kept| !kept.is_empty());
        if let Some(kept) = kept.filter(|_| self.text.with_untracked(String::is_empty)) {
            self.text.set(kept);
        }
    }

    /// What the conversation would ask with, or nothing that it could.
    fn output(self) -> Result<Option<OutputFormat>, ()> {
        match self.mode.get() {
            Mode::Off => Ok(None),
            Mode::AnyJson => Ok(Some(OutputFormat {
                name: DEFAULT_NAME.to_owned(),
                schema: None,
                is_strict: false,
            })),
            Mode::Schema => parse_output(OutputFormat {
                name: self.name.get(),
                schema: Some(self.text.get()),
                is_strict: self.is_strict.get(),
            })
            .map(Some)
            .map_err(|_| ()),
        }
    }

    /// Whether the conversation asks with what stands here.
    pub(super) fn is_in_use(self) -> bool {
        let output = self.output();
        self.session
            .settings
            .with(|settings| output == Ok(settings.output.clone()))
    }

    /// Has the conversation ask with what stands here. What cannot be asked with is kept in this tab until it can.
    pub(super) fn take(self) {
        match untrack(|| self.output()) {
            Ok(output) => {
                remember_in_tab(KEPT, None);
                if self
                    .session
                    .settings
                    .with_untracked(|settings| settings.output != output)
                {
                    self.session
                        .settings
                        .update(|settings| settings.output = output);
                }
            }
            Err(()) => self
                .text
                .with_untracked(|text| remember_in_tab(KEPT, Some(text))),
        }
    }

    /// The text was changed by hand; it is taken after a pause.
    pub(super) fn edited(self, text: String) {
        self.before.set(None);
        self.text.set(text);
        let edit = self.edits.get_value() + 1;
        self.edits.set_value(edit);
        spawn_local(async move {
            TimeoutFuture::new(PAUSE_MS).await;
            if self.edits.try_get_value() == Some(edit) {
                self.take();
            }
        });
    }

    /// Puts another text in its place, which can be undone.
    pub(super) fn replace(self, text: String) {
        let before = self.text.get_untracked();
        if before == text {
            return self.take();
        }
        self.before
            .set(Some(before).filter(|before| !before.trim().is_empty()));
        self.text.set(text);
        self.take();
    }

    /// Brings back the text that was replaced.
    pub(super) fn undo(self) {
        if let Some(before) = self.before.get_untracked() {
            self.before.set(None);
            self.text.set(before);
            self.take();
            self.focus();
        }
    }

    /// Moves the focus to the schema, from a button that goes away when it is pressed.
    pub(super) fn focus(self) {
        if let Some(field) = self.field.get_untracked() {
            let _ = field.focus();
        }
    }

    /// Indents the text anew.
    pub(super) fn format(self) {
        self.replace(schema::format(&self.text.get_untracked()));
    }
}
