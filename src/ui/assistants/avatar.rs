//! How an assistant looks: its picture, or a letter on its colour.

use crate::{
    model::{catalog, settings::AssistantVersion},
    ui::kit::mark::initial,
};
use leptos::prelude::*;

/// An assistant's mark. It stands beside the name, so screen readers pass over it.
#[component]
pub fn Avatar(
    /// Which, in which version.
    of: AssistantVersion,
    /// Its name.
    name: String,
    /// Its colour; the name's own where it is missing.
    hue: Option<u32>,
    /// Whether it has a picture.
    picture: bool,
    /// `mark-s` in lists, `mark-l` over a page, or nothing.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let class = format!("mark {class}").trim_end().to_owned();
    if picture {
        let source = format!("/api/assistants/{}/{}/picture", of.id, of.version);
        return view! { <img class=class src=source alt="" width="96" height="96" /> }.into_any();
    }
    let hue = hue.unwrap_or_else(|| catalog::hue(&name));
    view! {
        <span class=class style=format!("--hue: {hue}") aria-hidden="true">
            {initial(&name)}
        </span>
    }
    .into_any()
}
