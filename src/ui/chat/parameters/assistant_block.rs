//! The assistant that the chat talks to, and the way to its newest version.

use crate::{
    model::{assistant::ChatAssistant, settings::AssistantVersion},
    ui::chat::session::ChatSession,
};
use leptos::{prelude::*, task::spawn_local};

/// Which assistant, in which version.
#[component]
pub(super) fn AssistantBlock(
    /// The assistant.
    assistant: ChatAssistant,
) -> impl IntoView {
    let session = ChatSession::of_page();
    let ChatAssistant {
        version,
        latest,
        definition,
    } = assistant;
    let has_newer = latest > version.version;
    let update = move |_| {
        session.settings.update(|settings| {
            settings.assistant = Some(AssistantVersion {
                version: latest,
                ..version
            });
        });
        // What the page shows of it comes with the conversation.
        spawn_local(async move {
            session.keeper.settled().await;
            let _ = session.reload.try_run(());
        });
    };
    let newer = has_newer.then(|| {
        view! {
            <p class="small">
                {format!("This chat began with version {}; {latest} is the newest.", version.version)}
            </p>
            <button type="button" class="btn btn-wide" on:click=update>
                {format!("Go on with version {latest}")}
            </button>
        }
    });
    view! {
        <section class="panel-section" aria-labelledby="assistant-heading">
            <h3 id="assistant-heading">"Assistant"</h3>
            <p>
                <a href=format!("/assistants/{}", version.id)>{definition.name}</a>
            </p>
            {newer}
        </section>
    }
    .into_any()
}
