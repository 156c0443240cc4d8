//! A person's message.

use super::message_actions::CopyButton;
use crate::model::chat::Message;
use leptos::prelude::*;

/// What the person said.
#[component]
pub(super) fn Question(
    /// The message.
    message: Message,
) -> impl IntoView {
    let text = StoredValue::new(message.text.clone());
    view! {
        <article class="message message-user" aria-label="You">
            <div class="message-body">{message.text}</div>
            <footer class="message-foot">
                <div class="message-actions">
                    <CopyButton text=Callback::new(move |()| text.get_value()) />
                </div>
            </footer>
        </article>
    }
}
