//! Who is logged in, and what they can do about it.

use crate::{
    api::accounts::LogOut,
    model::user::UserView,
    ui::{
        kit::{icon::Icon, mark::Mark, notice::ErrorNotice},
        session::use_session_actions,
    },
};
use leptos::prelude::*;

/// The foot of the sidebar.
#[component]
pub(super) fn AccountMenu() -> impl IntoView {
    let session = use_session_actions();
    view! {
        <LogOutProblem />
        <Transition fallback=|| {
            view! {
                <div class="nav-link" aria-hidden="true">
                    <span class="skeleton w-50"></span>
                </div>
            }
        }>
            {move || Suspend::new(async move {
                match session.user.await {
                    Ok(Some(user)) => view! { <MemberMenu user log_out=session.log_out /> }.into_any(),
                    Ok(None) => view! { <GuestLinks /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// For nobody in particular: the ways in.
#[component]
fn GuestLinks() -> impl IntoView {
    view! {
        <div class="row">
            <a class="btn btn-quiet" href="/login">
                "Log in"
            </a>
            <a class="btn btn-primary" href="/signup">
                "Sign up"
            </a>
        </div>
    }
    .into_any()
}

/// For somebody: their name, settings, the way out.
#[component]
fn MemberMenu(
    /// Who.
    user: UserView,
    /// Logs out.
    log_out: ServerAction<LogOut>,
) -> impl IntoView {
    view! {
        <details class="menu menu-up">
            <summary class="nav-link">
                <Mark name=user.name.clone() class="mark-s" />
                <span>
                    <span class="sr-only">"Account: "</span>
                    {user.name}
                </span>
                <Icon name="more-horizontal" class="icon-s" />
            </summary>
            <div class="menu-list">
                <a class="menu-item" href="/settings">
                    <Icon name="settings" class="icon-s" />
                    "Settings"
                </a>
                <ActionForm action=log_out>
                    <button class="menu-item" disabled=log_out.pending()>
                        <Icon name="log-out" class="icon-s" />
                        "Log out"
                    </button>
                </ActionForm>
            </div>
        </details>
    }
    .into_any()
}

/// Why logging out did not work.
#[component]
fn LogOutProblem() -> impl IntoView {
    let answer = use_session_actions().log_out.value();
    move || {
        answer
            .get()
            .and_then(Result::err)
            .map(|error| view! { <ErrorNotice error /> })
    }
}
