//! The person's conversations, as the sidebar lists them and the chat keeps them fresh.

use crate::{
    api::chat::{DeleteConversation, RenameConversation, list_conversations},
    model::chat::ConversationSummary,
    ui::{
        load::{Loaded, load},
        session::use_session_actions,
    },
};
use leptos::prelude::*;

/// The list and what changes it.
#[derive(Clone, Copy)]
pub struct Conversations {
    /// The latest first; empty when nobody is logged in.
    pub list: Loaded<Vec<ConversationSummary>>,
    /// Gives one another title.
    pub rename: ServerAction<RenameConversation>,
    /// Deletes one.
    pub delete: ServerAction<DeleteConversation>,
}

impl Conversations {
    /// Fetches the list again.
    pub fn refresh(&self) {
        self.list.refetch();
    }
}

/// Makes the list known to everything below. Needs the session.
pub fn provide_conversations() {
    let session = use_session_actions();
    let rename = ServerAction::<RenameConversation>::new();
    let delete = ServerAction::<DeleteConversation>::new();
    let version = move || {
        (
            session.version.get(),
            rename.version().get(),
            delete.version().get(),
        )
    };
    let list = load(version, move |_| async move {
        match session.user.await? {
            Some(_) => list_conversations().await,
            None => Ok(Vec::new()),
        }
    });
    provide_context(Conversations {
        list,
        rename,
        delete,
    });
}

/// The person's conversations.
#[must_use]
pub fn use_conversations() -> Conversations {
    expect_context()
}
