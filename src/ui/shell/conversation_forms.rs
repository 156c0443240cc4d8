//! What a conversation's menu opens: another title, and the question before it is deleted. Both are forms that work without
//! a script.

use super::conversations::use_conversations;
use crate::{
    model::{chat::MAX_TITLE_CHARS, ids::ConversationId},
    ui::kit::{icon::Icon, submit::SubmitButton},
};
use leptos::{html, prelude::*};

/// Gives the conversation another title.
#[component]
pub(super) fn RenameForm(
    /// Which.
    id: ConversationId,
    /// Its title until now.
    title: String,
) -> impl IntoView {
    let action = use_conversations().rename;
    let field = format!("title-{id}");
    let details = NodeRef::<html::Details>::new();
    let input = NodeRef::<html::Input>::new();
    let on_toggle = move |_| {
        if let (Some(details), Some(input)) = (details.get(), input.get())
            && details.open()
        {
            // A field that is gone takes no focus.
            let _ = input.focus();
            input.select();
        }
    };
    view! {
        <details node_ref=details name="conversation-change" on:toggle=on_toggle>
            <summary class="menu-item">
                <Icon name="pencil" class="icon-s" />
                "Rename"
            </summary>
            <ActionForm action attr:class="menu-form">
                <input type="hidden" name="id" value=id.to_string() />
                <label class="sr-only" for=field.clone()>
                    "Conversation name"
                </label>
                <input
                    node_ref=input
                    class="input select"
                    id=field
                    name="title"
                    value=title
                    maxlength=MAX_TITLE_CHARS.to_string()
                    autocomplete="off"
                    required
                />
                <SubmitButton label="Save" pending_label="Saving…" is_pending=action.pending() />
            </ActionForm>
        </details>
    }
    .into_any()
}

/// Deletes the conversation, after a second press.
#[component]
pub(super) fn DeleteForm(
    /// Which.
    id: ConversationId,
    /// Whether its page is open: then there is no page to come back to.
    is_open: Memo<bool>,
) -> impl IntoView {
    let action = use_conversations().delete;
    view! {
        <details name="conversation-change">
            <summary class="menu-item menu-item-danger">
                <Icon name="trash-2" class="icon-s" />
                "Delete"
            </summary>
            <ActionForm action attr:class="menu-form">
                <input type="hidden" name="id" value=id.to_string() />
                {move || {
                    is_open
                        .get()
                        .then(|| view! { <input type="hidden" name="next" value="/chat" /> })
                }}
                <p class="small">"Everything in it goes with it, for good."</p>
                <SubmitButton
                    label="Delete it"
                    pending_label="Deleting…"
                    is_pending=action.pending()
                    class="btn-danger btn-wide"
                />
            </ActionForm>
        </details>
    }
    .into_any()
}
