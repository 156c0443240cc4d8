//! Who answers, for the form and for the eye.

use crate::ui::chat::{
    chat_page::ChatContent,
    session::{ChatSession, Shown},
};
use leptos::prelude::*;

/// The name of the assistant or the tool, and the fields that a form without a script sends.
#[component]
pub(super) fn ComposerTool(
    /// What the page shows.
    content: Option<ChatContent>,
) -> impl IntoView {
    let session = ChatSession::of_page();
    let conversation = match &content {
        Some(ChatContent::Open(page)) => Some(page.id.to_string()),
        _ => None,
    };
    let answers_as = content.as_ref().and_then(ChatContent::assistant).cloned();
    // A conversation knows its assistant; a new one is told.
    let assistant = answers_as
        .as_ref()
        .filter(|_| conversation.is_none())
        .map(|assistant| assistant.version.id.to_string());
    let speed = answers_as
        .as_ref()
        .and_then(|assistant| assistant.definition.speed);
    let tool = content.map(|content| content.tool().clone());
    let known = StoredValue::new(tool.clone());
    Effect::new(move || {
        let address = session.address.get_untracked();
        let shown = known.get_value().map(|tool| Shown {
            address,
            tool,
            speed,
        });
        session.shown.set(shown);
    });
    let name = tool.as_ref().map(|tool| {
        let name = match answers_as {
            Some(assistant) => assistant.definition.name,
            None => tool.name.clone(),
        };
        match &tool.model {
            Some(model) => format!("{name} · {model}"),
            None => name,
        }
    });
    view! {
        <input type="hidden" name="conversation" value=conversation />
        <input type="hidden" name="tool" value=tool.map(|tool| tool.slug) />
        {assistant.map(|id| view! { <input type="hidden" name="assistant" value=id /> })}
        <span class="composer-model">{name}</span>
    }
}
