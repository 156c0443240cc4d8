//! Signing up.

use super::entry::{Entry, NextField, use_next, with_next};
use crate::{
    model::user::MIN_PASSWORD_CHARS,
    ui::{
        kit::{
            field::{TextField, derive_field_error, derive_form_error},
            notice::ErrorNotice,
            submit::SubmitButton,
        },
        lazy::lazy_view,
        session::use_session_actions,
    },
};
use leptos::prelude::*;

lazy_view! {
    /// `/signup`.
    pub fn signup_page() in accounts {
        view! { <SignupPage /> }
    }
}

/// `/signup`.
#[component]
fn SignupPage() -> impl IntoView {
    let action = use_session_actions().sign_up;
    let answer: Signal<_> = action.value().into();
    let problem = derive_form_error(answer, &["name", "password"]);
    let next = use_next();
    view! {
        <Entry title="Sign up" lede="The first account on this server is its administrator.">
            {move || problem.get().map(|error| view! { <ErrorNotice error /> })}
            <ActionForm action>
                <NextField next />
                <TextField
                    name="name"
                    label="Name"
                    autocomplete="username"
                    note="Letters, digits, dots, dashes and underscores."
                    error=derive_field_error(answer, "name")
                />
                <TextField
                    name="password"
                    label="Password"
                    kind="password"
                    autocomplete="new-password"
                    note=format!(
                        "At least {MIN_PASSWORD_CHARS} characters. A short sentence is easy to remember.",
                    )
                    error=derive_field_error(answer, "password")
                />
                <SubmitButton
                    label="Sign up"
                    pending_label="Signing up…"
                    is_pending=action.pending()
                />
            </ActionForm>
            <p class="quiet">
                "You have an account? " <a href=move || with_next("/login", next.get().as_deref())>"Log in"</a>
            </p>
        </Entry>
    }
}
