//! What the parts of an open chat page share.

use super::{
    address::Address, attachments::draft_files::DraftFiles, call::state::VoiceCall,
    dictation::state::Dictation, keep_settings::SettingsKeeper,
};
use crate::{
    browser::follow::Follow,
    model::{
        chat::{Author, ChatTool, Message, RunState, RunView, Sent},
        file::Attachment,
        ids::{ConversationId, MessageId, RunId},
        settings::{ChatSettings, OutputFormat},
        transcript::Transcript,
    },
};
use leptos::prelude::*;

/// The open chat page. Its signals are set by effects only, so server and client render the same first page.
#[derive(Clone, Copy)]
pub struct ChatSession {
    /// What the page's address names.
    pub(super) address: Memo<Address>,
    /// The conversation on the page, once it is live.
    pub open: RwSignal<Option<OpenConversation>>,
    /// Who answers, once that is known.
    pub(super) shown: RwSignal<Option<Shown>>,
    /// The files on the message that is being written.
    pub files: Memo<DraftFiles>,
    /// What is being dictated into that message.
    pub dictation: Dictation,
    /// The voice call, if there is one.
    pub call: VoiceCall,
    /// Whether the page follows the end of the transcript.
    pub follow: Follow,
    /// A prompt that is to be sent as if it had been written.
    pub prompt: RwSignal<Option<String>>,
    /// Whether another answer is being asked for.
    pub is_asking: RwSignal<bool>,
    /// How the conversation asks; of a new one, how its first message will.
    pub settings: RwSignal<ChatSettings>,
    /// Keeps the settings of an open conversation on the server.
    pub keeper: SettingsKeeper,
    /// What is open beside the transcript.
    pub panel: RwSignal<Option<Panel>>,
    /// The sibling that somebody just went to, and what the button showed that they pressed.
    pub(super) switched: StoredValue<Option<(MessageId, &'static str)>>,
    /// Loads the page's data again.
    pub reload: Callback<()>,
}

/// Who answers at an address.
#[derive(Clone)]
pub(super) struct Shown {
    /// The address; the page may be on its way to another.
    pub(super) address: Address,
    /// Who answers there.
    pub(super) tool: ChatTool,
    /// How fast the assistant's answers are read, where it says so.
    pub(super) speed: Option<f32>,
}

/// What may be open beside the transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// System prompt, parameters and presets.
    Parameters,
    /// The shape of answers.
    Output,
}

impl Panel {
    /// Its heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Parameters => "How this chat asks",
            Self::Output => "Structured output",
        }
    }

    /// What it is remembered under, and the id of the button that opens it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Parameters => "panel-parameters",
            Self::Output => "panel-output",
        }
    }

    /// The panel of a key.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        [Self::Parameters, Self::Output]
            .into_iter()
            .find(|panel| panel.key() == key)
    }
}

/// A conversation that is on the page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OpenConversation {
    /// Which.
    pub id: ConversationId,
    /// Its open branch, oldest first.
    pub messages: RwSignal<Vec<Message>>,
    /// The shape that its next answer is asked for in.
    pub shape: Signal<Option<OutputFormat>>,
}

impl ChatSession {
    /// The run that is being answered on this page, if any.
    #[must_use]
    pub fn open_run(self) -> Option<RunId> {
        let open = self.open.get()?;
        open.messages.with(|messages| {
            let last = messages.last()?;
            last.run
                .as_ref()
                .filter(|run| !run.state.is_end())
                .map(|run| run.id)
        })
    }

    /// Who answers at the page's address, once that is known.
    #[must_use]
    pub fn tool(self) -> Option<ChatTool> {
        let shown = self.shown.get()?;
        (shown.address == self.address.get()).then_some(shown.tool)
    }

    /// How fast answers are read here, where the assistant says so.
    #[must_use]
    pub fn speed(self) -> Option<f32> {
        let shown = self.shown.get()?;
        shown.speed.filter(|_| shown.address == self.address.get())
    }

    /// The session of the page around a component.
    #[must_use]
    pub fn of_page() -> Self {
        expect_context()
    }
}

impl OpenConversation {
    /// Shows a message that was just sent, and the answer that is about to come.
    pub fn show_sent(self, sent: &Sent, text: String, attachments: Vec<Attachment>) {
        self.messages.update(|messages| {
            messages.push(Message {
                attachments,
                heard_ms: sent.heard_ms,
                ..Message::new(sent.user_message_id, Author::User, text)
            });
            messages.push(self.awaited(sent, vec![sent.message_id]));
        });
    }

    /// Shows another version of a sent message in its place, and the answer that is about to come.
    pub fn show_replaced(self, sent: &Sent, old: &Message, text: String) {
        self.messages.update(|messages| {
            let Some(place) = messages.iter().position(|message| message.id == old.id) else {
                return;
            };
            let mut siblings = old.siblings.clone();
            siblings.push(sent.user_message_id);
            messages.truncate(place);
            messages.push(Message {
                attachments: old.attachments.clone(),
                siblings,
                heard_ms: sent.heard_ms,
                ..Message::new(sent.user_message_id, Author::User, text)
            });
            messages.push(self.awaited(sent, vec![sent.message_id]));
        });
    }

    /// Shows that a question is being answered again, in place of its last answer.
    pub fn show_regenerated(self, sent: &Sent) {
        self.messages.update(|messages| {
            let question = messages
                .iter()
                .position(|message| message.id == sent.user_message_id);
            let Some(question) = question else { return };
            let mut siblings = messages
                .get(question + 1)
                .map(|message| message.siblings.clone())
                .unwrap_or_default();
            siblings.push(sent.message_id);
            messages.truncate(question + 1);
            messages.push(self.awaited(sent, siblings));
        });
    }

    /// The same for an answer that is to have the shape which the one before missed.
    pub fn show_repaired(self, sent: &Sent, shape: OutputFormat) {
        self.show_regenerated(sent);
        self.messages.update(|messages| {
            if let Some(message) = messages.iter_mut().find(|m| m.id == sent.message_id) {
                message.output = Some(shape);
            }
        });
    }

    /// Shows that an answer goes on.
    pub fn show_continued(self, sent: &Sent) {
        self.messages.update(|messages| {
            if let Some(message) = messages.iter_mut().find(|m| m.id == sent.message_id) {
                message.run = Some(new_run(sent.run_id));
            }
        });
    }

    fn awaited(self, sent: &Sent, siblings: Vec<MessageId>) -> Message {
        Message {
            run: Some(new_run(sent.run_id)),
            siblings,
            output: self.shape.get_untracked(),
            ..Message::new(sent.message_id, Author::Assistant, String::new())
        }
    }

    /// Keeps what an answer became, for everything on the page that is not its own view.
    pub fn keep(self, message: MessageId, became: &Transcript, run: RunView) {
        self.messages.update(|messages| {
            if let Some(kept) = messages.iter_mut().find(|kept| kept.id == message) {
                kept.text.clone_from(&became.text);
                kept.extras.clone_from(&became.extras);
                kept.run = Some(run);
            }
        });
    }
}

fn new_run(id: RunId) -> RunView {
    RunView {
        id,
        state: RunState::Queued { ahead: 0 },
        seq: 0,
        usage: None,
    }
}
