//! Conversations and their messages, as pages and the run contract see them.

mod text;

pub use text::{
    MAX_MESSAGE_BYTES, MAX_TITLE_CHARS, parse_message_text, parse_text_beside_files, title_from,
};

use super::{
    AppError,
    assistant::ChatAssistant,
    catalog::{Capability, ModelFeatures},
    file::{Attach, Attachment},
    ids::{ConversationId, IdempotencyKey, MessageId, RunId, TranscriptionId},
    params::Parameters,
    settings::{ChatSettings, OutputFormat},
};
use serde::{Deserialize, Serialize};

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The person.
    User,
    /// The tool.
    Assistant,
}

/// Why an answer ended by itself, as providers tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// It was done.
    Stop,
    /// It reached its longest length; *Continue* goes on.
    Length,
    /// The provider's filter cut it.
    ContentFilter,
    /// The model declined; its words say why.
    Refusal,
    /// It asked for a tool to be called.
    ToolCalls,
    /// The provider said something else.
    Other,
}

/// What an answer took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read.
    pub input_tokens: u32,
    /// Tokens written, thoughts among them.
    pub output_tokens: u32,
    /// Tokens of thoughts.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reasoning_tokens: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// What an answer brings besides its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnswerExtras {
    /// A summary of what the model thought, as markdown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reasoning: String,
    /// Files that the model made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Attachment>,
    /// The answer whose shape this one is to put right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repairs: Option<MessageId>,
    /// The name of the tool that answered in place of the one that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<String>,
}

impl AnswerExtras {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Where a run stands. The last five are ends: each run has exactly one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum RunState {
    /// Waits for its turn; `ahead` others come first.
    Queued {
        /// How many come first.
        ahead: u32,
    },
    /// The provider was asked or is answering.
    Running,
    /// The provider failed before a word came; another try is under way.
    Retrying {
        /// Milliseconds until the next try.
        after_ms: u32,
        /// What happened, as a person hears it.
        reason: String,
    },
    /// The answer ended by itself.
    Finished {
        /// Why.
        reason: FinishReason,
    },
    /// The person stopped it.
    Stopped,
    /// It broke; the text until then is kept.
    Failed {
        /// What broke.
        error: AppError,
    },
    /// The server that drove it went away; the text until then is kept.
    Interrupted,
}

impl RunState {
    /// Whether nothing more comes.
    #[must_use]
    pub fn is_end(&self) -> bool {
        !matches!(
            self,
            Self::Queued { .. } | Self::Running | Self::Retrying { .. }
        )
    }

    /// Whether *Continue* makes sense: there was more to come.
    #[must_use]
    pub fn is_cut_short(&self) -> bool {
        matches!(
            self,
            Self::Stopped
                | Self::Failed { .. }
                | Self::Interrupted
                | Self::Finished {
                    reason: FinishReason::Length
                }
        )
    }
}

/// The run behind an assistant's message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunView {
    /// Identifier.
    pub id: RunId,
    /// Where it stands.
    pub state: RunState,
    /// The sequence number of the last event that the message's text holds; 0 when none.
    pub seq: u64,
    /// What it took, when the provider told.
    pub usage: Option<Usage>,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Identifier.
    pub id: MessageId,
    /// Who said it.
    pub author: Author,
    /// Its text, as markdown.
    pub text: String,
    /// The files on it, for a person's.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// What an answer brings besides its text.
    #[serde(default)]
    pub extras: AnswerExtras,
    /// The shape that an answer was asked for in.
    #[serde(default)]
    pub output: Option<OutputFormat>,
    /// The run that makes or made it, for an assistant's.
    pub run: Option<RunView>,
    /// The sibling ids of this message in order, itself among them; one where nothing was regenerated.
    pub siblings: Vec<MessageId>,
    /// Milliseconds of speech that it was made of, for a person's.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub heard_ms: u32,
    /// Characters that were made into sound for it, for an answer; what was kept from before does not count.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub spoken_chars: u32,
}

impl Message {
    /// A message of which nothing is known but who says what.
    #[must_use]
    pub fn new(id: MessageId, author: Author, text: String) -> Self {
        Self {
            id,
            author,
            text,
            attachments: Vec::new(),
            extras: AnswerExtras::default(),
            output: None,
            run: None,
            siblings: vec![id],
            heard_ms: 0,
            spoken_chars: 0,
        }
    }

    /// Whether its run may still add to it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.run.as_ref().is_some_and(|run| !run.state.is_end())
    }
}

/// A conversation as the sidebar lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationSummary {
    /// Identifier.
    pub id: ConversationId,
    /// Its title.
    pub title: String,
    /// Which day group it belongs to, reckoned by the server so that both sides print the same.
    pub day: DayGroup,
}

