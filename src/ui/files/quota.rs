//! How much room is left.

use crate::ui::kit::number::file_size;
use leptos::prelude::*;

/// From this part of the room on it is told as a warning, in percent.
const NEARLY_FULL: u64 = 90;

/// What all files take, of what they may.
#[component]
pub(super) fn Quota(
    /// What they take.
    used_bytes: u64,
    /// What they may take.
    quota_bytes: u64,
) -> impl IntoView {
    let percent = used_bytes.saturating_mul(100) / quota_bytes.max(1);
    let words = format!(
        "{} of {} used",
        file_size(used_bytes),
        file_size(quota_bytes)
    );
    let class = if percent >= NEARLY_FULL {
        "quota quota-full"
    } else {
        "quota"
    };
    view! {
        <div class=class>
            <label class="small quiet num" for="quota">
                {words}
            </label>
            <progress id="quota" max="100" value=percent.min(100).to_string()></progress>
        </div>
    }
    .into_any()
}
