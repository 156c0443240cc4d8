//! The messages of a conversation.

use super::{
    answer::Answer,
    earlier::Earlier,
    question::Question,
    session::{ChatSession, OpenConversation},
};
use crate::{
    browser::{clipboard, enhance},
    model::chat::{Author, ConversationPage, Message},
    ui::{lazy::lazy_view, shell::conversations::use_conversations},
};
use gloo_timers::future::TimeoutFuture;
use leptos::{ev::MouseEvent, html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::Element;

lazy_view! {
    /// A conversation, which a new chat has not.
    pub fn transcript_view(page: ConversationPage) in transcript {
        view! { <TranscriptView page /> }
    }
}

/// The open branch, and the announcement of answers that ended.
#[component]
fn TranscriptView(
    /// What the server knows of the conversation.
    page: ConversationPage,
) -> impl IntoView {
    let session = ChatSession::of_page();
    let conversations = use_conversations();
    // An assistant answers under its own name, by the model of its tool.
    let mut tool = page.tool;
    if let Some(assistant) = &page.assistant {
        tool.name.clone_from(&assistant.definition.name);
    }
    let assistants_shape = page
        .assistant
        .as_ref()
        .and_then(|assistant| assistant.definition.output.clone());
    provide_context(page.assistant);
    let tokens = tool.features.image_tokens;
    let tool = StoredValue::new(tool);
    let open = OpenConversation {
        id: page.id,
        messages: RwSignal::new(page.messages),
        shape: Signal::derive(move || {
            let set = session.settings.with(|settings| settings.output.clone());
            set.or_else(|| assistants_shape.clone())
        }),
    };
    let has_earlier = page.has_earlier;
    let settings = StoredValue::new(page.settings);
    let announcement = RwSignal::new(String::new());
    let log = NodeRef::<html::Div>::new();
    Effect::new(move || {
        session.open.set(Some(open));
        session.keeper.show(open.id, settings.get_value());
        session.follow.resume();
        conversations.refresh();
        if let Some(log) = log.get() {
            session.follow.watch(&log);
            enhance::finished(&log);
        }
    });
    on_cleanup(move || {
        if session.open.try_get_untracked().flatten() == Some(open) {
            session.open.set(None);
        }
    });
    view! {
        <div
            class="transcript"
            role="log"
            aria-live="off"
            aria-label="Conversation"
            node_ref=log
            on:click=copy_code
        >
            {has_earlier.then(|| view! { <Earlier open log announcement /> })}
            <For each=move || open.messages.get() key=identity let:message>
                {match message.author {
                    Author::User => view! { <Question message tokens open /> }.into_any(),
                    Author::Assistant => {
                        view! { <Answer message tool=tool.get_value() open announcement /> }.into_any()
                    }
                }}
            </For>
        </div>
        <p class="sr-only" role="status">
            {move || announcement.get()}
        </p>
    }
}

/// A message is another one on the page when another run fills it.
fn identity(message: &Message) -> String {
    match &message.run {
        Some(run) => format!("{}{}", message.id, run.id),
        None => message.id.to_string(),
    }
}

/// The copy buttons of code blocks are part of rendered markdown, so one listener serves them all.
fn copy_code(event: MouseEvent) {
    let button = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|target| target.closest(".code-copy").ok().flatten());
    let code = button
        .as_ref()
        .and_then(|button| button.closest(".code-block").ok().flatten())
        .and_then(|block| block.query_selector("pre").ok().flatten())
        .and_then(|pre| pre.text_content());
    let (Some(button), Some(code)) = (button, code) else {
        return;
    };
    spawn_local(async move {
        let label = if clipboard::copy(&code).await {
            "Copied"
        } else {
            "Not copied"
        };
        button.set_text_content(Some(label));
        TimeoutFuture::new(clipboard::COPIED_MS).await;
        button.set_text_content(Some("Copy"));
    });
}
