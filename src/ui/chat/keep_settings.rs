//! Keeps the settings of an open conversation on the server: whatever on the page changes them, they are stored at once, one
//! change after the other.

use crate::{
    api,
    model::{AppError, ids::ConversationId, settings::ChatSettings},
};
use futures::lock::Mutex;
use leptos::{
    prelude::*,
    task::{spawn_local, tick},
};
use std::sync::Arc;

/// What is known of the settings on the server.
#[derive(Clone, Copy)]
pub struct SettingsKeeper {
    /// Why the last change was not stored; it holds on the page all the same.
    pub problem: RwSignal<Option<AppError>>,
    /// The conversation on the page and what is stored for it.
    stored: StoredValue<Option<(ConversationId, ChatSettings)>>,
    /// Held while a change is on its way.
    storing: StoredValue<Arc<Mutex<()>>>,
    settings: RwSignal<ChatSettings>,
}

impl SettingsKeeper {
    /// Keeps what `settings` become, for as long as the component lives that this is called in.
    pub fn new(settings: RwSignal<ChatSettings>) -> Self {
        let keeper = Self {
            problem: RwSignal::new(None),
            stored: StoredValue::new(None),
            storing: StoredValue::new(Arc::default()),
            settings,
        };
        Effect::new(move || keeper.keep(&settings.get()));
        keeper
    }

    /// Shows what the server has for a conversation, unless it is about to have something newer.
    pub fn show(self, conversation: ConversationId, settings: ChatSettings) {
        let is_same = |stored: &Option<(ConversationId, ChatSettings)>| {
            stored.as_ref().is_some_and(|(id, _)| *id == conversation)
        };
        let is_storing = self.storing.get_value().try_lock().is_none();
        if is_storing && self.stored.with_value(is_same) {
            return;
        }
        self.problem.set(None);
        self.stored
            .set_value(Some((conversation, settings.clone())));
        self.settings.set(settings);
    }

    /// Shows what a new chat begins with: its settings stay on the page and go with the first message.
    pub fn begin(self, settings: ChatSettings) {
        self.problem.set(None);
        self.stored.set_value(None);
        self.settings.set(settings);
    }

    /// Asks again for what was not stored.
    pub fn retry(self) {
        self.keep(&self.settings.get_untracked());
    }

    /// Waits until every change so far is stored or refused, so that a message asks with them.
    pub async fn settled(self) {
        // What was just set is on its way from the next tick on.
        tick().await;
        if let Some(storing) = self.storing.try_get_value() {
            storing.lock().await;
        }
    }

    fn keep(self, settings: &ChatSettings) {
        let Some((conversation, stored)) = self.stored.get_value() else {
            return;
        };
        if stored == *settings {
            return;
        }
        let settings = settings.clone();
        let storing = self.storing.get_value();
        spawn_local(async move {
            let _in_turn = storing.lock().await;
            let outcome = api::chat::update_settings(conversation, settings.clone()).await;
            // Somebody may look at another conversation by now.
            let is_shown = |stored: &Option<(ConversationId, ChatSettings)>| {
                stored.as_ref().is_some_and(|(id, _)| *id == conversation)
            };
            if self.stored.try_with_value(is_shown) != Some(true) {
                return;
            }
            match outcome {
                Ok(()) => {
                    self.stored.set_value(Some((conversation, settings)));
                    let _ = self.problem.try_set(None);
                }
                Err(error) => {
                    let _ = self.problem.try_set(Some(error));
                }
            }
        });
    }
}
