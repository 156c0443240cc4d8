//! The engine: one way to ask a question until it is answered, as a stream of what happens. Runs and the programming
//! interface both consume it; nothing else asks a provider for words.
//!
//! Retries with back-off, the breaker of a service that is down, the tool that answers in its place, files and threads that
//! a provider lost: all of it is in here, so that those who consume it only tell or pass on.

mod asking;
mod backoff;
mod breaker;
mod prepare;

use crate::{
    model::ids::UserId,
    server::{
        catalog::Catalog,
        config::BreakerConfig,
        db::tools::ToolRecord,
        files::Files,
        providers::{ChatEvent, ChatRequest, ProviderError, Providers},
    },
};
use asking::Asking;
use breaker::Breakers;
use futures::{StreamExt, stream::BoxStream};
use std::time::Duration;

/// Asks providers until they answer.
#[derive(Clone)]
pub struct Engine {
    providers: Providers,
    catalog: Catalog,
    files: Files,
    breakers: Breakers,
}

/// Something to be asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// Who asks; files on messages are theirs.
    pub user: UserId,
    /// Who is asked.
    pub tool: ToolRecord,
    /// What. Its `parameters` are those that were set for this question: the tool's own stand under them, and what the model
    /// does not take is left out. The same goes for instructions: without a message of [`Role::System`] the tool's own are
    /// used. `model` and `features` are always the tool's.
    ///
    /// [`Role::System`]: crate::server::providers::Role::System
    pub request: ChatRequest,
}

/// What happens while a question is asked until it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The provider says something; `ChatEvent::Finished` is the last step there is.
    Event(ChatEvent),
    /// The provider failed before a word came; it is asked again after this time.
    Retrying {
        /// From now.
        after: Duration,
        /// What happened, as a person hears it.
        reason: String,
    },
    /// From here on another tool answers, because the one that was asked is down. No word came before; at most once.
    AnsweredBy {
        /// The name in addresses of who answers.
        slug: String,
        /// The name that people know.
        name: String,
    },
}

/// The steps of one question: an error is the last, and so is the provider's `Finished`. Dropping it cancels the question,
/// upstream too.
pub type Steps = BoxStream<'static, Result<Step, ProviderError>>;

impl Engine {
    /// An engine over the providers that are configured.
    #[must_use]
    pub fn new(
        providers: Providers,
        catalog: Catalog,
        files: Files,
        breaker: BreakerConfig,
    ) -> Self {
        Self {
            providers,
            catalog,
            files,
            breakers: Breakers::new(breaker),
        }
    }

    /// Asks a question until it is answered or given up. Nothing happens before the stream is polled.
    #[must_use]
    pub fn ask(&self, question: Question) -> Steps {
        Asking::new(self.clone(), question).steps().boxed()
    }

    /// The files that questions are asked with.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Who can answer.
    #[must_use]
    pub fn providers(&self) -> &Providers {
        &self.providers
    }
}
