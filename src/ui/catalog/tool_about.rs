//! What a tool is good for, what to expect of it, and ways to begin.

use super::address::chat_path;
use crate::{model::catalog::ToolDetail, ui::kit::icon::Icon};
use leptos::prelude::*;

/// The words about a tool.
#[component]
pub(super) fn ToolAbout(
    /// The tool.
    tool: ToolDetail,
) -> impl IntoView {
    let paragraphs = tool
        .description
        .split("\n\n")
        .map(|paragraph| view! { <p>{paragraph.to_owned()}</p> })
        .collect_view();
    let expectations = tool.expectations.map(|expectations| {
        view! {
            <h2>"What to expect"</h2>
            <p>{expectations}</p>
        }
    });
    let can_begin = tool.card.is_chattable && !tool.starters.is_empty();
    let starters =
        can_begin.then(|| view! { <StarterLinks slug=tool.card.slug starters=tool.starters /> });
    view! {
        <div>
            <div class="prose">
                <h2>"What it is"</h2>
                {paragraphs}
                {expectations}
            </div>
            {starters}
        </div>
    }
    .into_any()
}

/// Prompts to begin with: each opens a chat with it written.
#[component]
fn StarterLinks(
    /// The tool they are for.
    slug: String,
    /// The prompts.
    starters: Vec<String>,
) -> impl IntoView {
    let items = starters
        .into_iter()
        .map(|starter| {
            let path = chat_path(&slug, &starter);
            view! {
                <li>
                    <a class="starter" href=path>
                        <span>{starter}</span>
                        <Icon name="arrow-right" class="icon-s" />
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="starters">
            <div class="section-head">
                <h2 id="starters">"Ways to begin"</h2>
            </div>
            <ul class="starters">{items}</ul>
        </section>
    }
}
