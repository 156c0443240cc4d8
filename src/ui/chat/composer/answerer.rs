//! Who answers, for the form and for the eye.

use crate::ui::chat::{
    chat_page::ChatContent,
    session::{ChatSession, Shown},
};
use leptos::prelude::*;

/// The tool's name, and the fields that a form without a script sends.
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
    // A conversation knows its assistant; a new one is told.
    let assistant = match &content {
        Some(ChatContent::New(chat)) => chat.assistant.as_ref(),
        _ => None,
    };
    let assistant = assistant.map(|assistant| assistant.version.id.to_string());
    let tool = content.map(|content| content.tool().clone());
    let known = StoredValue::new(tool.clone());
    Effect::new(move || {
        let address = session.address.get_untracked();
        let shown = known.get_value().map(|tool| Shown { address, tool });
        session.shown.set(shown);
    });
    let name = tool.as_ref().map(|tool| match &tool.model {
        Some(model) => format!("{} · {model}", tool.name),
        None => tool.name.clone(),
    });
    view! {
        <input type="hidden" name="conversation" value=conversation />
        <input type="hidden" name="tool" value=tool.map(|tool| tool.slug) />
        {assistant.map(|id| view! { <input type="hidden" name="assistant" value=id /> })}
        <span class="composer-model">{name}</span>
    }
}
