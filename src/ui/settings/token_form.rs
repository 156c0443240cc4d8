//! The form that makes a token.

use crate::{
    api::tokens::CreateToken,
    model::token::{DEFAULT_LIFETIME_DAYS, LIFETIMES_DAYS, Scope},
    ui::kit::{
        field::{TextField, derive_field_error, derive_form_error},
        notice::ErrorNotice,
        submit::SubmitButton,
    },
};
use leptos::prelude::*;

/// Asks for a name, what the token opens and how long it lives. It shuts when the token is made.
#[component]
pub(super) fn TokenForm(
    /// Makes it.
    action: ServerAction<CreateToken>,
) -> impl IntoView {
    let answer = Signal::derive(move || action.value().get());
    let name_error = derive_field_error(answer, "name");
    let scopes_error = derive_field_error(answer, "scopes");
    let problem = derive_form_error(answer, &["name", "scopes"]);
    // Without a script the page comes back with what is wrong: the form must be open then.
    let is_wrong = answer.with_untracked(|answer| matches!(answer, Some(Err(_))));
    view! {
        <details class="token-form" open=is_wrong>
            <summary class="btn">"New token"</summary>
            <ActionForm action>
                {move || problem.get().map(|error| view! { <ErrorNotice error /> })}
                <TextField
                    name="name"
                    label="Name"
                    note="The program that will use it."
                    error=name_error
                />
                <fieldset class="field">
                    <legend>"It may"</legend>
                    {Scope::ALL.map(|scope| view! { <ScopeBox scope /> }).into_iter().collect_view()}
                    {move || {
                        scopes_error
                            .get()
                            .map(|error| {
                                view! {
                                    <p class="field-note field-error" role="alert">
                                        {error}
                                    </p>
                                }
                            })
                    }}
                </fieldset>
                <div class="field">
                    <label for="token-days">"Expires"</label>
                    <select class="input" id="token-days" name="days">
                        {LIFETIMES_DAYS.map(lifetime_option).into_iter().collect_view()}
                    </select>
                </div>
                <SubmitButton
                    label="Make token"
                    pending_label="Making…"
                    is_pending=action.pending()
                    class="btn-primary"
                />
            </ActionForm>
        </details>
    }
    .into_any()
}

#[component]
fn ScopeBox(
    /// What it grants.
    scope: Scope,
) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" name="scopes[]" value=scope.as_str() checked />
            {scope.label()}
        </label>
    }
}

fn lifetime_option(days: u32) -> impl IntoView {
    let label = match days {
        0 => "Never".to_owned(),
        365 => "In a year".to_owned(),
        days => format!("In {days} days"),
    };
    let value = days.to_string();
    view! {
        <option value=value selected=days == DEFAULT_LIFETIME_DAYS>
            {label}
        </option>
    }
}
