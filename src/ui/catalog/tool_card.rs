//! A tool as a card: what it is, at a glance.

use super::{address::tool_path, capabilities::CapabilityIcons, price::short_price};
use crate::{model::catalog::ToolCard as Tool, ui::kit::mark::Mark};
use leptos::prelude::*;

/// Cards side by side.
#[component]
pub fn ToolGrid(
    /// The tools, in order.
    tools: Vec<Tool>,
) -> impl IntoView {
    view! {
        <ul class="tool-grid">
            {tools
                .into_iter()
                .map(|tool| {
                    view! {
                        <li>
                            <ToolCard tool />
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}

/// One card. All of it is the link of the name.
#[component]
fn ToolCard(
    /// The tool.
    tool: Tool,
) -> impl IntoView {
    let price = short_price(&tool.price);
    view! {
        <article class="tool-card">
            <Mark name=tool.name.clone() />
            <div class="tool-card-head">
                <h3>
                    <a href=tool_path(&tool.slug)>{tool.name}</a>
                </h3>
                <p>{tool.provider} " " {tool.is_chattable.then(ChatHereBadge)}</p>
            </div>
            <p class="tool-card-line">{tool.tagline}</p>
            <div class="tool-card-facts">
                <CapabilityIcons capabilities=tool.capabilities />
                <span class="price">{price}</span>
            </div>
        </article>
    }
    .into_any()
}

/// Says that a tool answers in this site's chat.
#[component]
pub fn ChatHereBadge() -> impl IntoView {
    view! { <span class="badge badge-live">"Chat here"</span> }
}

/// Cards that are on their way.
#[component]
pub fn ToolGridSkeleton() -> impl IntoView {
    let card = |_| {
        view! {
            <li>
                <div class="tool-card">
                    <span class="mark skeleton"></span>
                    <div class="tool-card-head">
                        <span class="skeleton w-75"></span>
                        <span class="skeleton w-50"></span>
                    </div>
                    <div class="tool-card-line">
                        <span class="skeleton w-90"></span>
                        <span class="skeleton w-75"></span>
                    </div>
                    <div class="tool-card-facts">
                        <span class="skeleton w-25"></span>
                    </div>
                </div>
            </li>
        }
    };
    view! {
        <ul class="tool-grid" aria-hidden="true">
            {(0..9).map(card).collect_view()}
        </ul>
    }
}
