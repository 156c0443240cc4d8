//! Conversations: the provider's own copy of one of ours.

use super::{
    OpenaiClient,
    failure::Failure,
    gone::{thread_gone, told_apart},
    lacking::Part,
    responses::Item,
};
use crate::server::providers::{ChatMessage, ChatRequest, ProviderError, ProviderErrorKind, Role};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most items that are taken at a time.
const MAX_ITEMS: usize = 20;

/// The provider's own conversation, as it is used for one question.
pub(super) struct Held {
    /// Its id there.
    pub(super) id: String,
    /// How many of the request's messages it holds, instructions not counted.
    pub(super) holds: usize,
    /// Whether it was made for this question.
    pub(super) is_new: bool,
}

#[derive(Serialize)]
struct Items<'a> {
    items: &'a [Item<'a>],
}

#[derive(Deserialize)]
struct Created {
    id: String,
}

impl OpenaiClient {
    /// The provider's conversation that a question is asked in: the one it names, or a new one that holds all but its last
    /// message. `None` where none is wanted or to be had; then all messages are sent.
    pub(super) async fn hold(&self, request: &ChatRequest) -> Result<Option<Held>, Failure> {
        let Some(thread) = &request.thread else {
            return Ok(None);
        };
        if let Some(id) = &thread.id {
            self.make_sure_of(id).await?;
            return Ok(Some(Held {
                id: id.clone(),
                holds: thread.holds,
                is_new: false,
            }));
        }
        if self.lacking.has(Part::Conversations) {
            return Ok(None);
        }
        match self.create_conversation(request).await {
            Ok(held) => {
                self.lacking.note_conversations();
                Ok(Some(held))
            }
            Err(failure) => self.without_conversation(failure, request),
        }
    }

    /// A server that keeps no conversations may answer without a word about the one that it was asked in, and without having
    /// read it: the address was another when it was made. So the first one is looked for.
    async fn make_sure_of(&self, id: &str) -> Result<(), Failure> {
        if self.lacking.has_shown_conversations() {
            return Ok(());
        }
        if self.lacking.has(Part::Conversations) {
            return Err(thread_gone(id).into());
        }
        let found: Result<Created, _> = self
            .transport
            .api("")
            .conversations()
            .retrieve_byot(id)
            .await;
        let failure = match found.map_err(|error| self.failure(error)) {
            Ok(_) => {
                self.lacking.note_conversations();
                return Ok(());
            }
            Err(failure) => failure,
        };
        if failure.is_no_such_endpoint() {
            self.lacking.note(Part::Conversations);
            return Err(thread_gone(id).into());
        }
        let error = ProviderError::from(failure);
        Err(if error.is_transient() {
            error
        } else {
            thread_gone(id)
        }
        .into())
    }

    /// A conversation there is a convenience: where it is not to be had, all messages are sent.
    fn without_conversation(
        &self,
        failure: Failure,
        request: &ChatRequest,
    ) -> Result<Option<Held>, Failure> {
        use ProviderErrorKind as Kind;
        if failure.is_no_such_endpoint() {
            self.lacking.note(Part::Conversations);
            return Ok(None);
        }
        let failure = told_apart(failure, request, None);
        let error = ProviderError::from(failure.clone());
        match error.kind {
            Kind::Protocol => {
                self.lacking.note(Part::Conversations);
                Ok(None)
            }
            Kind::BadRequest | Kind::NotFound | Kind::Unsupported => {
                tracing::warn!(%error, "the service makes no conversation; all messages are sent instead");
                Ok(None)
            }
            _ => Err(failure),
        }
    }

    async fn create_conversation(&self, request: &ChatRequest) -> Result<Held, Failure> {
        let messages: Vec<&ChatMessage> = request
            .messages
            .iter()
            .skip_while(|message| message.role == Role::System)
            .collect();
        // To go on is asked for in words, so then even the last message is an earlier one.
        let holds = messages.len() - usize::from(!request.continue_last && !messages.is_empty());
        let mut items = Vec::new();
        for message in &messages[..holds] {
            items.extend(Item::of(message, &request.features)?);
        }
        let mut batches = items.chunks(MAX_ITEMS);
        let api = self.transport.api(&request.model);
        let first = Items {
            items: batches.next().unwrap_or_default(),
        };
        let Created { id } = api
            .conversations()
            .create_byot(first)
            .await
            .map_err(|error| self.failure(error))?;
        for items in batches {
            let added: Result<Value, _> = api
                .conversations()
                .items(&id)
                .create_byot(Items { items })
                .await;
            if let Err(error) = added {
                self.forget(id);
                return Err(self.failure(error));
            }
        }
        Ok(Held {
            id,
            holds,
            is_new: true,
        })
    }

    /// Deletes a conversation that is of no use, in the background: nobody waits for it, and nothing hangs on it.
    pub(super) fn forget(&self, id: String) {
        let api = self.transport.api("");
        tokio::spawn(async move {
            let deleted: Result<Value, _> = api.conversations().delete_byot(&id).await;
            if deleted.is_err() {
                tracing::info!(
                    "a conversation at the service that is of no use could not be deleted"
                );
            }
        });
    }
}
