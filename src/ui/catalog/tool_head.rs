//! The head of a tool's page: what it is, and the way to use it.

use super::{address::chat_path, tool_card::ChatHereBadge};
use crate::{
    model::catalog::ToolDetail,
    ui::kit::{address::with_query, icon::Icon, mark::Mark},
};
use leptos::prelude::*;

/// Name, maker, one line, the ways to begin.
#[component]
pub(super) fn ToolHead(
    /// The tool.
    tool: ToolDetail,
) -> impl IntoView {
    let card = tool.card;
    let is_chattable = card.is_chattable;
    let chat = is_chattable.then(|| {
        view! {
            <a class="btn btn-primary" href=chat_path(&card.slug, "")>
                <Icon name="message-square" />
                "Try in chat"
            </a>
            <a class="btn" href=with_query("/assistants/new", &[("tool", &card.slug)])>
                "Make an assistant"
            </a>
        }
    });
    let website_class = if is_chattable {
        "btn"
    } else {
        "btn btn-primary"
    };
    let reason = tool
        .unavailable_because
        .map(|reason| view! { <p class="quiet">{reason}</p> });
    view! {
        <header class="tool-head">
            <Mark name=card.name.clone() class="mark-l" />
            <div>
                <h1>{card.name}</h1>
                <div class="row quiet">
                    <span>{card.provider}</span>
                    {is_chattable.then(ChatHereBadge)}
                </div>
            </div>
            <p class="lede">{card.tagline}</p>
            <div class="row">
                {chat}
                <a class=website_class href=tool.website rel="noopener noreferrer external">
                    "Website"
                    <Icon name="external-link" class="icon-s" />
                </a>
                {reason}
            </div>
        </header>
    }
    .into_any()
}
