//! A new chat: whom it asks, what to expect, and ways to begin.

use super::session::ChatSession;
use crate::{
    model::{catalog::hue, chat::ChatTool},
    ui::kit::icon::Icon,
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_query_map;

/// What stands where the transcript will be.
#[component]
pub(super) fn ChatStart(
    /// Who will answer.
    tool: ChatTool,
) -> impl IntoView {
    let initial = tool.name.chars().next().map(String::from);
    let problem = use_query_map().with_untracked(|query| query.get("problem"));
    view! {
        <div class="chat-start">
            <span class="mark mark-l" style=format!("--hue: {}", hue(&tool.name)) aria-hidden="true">
                {initial}
            </span>
            <h2>"Ask " {tool.name.clone()} " something"</h2>
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
                            {tool.expectations} " "
                            <a href="/tools">"Choose another tool"</a> " whenever you like."
                        </p>
                    }
                        .into_any()
                }
            }}
            <Starters starters=tool.starters slug=tool.slug />
        </div>
    }
}

/// Prompts to begin with: each is sent by one press.
#[component]
fn Starters(
    /// The prompts.
    starters: Vec<String>,
    /// The tool they are for.
    slug: String,
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
            <ul class="starters" aria-label="Ways to begin">
                {items}
            </ul>
        </form>
    }
}
