//! A token that was just made: the only time it is shown.

use crate::{browser::clipboard, model::token::NewToken, ui::kit::icon::Icon};
use gloo_timers::future::TimeoutFuture;
use leptos::{html, prelude::*, task::spawn_local};

/// Shows a token to be copied, selected at once for whoever copies by hand.
#[component]
pub(super) fn FreshToken(
    /// It.
    token: NewToken,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            // A field that is gone takes no focus.
            let _ = field.focus();
            field.select();
        }
    });
    let is_copied = RwSignal::new(false);
    let secret = token.secret.clone();
    let copy = move |_| {
        let secret = secret.clone();
        spawn_local(async move {
            if clipboard::copy(&secret).await {
                let _ = is_copied.try_set(true);
                TimeoutFuture::new(clipboard::COPIED_MS).await;
                let _ = is_copied.try_set(false);
            }
        });
    };
    let label = move || {
        if is_copied.get() {
            "Copied"
        } else {
            "Copy token"
        }
    };
    let icon = move || if is_copied.get() { "check" } else { "copy" };
    view! {
        <div class="fresh-token" role="group" aria-label="New token">
            <p>
                <strong>{token.name}</strong>
                " is made. Copy the token now and keep it as you keep a password: it is not shown again."
            </p>
            <div class="fresh-token-line">
                <input
                    node_ref=field
                    class="input"
                    aria-label="Token"
                    readonly
                    value=token.secret
                    autocomplete="off"
                    spellcheck="false"
                />
                <button type="button" class="btn btn-primary needs-script" on:click=copy>
                    {move || view! { <Icon name=icon() class="icon-s" /> }}
                    <span aria-live="polite">{label}</span>
                </button>
            </div>
        </div>
    }
    .into_any()
}
