//! Logging in.

use super::entry::{Entry, NextField, use_next, with_next};
use crate::ui::{
    kit::{
        field::{TextField, derive_field_error, derive_form_error},
        notice::ErrorNotice,
        submit::SubmitButton,
    },
    lazy::lazy_view,
    session::use_session_actions,
};
use leptos::prelude::*;

lazy_view! {
    /// `/login`.
    pub fn login_page() in accounts {
        view! { <LoginPage /> }
    }
}

/// `/login`.
#[component]
fn LoginPage() -> impl IntoView {
    let action = use_session_actions().log_in;
    let answer: Signal<_> = action.value().into();
    let problem = derive_form_error(answer, &["name", "password"]);
    let next = use_next();
    view! {
        <Entry title="Log in">
            {move || problem.get().map(|error| view! { <ErrorNotice error /> })}
            <ActionForm action>
                <NextField next />
                <TextField
                    name="name"
                    label="Name"
                    autocomplete="username"
                    error=derive_field_error(answer, "name")
                />
                <TextField
                    name="password"
                    label="Password"
                    kind="password"
                    autocomplete="current-password"
                    error=derive_field_error(answer, "password")
                />
                <SubmitButton
                    label="Log in"
                    pending_label="Logging in…"
                    is_pending=action.pending()
                />
            </ActionForm>
            <p class="quiet">
                "New here? " <a href=move || with_next("/signup", next.get().as_deref())>"Sign up"</a>
            </p>
        </Entry>
    }
}
