//! A list without files teaches the next step.

use leptos::prelude::*;

/// Nothing is stored yet, or nothing is called like that.
#[component]
pub(super) fn EmptyList(
    /// What was looked for.
    q: String,
) -> impl IntoView {
    if q.is_empty() {
        return view! {
            <div class="empty">
                <h2>"Nothing here yet"</h2>
                <p>
                    "Store a picture, a PDF, a table or a piece of code once, and use it in as many chats as you like. Files that you attach in a chat are listed here as well."
                </p>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="empty">
            <h2>{format!("No file is called “{q}”")}</h2>
            <p>"Any part of a name will do, in small or capital letters."</p>
            <a class="btn" href="/files">
                "Show all files"
            </a>
        </div>
    }
    .into_any()
}
