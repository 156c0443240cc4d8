//! An assistant as a card.

use super::avatar::Avatar;
use crate::{
    model::{assistant::AssistantCard as Assistant, settings::AssistantVersion},
    ui::kit::{address::with_query, icon::Icon},
};
use leptos::prelude::*;

/// The address of a new chat with an assistant.
pub(super) fn chat_path(assistant: &Assistant) -> String {
    with_query("/chat", &[("assistant", &assistant.id.to_string())])
}

/// Cards side by side.
#[component]
pub fn AssistantGrid(
    /// The assistants, in order.
    assistants: Vec<Assistant>,
) -> impl IntoView {
    let cards = assistants
        .into_iter()
        .map(|assistant| {
            view! {
                <li>
                    <AssistantCard assistant />
                </li>
            }
        })
        .collect_view();
    view! { <ul class="tool-grid">{cards}</ul> }.into_any()
}

/// One card. All of it is the link of the name, but the way into the chat.
#[component]
fn AssistantCard(
    /// The assistant.
    assistant: Assistant,
) -> impl IntoView {
    let chat = chat_path(&assistant);
    let maker = match (assistant.is_own, assistant.is_shared) {
        (true, true) => "Yours, shared".to_owned(),
        (true, false) => "Yours".to_owned(),
        (false, _) => format!("By {}", assistant.owner),
    };
    let description = if assistant.description.is_empty() {
        "No description yet.".to_owned()
    } else {
        assistant.description
    };
    view! {
        <article class="tool-card">
            <Avatar
                of=AssistantVersion { id: assistant.id, version: assistant.version }
                name=assistant.name.clone()
                hue=assistant.hue
                picture=assistant.picture.is_some()
            />
            <div class="tool-card-head">
                <h3>
                    <a href=format!("/assistants/{}", assistant.id)>{assistant.name}</a>
                </h3>
                <p>{maker} " · " {assistant.tool_name}</p>
            </div>
            <p class="tool-card-line">{description}</p>
            <div class="tool-card-facts">
                <a class="btn over-card" href=chat>
                    <Icon name="message-square" class="icon-s" />
                    "Try in chat"
                </a>
            </div>
        </article>
    }
    .into_any()
}
