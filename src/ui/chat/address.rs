//! What the address of a chat page names. It is known before anything is loaded.

use crate::{
    model::ids::{AssistantId, ConversationId, FileId},
    ui::kit::address::{escape, with_query},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use uuid::Uuid;

/// What the page's address names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// The conversation, as it stands there.
    pub(super) conversation: Option<String>,
    /// Whom a new chat is to ask.
    pub(super) tool: Option<String>,
    /// The assistant that a new chat is with, as it stands there.
    pub(super) assistant: Option<String>,
    /// How many messages of the conversation are shown, if that is not left to the server: so a page without a script shows
    /// earlier ones.
    pub(super) shown: Option<u32>,
}

impl Address {
    /// The address of the page around a component.
    pub(super) fn of_page() -> Memo<Self> {
        let (params, query) = (use_params_map(), use_query_map());
        Memo::new(move |_| Self {
            conversation: params.with(|params| params.get("id")),
            tool: query.with(|query| query.get("tool")),
            assistant: query.with(|query| query.get("assistant")),
            shown: query.with(|query| query.get("shown")?.parse().ok()),
        })
    }

    /// The conversation; one that nobody has, where what stands there is no id: the page's status comes with the server's
    /// answer.
    pub(super) fn conversation_id(&self) -> Option<ConversationId> {
        let id = self.conversation.as_deref()?;
        Some(id.parse().unwrap_or(ConversationId(Uuid::nil())))
    }

    /// The assistant; one that nobody has, where what stands there is no id.
    pub(super) fn assistant_id(&self) -> Option<AssistantId> {
        let id = self.assistant.as_deref()?;
        Some(id.parse().unwrap_or(AssistantId(Uuid::nil())))
    }

    /// The address itself, without what it says of the first message alone.
    pub(super) fn path(&self) -> String {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        match &self.conversation {
            Some(id) => format!("/chat/{}", escape(id)),
            None => {
                let (tool, assistant) = (part(&self.tool), part(&self.assistant));
                with_query("/chat", &[("tool", &tool), ("assistant", &assistant)])
            }
        }
    }

    /// The name that a draft is kept under: its conversation, or `new`.
    pub(super) fn place(&self) -> String {
        self.conversation_id()
            .map_or_else(|| "new".to_owned(), |id| id.to_string())
    }
}

/// The files that the address puts on the message: `?file=`, once or more.
pub(super) fn files_of_page() -> Memo<Vec<FileId>> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| {
            let named = query.get_all("file").unwrap_or_default();
            named.iter().filter_map(|id| id.parse().ok()).collect()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_kept_under_the_conversation_that_the_address_names() {
        let of = |conversation: Option<&str>| {
            let address = Address {
                conversation: conversation.map(str::to_owned),
                ..Address::default()
            };
            address.place()
        };
        let id = ConversationId::new().to_string();
        assert_eq!(of(Some(&id)), id);
        assert_eq!(of(None), "new");
        assert_eq!(of(Some("nonsense")), Uuid::nil().to_string());
    }
}
