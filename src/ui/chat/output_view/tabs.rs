//! The ways in which an answer is shown, as tabs: arrow keys go from one to the next.

use super::Output;
use crate::{browser::page::focus_element, model::ids::MessageId};
use leptos::{ev::KeyboardEvent, prelude::*};

/// A way to show an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    /// Values in values.
    Tree,
    /// Rows and columns.
    Table,
    /// The JSON itself.
    Raw,
}

impl Tab {
    const ALL: [Self; 3] = [Self::Tree, Self::Table, Self::Raw];

    fn label(self) -> &'static str {
        match self {
            Self::Tree => "Tree",
            Self::Table => "Table",
            Self::Raw => "Raw JSON",
        }
    }

    /// The id of the tab of an answer.
    pub(super) fn id(self, message: MessageId) -> String {
        format!("tab-{}-{message}", self.key())
    }

    /// The id of what the tab shows.
    pub(super) fn panel_id(self, message: MessageId) -> String {
        format!("output-{}-{message}", self.key())
    }

    fn key(self) -> &'static str {
        match self {
            Self::Tree => "tree",
            Self::Table => "table",
            Self::Raw => "raw",
        }
    }

    /// The tab that a key leads to.
    fn after(self, key: &str) -> Option<Self> {
        let here = Self::ALL.iter().position(|tab| *tab == self)?;
        let count = Self::ALL.len();
        Self::ALL
            .get(match key {
                "ArrowRight" => (here + 1) % count,
                "ArrowLeft" => (here + count - 1) % count,
                "Home" => 0,
                "End" => count - 1,
                _ => return None,
            })
            .copied()
    }
}

/// The tabs. Without a script there is the tree, and nothing to choose.
#[component]
pub(super) fn TabList(
    /// The answer.
    view: Output,
) -> impl IntoView {
    let on_key = move |event: KeyboardEvent| {
        if let Some(next) = view.tab.get_untracked().after(&event.key()) {
            event.prevent_default();
            view.tab.set(next);
            focus_element(&next.id(view.message));
        }
    };
    let tabs = Tab::ALL.into_iter().map(|tab| {
        let is_shown = move || view.tab.get() == tab;
        view! {
            <button
                type="button"
                class="tab"
                role="tab"
                id=tab.id(view.message)
                aria-selected=move || if is_shown() { "true" } else { "false" }
                aria-controls=move || is_shown().then(|| tab.panel_id(view.message))
                tabindex=move || if is_shown() { "0" } else { "-1" }
                on:click=move |_| view.tab.set(tab)
            >
                {tab.label()}
            </button>
        }
    });
    view! {
        <div class="tabs needs-script" role="tablist" aria-label="Show the answer as" on:keydown=on_key>
            {tabs.collect_view()}
        </div>
    }
    .into_any()
}
