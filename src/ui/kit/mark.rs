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
    view! {
        <span
            class=format!("mark {class}").trim_end().to_owned()
            style=format!("--hue: {}", hue(&name))
            aria-hidden="true"
        >
            {initial(&name)}
        </span>
    }
}

/// The letter of a name's mark.
#[must_use]
pub fn initial(name: &str) -> String {
    name.chars().take(1).flat_map(char::to_uppercase).collect()
}
