//! Who can answer: a trait for each capability, one file a provider, and the registry of those that are configured.
//!
//! Wire formats of other services stay in here; no database and no HTTP of ours.

mod error;
pub mod local;
pub mod openai;
mod registry;

pub use error::{ProviderError, ProviderErrorKind};
pub use registry::{DiscoveredModels, Providers};

use crate::model::{
    chat::{FinishReason, Usage},
    ids::RunId,
    params::Parameters,
};
use async_trait::async_trait;
use futures::stream::BoxStream;

/// A question to a model: the conversation so far.
#[derive(Clone, Debug)]
pub struct ChatRequest {
    /// The model's id at its provider.
    pub model: String,
    /// Oldest first; the last is the person's, or an assistant's partial text when `continue_last` is set.
    pub messages: Vec<ChatMessage>,
    /// How to answer.
    pub parameters: Parameters,
    /// Go on from the last message's text instead of answering it.
    pub continue_last: bool,
    /// For logs.
    pub run_id: RunId,
}

/// One message of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatMessage {
    /// Who says it.
    pub role: Role,
    /// What.
    pub text: String,
}

/// Who says a message of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The instructions.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

impl Role {
    /// The name that every chat format uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// What comes of a question, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatEvent {
    /// It waits; `ahead` others come first.
    Queued {
        /// How many come first.
        ahead: u32,
    },
    /// It is being answered.
    Started,
    /// Text to append.
    Text(String),
    /// The end.
    Finished {
        /// Why.
        reason: FinishReason,
        /// What it took, when the provider tells.
        usage: Option<Usage>,
    },
}

/// The events of one answer. Dropping it cancels the answer, upstream too.
pub type ChatStream = BoxStream<'static, Result<ChatEvent, ProviderError>>;

/// Whoever answers in text.
#[async_trait]
pub trait ChatProvider: Send + Sync {
    /// Asks, and streams the answer.
    ///
    /// # Errors
    /// When the question is refused before a word comes.
    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ProviderError>;
}
