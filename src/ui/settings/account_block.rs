//! Who is logged in.

use crate::{
    model::user::{UserRole, UserView},
    ui::{
        kit::{
            notice::{ErrorNotice, RetryButton},
            submit::SubmitButton,
        },
        session::use_session_actions,
    },
};
use leptos::prelude::*;

/// The account, or the ways in.
#[component]
pub(super) fn AccountBlock() -> impl IntoView {
    let session = use_session_actions();
    view! {
        <section class="settings-block">
            <header>
                <h2>"Account"</h2>
                <p>"Who you are on this server."</p>
            </header>
            <Transition fallback=|| {
                view! { <span class="skeleton w-50"></span> }
            }>
                {move || Suspend::new(async move {
                    match session.user.await {
                        Ok(Some(user)) => view! { <Member user /> }.into_any(),
                        Ok(None) => view! { <Guest /> }.into_any(),
                        Err(error) => {
                            view! {
                                <ErrorNotice error>
                                    <RetryButton on_retry=move |()| session.user.refetch() />
                                </ErrorNotice>
                            }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </section>
    }
    .into_any()
}

#[component]
fn Member(
    /// Who.
    user: UserView,
) -> impl IntoView {
    let action = use_session_actions().log_out;
    let role = match user.role {
        UserRole::Administrator => "Administrator: runs this server",
        UserRole::Member => "Member",
    };
    view! {
        <ActionForm action>
            <dl class="facts">
                <div>
                    <dt>"Name"</dt>
                    <dd>{user.name}</dd>
                </div>
                <div>
                    <dt>"Role"</dt>
                    <dd>{role}</dd>
                </div>
            </dl>
            <SubmitButton
                label="Log out"
                pending_label="Logging out…"
                is_pending=action.pending()
                class=""
            />
        </ActionForm>
    }
    .into_any()
}

#[component]
fn Guest() -> impl IntoView {
    view! {
        <p>
            <a href="/login?next=/settings">"Log in"</a>
            " to see your account, or "
            <a href="/signup?next=/settings">"sign up"</a>
            "."
        </p>
    }
}
