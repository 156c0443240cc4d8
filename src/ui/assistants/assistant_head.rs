//! The head of an assistant's page, and what it is for those who cannot change it.

use super::{
    assistant_forms::{AssistantActions, Changes},
    avatar::Avatar,
};
use crate::{
    model::{
        assistant::{AssistantDefinition, AssistantDetail},
        settings::AssistantVersion,
    },
    ui::kit::{address::with_query, icon::Icon},
};
use leptos::prelude::*;

/// Name, maker, the way into the chat, what else can be done.
#[component]
pub(super) fn AssistantHead(
    /// The assistant.
    detail: AssistantDetail,
    /// What changes it.
    changes: Changes,
) -> impl IntoView {
    let AssistantDetail {
        id,
        definition,
        version,
        tool,
        is_shared,
        is_own,
        owner,
        ..
    } = detail;
    let maker = match (is_own, is_shared) {
        (true, true) => "Yours, shared with everybody here".to_owned(),
        (true, false) => "Yours".to_owned(),
        (false, _) => format!("By {owner}"),
    };
    let chat = with_query("/chat", &[("assistant", &id.to_string())]);
    let unavailable = tool
        .unavailable_because
        .map(|reason| view! { <p class="quiet">{reason}</p> });
    view! {
        <header class="tool-head">
            <Avatar
                of=AssistantVersion { id, version }
                name=definition.name.clone()
                hue=definition.hue
                picture=definition.picture.is_some()
                class="mark-l"
            />
            <div>
                <h1>{definition.name}</h1>
                <p class="quiet">{maker} " · asks " {tool.name}</p>
            </div>
            <p class="lede">{definition.description}</p>
            <div class="row">
                <a class="btn btn-primary" href=chat>
                    <Icon name="message-square" />
                    "Try in chat"
                </a>
                <AssistantActions id is_own is_shared changes />
                {unavailable}
            </div>
        </header>
    }
    .into_any()
}

/// What it is told and begins with.
#[component]
pub(super) fn AssistantAbout(
    /// The assistant.
    detail: AssistantDetail,
) -> impl IntoView {
    let AssistantDefinition {
        instructions,
        starters,
        output,
        ..
    } = detail.definition;
    let starters = (!starters.is_empty()).then(|| {
        let items = starters
            .into_iter()
            .map(|starter| view! { <li>{starter}</li> });
        view! {
            <section class="section">
                <h2>"Ways to begin"</h2>
                <ul class="about-list">{items.collect_view()}</ul>
            </section>
        }
    });
    let instructions = instructions.map(|instructions| {
        view! {
            <section class="section">
                <h2>"Instructions"</h2>
                <p class="own-words">{instructions}</p>
            </section>
        }
    });
    let files = (!detail.files.is_empty()).then(|| {
        let items = detail
            .files
            .into_iter()
            .map(|file| view! { <li>{file.name}</li> });
        view! {
            <section class="section">
                <h2>"Files"</h2>
                <ul class="about-list">{items.collect_view()}</ul>
            </section>
        }
    });
    let shape = output.map(|output| {
        view! {
            <section class="section">
                <h2>"Shape of its answers"</h2>
                <p>
                    "JSON, as the schema “" {output.name} "” says."
                </p>
            </section>
        }
    });
    view! {
        {starters}
        {instructions}
        {files}
        {shape}
    }
    .into_any()
}
