//! A person's message.

use super::{attachments::attachment_list::AttachmentList, message_actions::CopyButton};
use crate::model::{catalog::ImageTokens, chat::Message};
use leptos::prelude::*;

/// What the person said.
#[component]
pub(super) fn Question(
    /// The message.
    message: Message,
    /// What a picture costs the model that it was sent to.
    tokens: Option<ImageTokens>,
) -> impl IntoView {
    let text = StoredValue::new(message.text.clone());
    view! {
        <article class="message message-user" aria-label="You">
            <AttachmentList attachments=message.attachments label="Attached files" tokens />
            {(!message.text.is_empty())
                .then(|| view! { <div class="message-body">{message.text}</div> })}
            <footer class="message-foot">
                <div class="message-actions">
                    <CopyButton text=Callback::new(move |()| text.get_value()) />
                </div>
            </footer>
        </article>
    }
}
