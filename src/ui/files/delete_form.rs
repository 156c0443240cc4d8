//! The question before a file is deleted: a form that works without a script, and tells with one where the file is used.

use crate::{
    api::files::{DeleteFile, get_file_use},
    model::{file::FileUse, ids::FileId},
    ui::kit::{icon::Icon, submit::SubmitButton},
};
use leptos::{html, prelude::*, task::spawn_local};

/// Deletes the file, after a second press.
#[component]
pub(super) fn DeleteForm(
    /// Which.
    id: FileId,
    /// Its name.
    name: String,
    /// Whether a provider holds a copy.
    is_shared: bool,
    /// Deletes it.
    delete: ServerAction<DeleteFile>,
) -> impl IntoView {
    let menu = NodeRef::<html::Details>::new();
    let used = RwSignal::new(None);
    let on_toggle = move |_| {
        let is_open = menu.get_untracked().is_some_and(|menu| menu.open());
        if is_open && used.with_untracked(Option::is_none) {
            spawn_local(async move {
                // Not to know where it is used is no reason not to delete it.
                if let Ok(known) = get_file_use(id).await {
                    used.try_set(Some(known));
                }
            });
        }
    };
    let copy = is_shared.then(|| {
        view! { <p class="small">"The copy at the service that was sent it is deleted as well."</p> }
    });
    view! {
        <details node_ref=menu class="menu" name="file-menu" on:toggle=on_toggle>
            <summary class="icon-btn" aria-label=format!("Delete {name}") title="Delete">
                <Icon name="trash-2" class="icon-s" />
            </summary>
            <div class="menu-list">
                <ActionForm action=delete attr:class="menu-form">
                    <input type="hidden" name="id" value=id.to_string() />
                    <p class="small">"It is gone for good. Messages that it was sent with keep its name."</p>
                    <p class="small" aria-live="polite">
                        {move || used.get().map(|used| mentions(&used))}
                    </p>
                    {copy}
                    <SubmitButton
                        label="Delete it"
                        pending_label="Deleting…"
                        is_pending=delete.pending()
                        class="btn-danger btn-wide"
                    />
                </ActionForm>
            </div>
        </details>
    }
    .into_any()
}

/// Where it was sent, in words.
fn mentions(used: &FileUse) -> String {
    let named: Vec<_> = used
        .titles
        .iter()
        .map(|title| format!("“{title}”"))
        .collect();
    let named = named.join(", ");
    let shown = u32::try_from(used.titles.len()).unwrap_or(u32::MAX);
    match used.conversations {
        0 => "It is in none of your conversations.".to_owned(),
        all if all > shown => format!("It was sent in {all} conversations, among them {named}."),
        _ => format!("It was sent in {named}."),
    }
}
