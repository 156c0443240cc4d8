//! Fields of forms.

use super::icon::Icon;
use crate::model::{AppError, AppResult};
use leptos::{html, prelude::*};

/// A line to fill in, with its label above and a note below whose place an error takes.
#[component]
pub fn TextField(
    /// Its name in the form.
    name: &'static str,
    /// What is asked.
    label: &'static str,
    /// `text` or `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What a browser may fill in by itself.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Help, while there is no error.
    #[prop(into, optional)]
    note: String,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if error.with(Option::is_some)
            && let Some(input) = input.get()
        {
            // A field that is gone takes no focus.
            let _ = input.focus();
        }
    });
    let is_wrong = move || error.with(Option::is_some);
    let note_id = format!("{name}-note");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                node_ref=input
                class="input"
                id=name
                name=name
                type=kind
                autocomplete=autocomplete
                autocapitalize="off"
                spellcheck="false"
                required
                aria-invalid=move || is_wrong().then_some("true")
                aria-describedby=note_id.clone()
            />
            <FieldNote id=note_id note error />
        </div>
    }
    .into_any()
}

/// What stands under a field.
#[component]
fn FieldNote(
    /// Its id: the field is described by it.
    id: String,
    /// Help, while there is no error.
    note: String,
    /// What is wrong.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let class = move || {
        if error.with(Option::is_some) {
            "field-note field-error"
        } else {
            "field-note"
        }
    };
    view! {
        <p class=class id=id aria-live="polite">
            {move || match error.get() {
                Some(error) => {
                    view! {
                        <Icon name="alert-triangle" class="icon-s" />
                        <span>{error}</span>
                    }
                        .into_any()
                }
                None => note.clone().into_any(),
            }}
        </p>
    }
    .into_any()
}

/// The sentence about one field, out of a form's answer.
pub fn derive_field_error<T>(
    answer: Signal<Option<AppResult<T>>>,
    field: &'static str,
) -> Signal<Option<String>>
where
    T: Clone + Send + Sync + 'static,
{
    Signal::derive(move || {
        answer.with(|answer| match answer {
            Some(Err(error)) if error.field.as_deref() == Some(field) => {
                Some(error.message.clone())
            }
            _ => None,
        })
    })
}

/// What a form's answer says that is about none of its fields.
pub fn derive_form_error<T>(
    answer: Signal<Option<AppResult<T>>>,
    fields: &'static [&'static str],
) -> Signal<Option<AppError>>
where
    T: Clone + Send + Sync + 'static,
{
    Signal::derive(move || {
        answer.with(|answer| match answer {
            Some(Err(error)) if !error.field.as_deref().is_some_and(|f| fields.contains(&f)) => {
                Some(error.clone())
            }
            _ => None,
        })
    })
}
