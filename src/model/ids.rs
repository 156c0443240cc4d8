//! Identifiers. Each is a UUID of its own type, so that a run cannot be taken for a message.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new identifier; version 7, so that identifiers sort by the time they were made.
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }
    };
}

id!(
    /// A person with an account.
    UserId
);
id!(
    /// A conversation: the thread that messages hang on.
    ConversationId
);
id!(
    /// One message of a conversation.
    MessageId
);
id!(
    /// One generation of an answer; event sequence numbers count within it.
    RunId
);
id!(
    /// What the sender of a message made up for it, so that a retried send is one send.
    IdempotencyKey
);
id!(
    /// A file that a person stored, or that a tool made for them.
    FileId
);
id!(
    /// Saved settings that may be applied to a conversation.
    PresetId
);
id!(
    /// A saved schema for structured output.
    SchemaId
);
id!(
    /// An assistant: instructions, a model and what it needs, under a name.
    AssistantId
);
id!(
    /// A personal token for the programming interface.
    TokenId
);
id!(
    /// One recording, or a piece of one, that was made into text.
    TranscriptionId
);
