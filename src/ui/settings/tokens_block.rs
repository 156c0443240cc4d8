//! Tokens for programs that use the server in a person's name.

use super::{fresh_token::FreshToken, token_form::TokenForm};
use crate::{
    api::tokens::{CreateToken, RevokeToken, list_tokens},
    model::{
        ErrorKind,
        token::{Scope, TokenList, TokenView},
    },
    ui::{
        kit::{
            day::day_label,
            icon::Icon,
            notice::{ErrorNotice, RetryButton},
            submit::SubmitButton,
        },
        load::load,
        session::use_session_actions,
    },
};
use leptos::prelude::*;

/// A person's tokens, and the form that makes another.
#[component]
pub(super) fn TokensBlock() -> impl IntoView {
    let session = use_session_actions();
    let create = ServerAction::<CreateToken>::new();
    let revoke = ServerAction::<RevokeToken>::new();
    let versions = move || {
        let changes = create.version().get() + revoke.version().get();
        (session.version.get(), changes)
    };
    let tokens = load(versions, |_| list_tokens());
    view! {
        <section class="settings-block" id="tokens">
            <header>
                <h2>"Tokens"</h2>
                <p>
                    "For programs that use this server in your name, at the address " <code>"/v1"</code>
                    ", as they would use OpenAI's."
                </p>
            </header>
            <div class="tokens">
                <Transition fallback=|| {
                    view! { <span class="skeleton w-50"></span> }
                }>
                    {move || Suspend::new(async move {
                        match tokens.await {
                            Ok(list) => view! { <Tokens list create revoke /> }.into_any(),
                            Err(error) if error.kind == ErrorKind::Unauthorized => {
                                view! { <p>"Log in to make tokens."</p> }.into_any()
                            }
                            Err(error) => {
                                view! {
                                    <ErrorNotice error>
                                        <RetryButton on_retry=move |()| tokens.refetch() />
                                    </ErrorNotice>
                                }
                                    .into_any()
                            }
                        }
                    })}
                </Transition>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Tokens(
    /// What there is.
    list: TokenList,
    /// Makes one.
    create: ServerAction<CreateToken>,
    /// Takes one back.
    revoke: ServerAction<RevokeToken>,
) -> impl IntoView {
    let TokenList { tokens, fresh } = list;
    let ids: Vec<_> = tokens.iter().map(|token| token.id).collect();
    let made = move || {
        let made = create.value().get().and_then(Result::ok);
        let made = made.or_else(|| fresh.clone());
        // One that was revoked at once is of no use to anybody.
        made.filter(|token| ids.contains(&token.id))
    };
    let problem = move || {
        let failed = revoke.value().get().and_then(Result::err);
        failed.map(|error| view! { <ErrorNotice error /> })
    };
    let is_empty = tokens.is_empty();
    let rows: Vec<_> = tokens
        .into_iter()
        .map(|token| view! { <TokenRow token revoke /> })
        .collect();
    view! {
        {move || made().map(|token| view! { <FreshToken token /> })}
        {problem}
        {if is_empty {
            view! { <p class="quiet">"You have no tokens."</p> }.into_any()
        } else {
            view! {
                <ul class="token-list" aria-label="Your tokens">
                    {rows}
                </ul>
            }
                .into_any()
        }}
        <TokenForm action=create />
    }
    .into_any()
}

#[component]
fn TokenRow(
    /// Which.
    token: TokenView,
    /// Takes it back.
    revoke: ServerAction<RevokeToken>,
) -> impl IntoView {
    let scopes: Vec<_> = token.scopes.iter().copied().map(Scope::label).collect();
    let life = life(&token);
    view! {
        <li>
            <div>
                <strong>{token.name.clone()}</strong>
                <p class="quiet small">{scopes.join(" · ")}</p>
                <p class="quiet small">{life}</p>
            </div>
            <details class="menu" name="token-menu">
                <summary class="icon-btn" aria-label=format!("Revoke {}", token.name) title="Revoke">
                    <Icon name="trash-2" class="icon-s" />
                </summary>
                <div class="menu-list">
                    <ActionForm action=revoke attr:class="menu-form">
                        <input type="hidden" name="token" value=token.id.to_string() />
                        <p class="small">
                            "Programs that use it are refused from then on. There is no way back."
                        </p>
                        <SubmitButton
                            label="Revoke it"
                            pending_label="Revoking…"
                            is_pending=revoke.pending()
                            class="btn-danger btn-wide"
                        />
                    </ActionForm>
                </div>
            </details>
        </li>
    }
    .into_any()
}

/// When it was made and used, and when it ends.
fn life(token: &TokenView) -> String {
    let used = match &token.last_used_on {
        Some(day) => format!("last used {}", day_label(day)),
        None => "never used".to_owned(),
    };
    let end = match &token.expires_on {
        Some(day) if token.is_expired => format!("expired {}", day_label(day)),
        Some(day) => format!("expires {}", day_label(day)),
        None => "never expires".to_owned(),
    };
    format!("Made {} · {used} · {end}", day_label(&token.created_on))
}
