//! Who can answer: a trait for each capability, one file a provider, and the registry of those that are configured.
//!
//! Wire formats of other services stay in here; no database and no HTTP of ours.

mod error;
pub mod files;
pub mod images;
pub mod local;
pub mod on_demand;
pub mod openai;
mod registry;
mod shaped;
pub mod speech;
pub mod transcription;

pub use error::{ProviderError, ProviderErrorKind};
pub use registry::{DiscoveredModels, Providers};

use crate::model::{
    catalog::ModelFeatures,
    chat::{FinishReason, Usage},
    file::{Attachment, ImageDetail},
    ids::RunId,
    params::Parameters,
    settings::OutputFormat,
};
use async_trait::async_trait;
use futures::stream::BoxStream;
use serde_json::Value;
use tokio_util::bytes::Bytes;

/// A question to a model: the conversation so far.
#[derive(Clone, Debug)]
pub struct ChatRequest {
    /// The model's id at its provider.
    pub model: String,
    /// What the model takes.
    pub features: ModelFeatures,
    /// Oldest first; the last is the person's, or an assistant's partial text when `continue_last` is set.
    pub messages: Vec<ChatMessage>,
    /// How to answer; only what the model takes.
    pub parameters: Parameters,
    /// The shape that the answer must have.
    pub output: Option<OutputFormat>,
    /// Functions that the model may ask to be called; only for callers that call them.
    pub tools: Option<ToolUse>,
    /// The provider's own conversation, where it is to keep one.
    pub thread: Option<Thread>,
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
    /// What, in order.
    pub parts: Vec<ChatPart>,
    /// Functions that it asked to be called, for the model's.
    pub tool_calls: Vec<ToolCall>,
    /// The call that it answers, for a function's result.
    pub tool_call_id: Option<String>,
}

impl ChatMessage {
    /// A message of mere text.
    #[must_use]
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Self {
            role,
            parts: vec![ChatPart::Text(text.into())],
            tool_calls: Vec::new(),
            tool_call_id: None,
        }
    }

    /// All its words; what is no text is left out.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = String::new();
        for part in &self.parts {
            if let ChatPart::Text(text) = part {
                if !words.is_empty() {
                    words.push_str("\n\n");
                }
                words.push_str(text);
            }
        }
        words
    }
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatPart {
    /// Words.
    Text(String),
    /// A stored file, before it is made what the provider takes. No provider is ever asked with one.
    Attachment(Box<Attachment>),
    /// A picture.
    Image {
        /// Where its bytes are.
        source: Source,
        /// How closely to look.
        detail: ImageDetail,
    },
    /// A document.
    File {
        /// Where its bytes are.
        source: Source,
        /// What it is called.
        name: String,
    },
    /// A recording, for models that hear.
    Audio {
        /// What its bytes are.
        media_type: String,
        /// They.
        bytes: Bytes,
        /// What it is called.
        name: String,
    },
}

/// Where a part's bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Here.
    Inline {
        /// What they are.
        media_type: String,
        /// They.
        bytes: Bytes,
    },
    /// With the provider, under its own id.
    Remote(String),
    /// At an address that the provider fetches.
    Url(String),
}

/// Functions that a model may ask to be called, as the caller wrote them.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolUse {
    /// A list of function definitions in the form of chat completions.
    pub definitions: Value,
    /// Which of them, in the form of chat completions; as the model likes where it is missing.
    pub choice: Option<Value>,
    /// Whether it may ask for several at once.
    pub parallel: Option<bool>,
}

/// A call that a model asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCall {
    /// The provider's name of the call.
    pub id: String,
    /// The function.
    pub name: String,
    /// Its arguments as JSON text.
    pub arguments: String,
}

/// The provider's own copy of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// Its id there; one is made where it is missing.
    pub id: Option<String>,
    /// How many of the request's messages it holds already, from the first on. Instructions ([`Role::System`]) are not
    /// counted: they are no part of it, they go along with every question.
    pub holds: usize,
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
    /// A function that the model asked to be called.
    Tool,
}

impl Role {
    /// The name that every chat format uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
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
    /// A summary of thoughts to append.
    Reasoning(String),
    /// A piece of a call that the model asks for.
    ToolCall(ToolCallDelta),
    /// A file that the model made.
    File(GeneratedFile),
    /// The provider's own conversation: it holds the question, and when the answer has ended, that too. Comes once, right
    /// after [`ChatEvent::Started`], where [`ChatRequest::thread`] asked for one and the provider keeps it.
    Thread {
        /// Its id there.
        id: String,
    },
    /// The end.
    Finished {
        /// Why.
        reason: FinishReason,
        /// What it took, when the provider tells.
        usage: Option<Usage>,
    },
}

/// A piece of a call that a model asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCallDelta {
    /// Which call, from 0.
    pub index: u32,
    /// The provider's name of it, with its first piece.
    pub id: Option<String>,
    /// The function, with its first piece.
    pub name: Option<String>,
    /// Arguments to append.
    pub arguments: String,
}

/// A file that a model made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedFile {
    /// What it is called.
    pub name: String,
    /// What the provider says it is; its bytes are looked at again.
    pub media_type: String,
    /// It.
    pub bytes: Bytes,
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
