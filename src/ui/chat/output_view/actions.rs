//! What can be done with an answer in a shape: copying it, and taking it along as a file.

use super::Output;
use crate::{
    browser::{clipboard, download::download},
    ui::kit::icon::Icon,
};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};

/// What spreadsheets know UTF-8 by.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The buttons.
#[component]
pub(super) fn OutputActions(
    /// The answer.
    view: Output,
    /// What its shape is called; files are named after it.
    name: StoredValue<String>,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let json = view.json();
        spawn_local(async move {
            if clipboard::copy(&json).await {
                let _ = copied.try_set(true);
                TimeoutFuture::new(clipboard::COPIED_MS).await;
                let _ = copied.try_set(false);
            }
        });
    };
    let take_json = move |_| {
        let name = format!("{}.json", name.get_value());
        download(&name, "application/json", &view.json());
    };
    let take_csv = move |_| {
        if let Some(table) = untrack(|| view.table()) {
            let name = format!("{}.csv", name.get_value());
            download(
                &name,
                "text/csv;charset=utf-8",
                &format!("{BYTE_ORDER_MARK}{}", table.csv()),
            );
        }
    };
    let has_table =
        Memo::new(move |_| view.with_tree(|tree| tree.root().is_some_and(|root| root.len > 0)));
    let icon = move || if copied.get() { "check" } else { "copy" };
    view! {
        <div class="output-actions needs-script">
            <button type="button" class="icon-btn" aria-label="Copy JSON" title="Copy JSON" on:click=copy>
                {move || view! { <Icon name=icon() /> }}
            </button>
            <button type="button" class="btn btn-quiet" aria-label="Download JSON" on:click=take_json>
                "JSON"
                <Icon name="download" class="icon-s" />
            </button>
            <button
                type="button"
                class="btn btn-quiet"
                aria-label="Download CSV"
                hidden=move || !has_table.get()
                on:click=take_csv
            >
                "CSV"
                <Icon name="download" class="icon-s" />
            </button>
        </div>
    }
    .into_any()
}
