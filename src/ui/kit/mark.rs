//! The letter mark: a name's first letter on a colour that comes from the name.

use crate::model::catalog::hue;
use leptos::prelude::*;

/// A name's mark. It stands beside the name, so screen readers pass over it.
#[component]
pub fn Mark(
    /// The name.
    #[prop(into)]
    name: String,
    /// `mark-s` in lists, `mark-l` over a page, or nothing.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let initial: String = name.chars().take(1).flat_map(char::to_uppercase).collect();
    view! {
        <span
            class=format!("mark {class}").trim_end().to_owned()
            style=format!("--hue: {}", hue(&name))
            aria-hidden="true"
        >
            {initial}
        </span>
    }
}