/// The sidebar's groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayGroup {
    /// Within 24 hours.
    Today,
    /// Within 48 hours.
    Yesterday,
    /// Within 7 days.
    Week,
    /// Within 30 days.
    Month,
    /// Before that.
    Older,
}

impl DayGroup {
    /// The group of something touched `age_ms` ago.
    #[must_use]
    pub fn of_age_ms(age_ms: i64) -> Self {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        match age_ms / DAY {
            ..=0 => Self::Today,
            1 => Self::Yesterday,
            2..7 => Self::Week,
            7..30 => Self::Month,
            _ => Self::Older,
        }
    }

    /// Its heading.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Today => "Last 24 hours",
            Self::Yesterday => "The day before",
            Self::Week => "Last 7 days",
            Self::Month => "Last 30 days",
            Self::Older => "Older",
        }
    }
}

/// The tool a conversation talks to, as the chat page needs it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatTool {
    /// The name in addresses.
    pub slug: String,
    /// The name people know.
    pub name: String,
    /// The model that answers.
    pub model: Option<String>,
    /// What to expect of it, kindly.
    pub expectations: Option<String>,
    /// Prompts to begin with.
    pub starters: Vec<String>,
    /// Why one cannot chat with it here, when one cannot.
    pub unavailable_because: Option<String>,
    /// What it can take or make.
    #[serde(default)]
    pub capabilities: Vec<Capability>,
    /// What its model takes.
    #[serde(default)]
    pub features: ModelFeatures,
    /// The parameters it starts with.
    #[serde(default)]
    pub parameters: Parameters,
    /// The instructions it starts with.
    #[serde(default)]
    pub system_prompt: Option<String>,
}

/// A conversation as its page opens it: the active branch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConversationPage {
    /// Identifier.
    pub id: ConversationId,
    /// Its title.
    pub title: String,
    /// Who answers.
    pub tool: ChatTool,
    /// The end of the active branch, oldest first.
    pub messages: Vec<Message>,
    /// Whether the branch has messages before these.
    #[serde(default)]
    pub has_earlier: bool,
    /// How it asks.
    #[serde(default)]
    pub settings: ChatSettings,
    /// The assistant it talks to.
    #[serde(default)]
    pub assistant: Option<ChatAssistant>,
}

/// Messages before those of a conversation that are known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EarlierMessages {
    /// Oldest first, at most [`MESSAGES_PER_PAGE`].
    pub messages: Vec<Message>,
    /// Whether there are others before these.
    pub has_earlier: bool,
}

/// A message on its way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SendRequest {
    /// Made up by the sender, once for each message.
    pub idempotency_key: IdempotencyKey,
    /// Where to; a new conversation where it is missing.
    pub conversation_id: Option<ConversationId>,
    /// Whom to ask in a new conversation; the default tool where it is missing.
    pub tool: Option<String>,
    /// The words; they may be missing where there are files.
    pub text: String,
    /// Files to put on it.
    #[serde(default)]
    pub attachments: Vec<Attach>,
    /// How the conversation asks from here on. Where it is missing: as before, or for a new one as the person's default says.
    #[serde(default)]
    pub settings: Option<ChatSettings>,
    /// The sent message that this one stands beside, as another version of it; at the end of the branch where it is missing.
    #[serde(default)]
    pub replaces: Option<MessageId>,
    /// What of it was spoken: the transcriptions that its words come from.
    #[serde(default)]
    pub transcriptions: Vec<TranscriptionId>,
}

/// What became of a send, a regeneration or a continuation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Where it is.
    pub conversation_id: ConversationId,
    /// The person's message that is answered.
    pub user_message_id: MessageId,
    /// The message that the run fills.
    pub message_id: MessageId,
    /// The run to follow.
    pub run_id: RunId,
    /// Milliseconds of speech that the person's message was made of.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub heard_ms: u32,
}

/// Messages of a conversation that are shown when it is opened, and that are loaded at a time before those.
pub const MESSAGES_PER_PAGE: u32 = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answers_that_had_more_to_say_can_be_continued() {
        let done = RunState::Finished {
            reason: FinishReason::Stop,
        };
        let cut = RunState::Finished {
            reason: FinishReason::Length,
        };
        assert!(!done.is_cut_short() && cut.is_cut_short() && RunState::Stopped.is_cut_short());
    }

    #[test]
    fn day_groups_follow_the_age() {
        assert_eq!(DayGroup::of_age_ms(-5), DayGroup::Today);
        assert_eq!(DayGroup::of_age_ms(90_000_000), DayGroup::Yesterday);
        assert_eq!(DayGroup::of_age_ms(i64::MAX), DayGroup::Older);
    }
}
