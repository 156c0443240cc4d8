//! Sentences with names of code in them.

use leptos::prelude::*;

/// A sentence; what stands between backticks in it is code.
#[must_use]
pub fn sentence(text: &str) -> AnyView {
    text.split('`')
        .enumerate()
        .map(|(index, part)| {
            let part = part.to_owned();
            match index % 2 {
                0 => part.into_any(),
                _ => view! { <code>{part}</code> }.into_any(),
            }
        })
        .collect_view()
        .into_any()
}
