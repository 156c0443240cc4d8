//! The versions of an assistant: what was saved when, and the way back.

use super::assistant_forms::Changes;
use crate::{
    model::{assistant::VersionView, ids::AssistantId},
    ui::kit::{day::day_label, submit::SubmitButton},
};
use leptos::prelude::*;

/// Every version, the newest first. Looking at an earlier one, it can be made the newest again.
#[component]
pub(super) fn VersionBlock(
    /// Which assistant.
    id: AssistantId,
    /// The newest first.
    versions: Vec<VersionView>,
    /// The one on the page.
    shown: u32,
    /// The newest.
    latest: u32,
    /// What changes it.
    changes: Changes,
) -> impl IntoView {
    let rows = versions
        .into_iter()
        .map(|version| view! { <VersionRow id version shown latest changes /> })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="versions-heading">
            <h2 id="versions-heading">"Versions"</h2>
            <p class="quiet small">
                "Each save makes one. Conversations stay with the version they began with. Times are UTC."
            </p>
            <ol class="versions">{rows}</ol>
        </section>
    }
    .into_any()
}

#[component]
fn VersionRow(
    /// Which assistant.
    id: AssistantId,
    /// The version.
    version: VersionView,
    /// The one on the page.
    shown: u32,
    /// The newest.
    latest: u32,
    /// What changes it.
    changes: Changes,
) -> impl IntoView {
    let number = version.version;
    let (day, time) = version
        .saved_at
        .split_once(' ')
        .unwrap_or((&version.saved_at, ""));
    let saved_at = format!("{}, {time}", day_label(day));
    let href = if number == latest {
        format!("/assistants/{id}")
    } else {
        format!("/assistants/{id}?version={number}")
    };
    let restore = (number != latest && number == shown).then(|| {
        view! {
            <ActionForm action=changes.restore>
                <input type="hidden" name="id" value=id.to_string() />
                <input type="hidden" name="version" value=number.to_string() />
                <SubmitButton
                    label="Restore this version"
                    pending_label="Restoring…"
                    is_pending=changes.restore.pending()
                    class=""
                />
            </ActionForm>
        }
    });
    view! {
        <li>
            <a href=href aria-current=(number == shown).then_some("true")>
                {format!("Version {number}")}
            </a>
            <span class="quiet num">{saved_at}</span>
            {(number == latest).then(|| view! { <span class="badge">"Newest"</span> })}
            {restore}
        </li>
    }
    .into_any()
}
