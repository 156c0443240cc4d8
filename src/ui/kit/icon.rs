//! Icons: references into one sprite that the document carries.

use leptos::prelude::*;

/// A picture beside words. It says nothing by itself, so screen readers pass over it.
#[component]
pub fn Icon(
    /// Its name in the sprite.
    name: &'static str,
    /// Further classes, as `icon-s`.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    view! {
        <svg class=format!("icon {class}").trim_end().to_owned() aria-hidden="true">
            <use href=format!("#i-{name}")></use>
        </svg>
    }
    .into_any()
}

/// A picture in place of words: it has a name, for screen readers and on hover.
#[component]
pub fn NamedIcon(
    /// Its name in the sprite.
    name: &'static str,
    /// What it says.
    label: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon icon-s" role="img" aria-label=label>
            <title>{label}</title>
            <use href=format!("#i-{name}")></use>
        </svg>
    }
    .into_any()
}

/// Every icon, once in a document, outside what the client hydrates.
#[component]
pub fn Sprite() -> impl IntoView {
    view! {
        <svg width="0" height="0" hidden aria-hidden="true" inner_html=include_str!("sprite.svg")></svg>
    }
}
