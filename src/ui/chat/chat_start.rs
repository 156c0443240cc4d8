//! A new chat: whom it asks, what to expect, and ways to begin.

use super::{session::ChatSession, transcript::transcript_view};
use crate::{
    model::{
        assistant::{AssistantDefinition, ChatAssistant, NewChat},
        settings::AssistantVersion,
    },
    ui::{
        assistants::avatar::Avatar,
        kit::{icon::Icon, mark::Mark},
        lazy::prefetch_soon,
    },
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_query_map;

/// What stands where the transcript will be.
#[component]
pub(super) fn ChatStart(
    /// What it begins with.
    chat: NewChat,
) -> impl IntoView {
    let session = ChatSession::of_page();
    let settings = StoredValue::new(chat.settings);
    Effect::new(move || session.keeper.begin(settings.get_value()));
    let (tool, assistant) = (chat.tool, chat.assistant);
    let id = assistant.as_ref().map(|it| it.version.id.to_string());
    let (others, others_label) = match &assistant {
        Some(_) => ("/assistants", "Choose another assistant"),
        None => ("/tools", "Choose another tool"),
    };
    let (head, starters) = match assistant {
        Some(ChatAssistant {
            definition,
            version,
            ..
        }) => {
            let starters = definition.starters.clone();
            (
                view! { <AssistantHead definition version /> }.into_any(),
                starters,
            )
        }
        None => (
            view! {
                <Mark name=tool.name.clone() class="mark-l" />
                <h2>"Ask " {tool.name.clone()} " something"</h2>
            }
            .into_any(),
            tool.starters,
        ),
    };
    // The first message makes a conversation.
    Effect::new(|_| prefetch_soon(transcript_view::PART));
    let problem = use_query_map().with_untracked(|query| query.get("problem"));
    view! {
        <div class="chat-start">
            {head}
            {problem
                .map(|_| {
                    view! {
                        <p class="notice notice-danger" role="alert">
                            "The message was not sent. Your text is below; try again."
                        </p>
                    }
                })}
            {match tool.unavailable_because {
                Some(reason) => {
                    view! {
                        <p class="notice notice-warn">
                            {reason} " " <a href="/tools">"Choose another tool"</a> "."
                        </p>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <p>
                            {tool.expectations} " " <a href=others>{others_label}</a>
                            " whenever you like."
                        </p>
                    }
                        .into_any()
                }
            }}
            <Starters starters slug=tool.slug assistant=id />
        </div>
    }
}

/// The assistant that will answer.
#[component]
fn AssistantHead(
    /// What it is.
    definition: AssistantDefinition,
    /// Which version.
    version: AssistantVersion,
) -> impl IntoView {
    let AssistantDefinition {
        name,
        description,
        hue,
        picture,
        tool_name,
        ..
    } = definition;
    view! {
        <Avatar of=version name=name.clone() hue picture=picture.is_some() class="mark-l" />
        <h2>{name}</h2>
        {(!description.is_empty()).then(|| view! { <p>{description}</p> })}
        <p class="small">"An assistant that asks " {tool_name} "."</p>
    }
}

/// Prompts to begin with: each is sent by one press.
#[component]
fn Starters(
    /// The prompts.
    starters: Vec<String>,
    /// The tool they are for.
    slug: String,
    /// The assistant they are for.
    assistant: Option<String>,
) -> impl IntoView {
    let session = ChatSession::of_page();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let pressed = event
            .submitter()
            .and_then(|button| button.get_attribute("value"));
        session.prompt.set(pressed);
    };
    let items = starters
        .into_iter()
        .map(|starter| {
            view! {
                <li>
                    <button class="starter" name="text" value=starter.clone()>
                        <span>{starter.clone()}</span>
                        <Icon name="arrow-right" />
                    </button>
                </li>
            }
        })
        .collect_view();
    view! {
        <form method="post" action="/chat" on:submit=submit>
            <input type="hidden" name="tool" value=slug />
            {assistant.map(|id| view! { <input type="hidden" name="assistant" value=id /> })}
            <ul class="starters" aria-label="Ways to begin">
                {items}
            </ul>
        </form>
    }
}
