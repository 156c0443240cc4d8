//! What a tool can take or make, in pictures and in words.

use crate::{
    model::catalog::Capability,
    ui::kit::icon::{Icon, NamedIcon},
};
use leptos::prelude::*;

fn icon_name(capability: Capability) -> &'static str {
    match capability {
        Capability::Text => "message-square",
        Capability::ImageInput => "eye",
        Capability::AudioInput => "mic",
        Capability::VideoInput => "play",
        Capability::FileInput => "file",
        Capability::StructuredOutput => "braces",
        Capability::Tools => "settings",
        Capability::Reasoning => "sparkles",
        Capability::ImageOutput => "image",
        Capability::VideoOutput => "video",
        Capability::SpeechOutput => "volume-2",
        Capability::Transcription => "audio-lines",
        Capability::Embeddings => "tag",
        Capability::WebSearch => "globe",
    }
}

/// As pictures, for a card.
#[component]
pub(super) fn CapabilityIcons(
    /// What it can.
    capabilities: Vec<Capability>,
) -> impl IntoView {
    let item = |capability: Capability| {
        view! {
            <li>
                <NamedIcon name=icon_name(capability) label=capability.label() />
            </li>
        }
    };
    view! {
        <ul class="caps" aria-label="Capabilities">
            {capabilities.into_iter().map(item).collect_view()}
        </ul>
    }
    .into_any()
}

/// As words, for the tool's own page.
#[component]
pub(super) fn CapabilityList(
    /// What it can.
    capabilities: Vec<Capability>,
) -> impl IntoView {
    let item = |capability: Capability| {
        view! {
            <li class="row">
                <Icon name=icon_name(capability) class="icon-s" />
                {capability.label()}
            </li>
        }
    };
    view! { <ul>{capabilities.into_iter().map(item).collect_view()}</ul> }.into_any()
}
