//! What changes an assistant besides its editor: forms that work without a script.

use crate::{
    api::assistants::{
        DeleteAssistant, DuplicateAssistant, RestoreAssistant, SaveAssistant, ShareAssistant,
    },
    model::{AppError, AppResult, ids::AssistantId},
    ui::kit::{icon::Icon, notice::ErrorNotice, submit::SubmitButton},
};
use leptos::prelude::*;

/// The actions of an assistant's page.
#[derive(Clone, Copy)]
pub(super) struct Changes {
    /// Saves a new version.
    pub save: ServerAction<SaveAssistant>,
    /// Makes an earlier version the newest.
    pub restore: ServerAction<RestoreAssistant>,
    share: ServerAction<ShareAssistant>,
    duplicate: ServerAction<DuplicateAssistant>,
    delete: ServerAction<DeleteAssistant>,
}

impl Changes {
    /// Actions that nobody has used yet.
    pub(super) fn new() -> Self {
        Self {
            save: ServerAction::new(),
            restore: ServerAction::new(),
            share: ServerAction::new(),
            duplicate: ServerAction::new(),
            delete: ServerAction::new(),
        }
    }

    /// Changes whenever the assistant may have.
    pub(super) fn version(self) -> usize {
        self.save.version().get() + self.restore.version().get() + self.share.version().get()
    }

    /// Why the last change did not come about, where its form has no place for it.
    fn problem(self) -> Option<AppError> {
        let of = |value: Option<AppError>| value;
        of(self.share.value().get().and_then(AppResult::err))
            .or_else(|| self.restore.value().get().and_then(AppResult::err))
            .or_else(|| self.duplicate.value().get().and_then(AppResult::err))
            .or_else(|| self.delete.value().get().and_then(AppResult::err))
    }
}

/// Copies, shares and deletes.
#[component]
pub(super) fn AssistantActions(
    /// Which.
    id: AssistantId,
    /// Whether it is the reader's own.
    is_own: bool,
    /// Whether everybody here may use it.
    is_shared: bool,
    /// What changes it.
    changes: Changes,
) -> impl IntoView {
    let share_label = if is_shared {
        "Stop sharing"
    } else {
        "Share with everybody here"
    };
    let own = is_own.then(|| {
        view! {
            <ActionForm action=changes.share>
                <input type="hidden" name="id" value=id.to_string() />
                <input type="hidden" name="is_shared" value=(!is_shared).to_string() />
                <SubmitButton
                    label=share_label
                    pending_label="Saving…"
                    is_pending=changes.share.pending()
                    class=""
                />
            </ActionForm>
            <DeleteForm id changes />
        }
    });
    view! {
        <ActionForm action=changes.duplicate>
            <input type="hidden" name="id" value=id.to_string() />
            <SubmitButton
                label="Duplicate"
                pending_label="Copying…"
                is_pending=changes.duplicate.pending()
                class=""
            />
        </ActionForm>
        {own}
        {move || changes.problem().map(|error| view! { <ErrorNotice error /> })}
    }
    .into_any()
}

/// Deletes, after a second press.
#[component]
fn DeleteForm(
    /// Which.
    id: AssistantId,
    /// What changes it.
    changes: Changes,
) -> impl IntoView {
    view! {
        <details class="menu">
            <summary class="btn btn-danger">
                <Icon name="trash-2" class="icon-s" />
                "Delete"
            </summary>
            <div class="menu-list">
                <ActionForm action=changes.delete attr:class="menu-form">
                    <input type="hidden" name="id" value=id.to_string() />
                    <p class="small">"Conversations with it go on; new ones cannot begin."</p>
                    <SubmitButton
                        label="Delete it"
                        pending_label="Deleting…"
                        is_pending=changes.delete.pending()
                        class="btn-danger btn-wide"
                    />
                </ActionForm>
            </div>
        </details>
    }
    .into_any()
}
