//! Sending what is written.

use super::{Draft, place};
use crate::{
    api,
    browser::drafts,
    model::{
        AppError, AppResult, ErrorKind,
        chat::{SendRequest, Sent, parse_message_text},
        file::{Attach, Attachment, MAX_ATTACHMENTS},
        ids::{ConversationId, IdempotencyKey},
        settings::ChatSettings,
    },
    ui::chat::{
        attachments::draft_files::{DraftFiles, Readiness},
        call::state::Spoken,
        dictation::state::{Phase, Wish},
        insist::insist,
        session::{ChatSession, OpenConversation},
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::sync::Arc;

/// A message that was tried: what it said and held, and its key.
#[derive(Clone)]
pub(super) struct LastTry {
    key: IdempotencyKey,
    text: String,
    attachments: Vec<Attach>,
}

/// Where a message goes.
#[derive(Clone)]
struct Target {
    /// The conversation that the page's address names.
    conversation: Option<ConversationId>,
    /// The same, where the page shows it already.
    open: Option<OpenConversation>,
    /// Whom a new conversation asks.
    tool: Option<String>,
    /// How a new conversation asks, where the page knows that.
    settings: Option<ChatSettings>,
}

impl Target {
    /// The address decides, for what the page shows may be what was there before.
    fn of_page(session: ChatSession) -> Self {
        let address = session.address.get_untracked();
        let conversation = address.conversation_id();
        let shown = untrack(|| session.tool()).map(|tool| tool.slug);
        let settings = shown.is_some() && conversation.is_none();
        let open = session.open.get_untracked();
        Self {
            conversation,
            open: open.filter(|open| Some(open.id) == conversation),
            settings: settings.then(|| session.settings.get_untracked()),
            tool: shown.or(address.tool),
        }
    }

    /// A request for it, without what it says.
    fn request(&self) -> SendRequest {
        SendRequest {
            conversation_id: self.conversation,
            tool: self.tool.clone(),
            settings: self.settings.clone(),
            ..SendRequest::default()
        }
    }
}

/// A message on its way, and what to do when it has arrived.
struct Sending {
    draft: Draft,
    session: ChatSession,
    go: Callback<ConversationId>,
    target: Target,
    place: String,
    files: DraftFiles,
    attachments: Vec<Attachment>,
    request: SendRequest,
    /// Told what became of it, if it was spoken in a call: then it is not what is written.
    spoken: Option<SpokenDone>,
}

type SpokenDone = Arc<dyn Fn(AppResult<Sent>) + Send + Sync>;

/// Sends what is written, as soon as its files are stored. Where the conversation is on the page the message appears in it;
/// else the page goes there.
pub(super) fn derive_send(draft: Draft) -> Callback<()> {
    let session = ChatSession::of_page();
    let navigate = use_navigate();
    let go = Callback::new(move |id: ConversationId| {
        let options = NavigateOptions {
            replace: true,
            ..NavigateOptions::default()
        };
        navigate(&format!("/chat/{id}"), options);
    });
    let send = Callback::new(move |()| {
        let is_busy = draft.is_sending.get_untracked() || untrack(|| session.open_run()).is_some();
        if is_busy {
            return;
        }
        let files = session.files.get_untracked();
        draft.awaits.set(false);
        draft.problem.set(None);
        if session.dictation.phase.get_untracked() == Phase::Listening {
            session.dictation.wish(Wish::Stop);
        }
        if untrack(|| session.dictation.is_underway()) {
            // What is still being said belongs to it.
            draft.awaits.set(true);
            return;
        }
        if session.dictation.phase.get_untracked() == Phase::Stuck {
            let words = "Part of what you said is not text yet. Try that again, go on without it, or discard it.";
            draft
                .problem
                .set(Some(AppError::new(ErrorKind::Invalid, words)));
            return;
        }
        match check(&draft.text(), &files) {
            Ok(Readiness::Ready) if knows_whom(session) => {}
            Ok(_) => {
                draft.awaits.set(true);
                return;
            }
            Err(error) => {
                // Nothing written is no mistake worth a sentence.
                draft.problem.set(error);
                return;
            }
        }
        let target = Target::of_page(session);
        Sending::new(draft, session, go, target, files).start();
    });
    // What waits for its files goes when they are there; when one fails, that is told.
    Effect::new(move || {
        let is_ready = session.files.get().readiness() != Readiness::Underway
            && !session.dictation.is_underway()
            && knows_whom(session);
        if draft.awaits.get() && is_ready {
            untrack(|| send.run(()));
        }
    });
    send_spoken(draft, go);
    send
}

/// Sends what is said in a call, with the files that are there. What is written stays.
fn send_spoken(draft: Draft, go: Callback<ConversationId>) {
    let session = ChatSession::of_page();
    Effect::new(move || {
        if !knows_whom(session) {
            return;
        }
        if let Some(spoken) = session.call.spoken.get() {
            session.call.spoken.set(None);
            untrack(|| Sending::spoken(draft, session, go, spoken).start());
        }
    });
}

/// Whether it is known who is to answer. A tool is named by the address; of an assistant its version has to be loaded.
fn knows_whom(session: ChatSession) -> bool {
    session.address.with(|address| address.assistant.is_none()) || session.tool().is_some()
}

/// Whether the message can go, and if not for good, why.
fn check(text: &str, files: &DraftFiles) -> Result<Readiness, Option<AppError>> {
    untrack(|| {
        let refused = |words: String| Err(Some(AppError::new(ErrorKind::Invalid, words)));
        let is_blank = text.trim().is_empty();
        if files.is_empty() || !is_blank {
            parse_message_text(text).map_err(|error| (!is_blank).then_some(error))?;
        }
        if files.are_too_many() {
            return refused(format!(
                "At most {MAX_ATTACHMENTS} files go with one message. Take some off."
            ));
        }
        match files.readiness() {
            Readiness::Failed => refused(
                "Not all files are stored. Try those again that failed, or take them off."
                    .to_owned(),
            ),
            readiness => Ok(readiness),
        }
    })
}

impl Sending {
    fn new(
        draft: Draft,
        session: ChatSession,
        go: Callback<ConversationId>,
        target: Target,
        files: DraftFiles,
    ) -> Self {
        let text = draft.text();
        let (attachments, attaches) = (untrack(|| files.attachments()), files.attaches());
        let last = draft.last_try.get_value();
        let same = last.filter(|last| last.text == text && last.attachments == attaches);
        let key = same.map(|last| last.key).unwrap_or_default();
        draft.last_try.set_value(Some(LastTry {
            key,
            text: text.clone(),
            attachments: attaches.clone(),
        }));
        let request = SendRequest {
            idempotency_key: key,
            text,
            attachments: attaches,
            transcriptions: drafts::load_heard(&place(session)),
            ..target.request()
        };
        Self {
            draft,
            session,
            go,
            target,
            place: place(session),
            files,
            attachments,
            request,
            spoken: None,
        }
    }

    fn spoken(
        draft: Draft,
        session: ChatSession,
        go: Callback<ConversationId>,
        spoken: Spoken,
    ) -> Self {
        let target = Target::of_page(session);
        let files = session.files.get_untracked();
        let are_ready = check(&spoken.text, &files) == Ok(Readiness::Ready);
        let (attachments, attaches) = match are_ready {
            true => (files.attachments(), files.attaches()),
            false => (Vec::new(), Vec::new()),
        };
        let request = SendRequest {
            idempotency_key: spoken.key,
            text: spoken.text,
            attachments: attaches,
            transcriptions: spoken.heard,
            ..target.request()
        };
        Self {
            draft,
            session,
            go,
            target,
            place: place(session),
            files,
            attachments,
            request,
            spoken: Some(spoken.done),
        }
    }

    fn start(self) {
        let draft = self.draft;
        draft.is_sending.set(true);
        spawn_local(async move {
            self.session.keeper.settled().await;
            let ask = || api::chat::send_message(self.request.clone());
            let outcome = insist(ask, move |_| {
                let _ = draft.is_waiting.try_set(true);
            })
            .await;
            let _ = draft.is_waiting.try_set(false);
            self.end(outcome);
        });
    }

    fn end(self, outcome: AppResult<Sent>) {
        let draft = self.draft;
        // Whoever has left the page is not brought back to it.
        let has_left = draft.is_sending.try_set(false).is_some();
        let sent = match outcome {
            Ok(sent) => sent,
            Err(error) => {
                match self.spoken {
                    Some(done) => done(Err(error)),
                    None => drop(draft.problem.try_set(Some(error))),
                }
                return;
            }
        };
        let is_written = self.spoken.is_none();
        if is_written {
            drafts::save(&self.place, "");
            drafts::save_heard(&self.place, &[]);
        }
        self.files.sent(&self.request.attachments);
        if has_left {
            return;
        }
        // Who looks at another conversation by now writes there, and is left in peace.
        if place(self.session) != self.place {
            return;
        }
        if is_written {
            draft.last_try.set_value(None);
            clear(draft, &self.request.text);
        }
        if let Some(done) = self.spoken {
            done(Ok(sent.clone()));
        }
        match (self.target.open, self.target.conversation) {
            (Some(open), _) => {
                open.show_sent(&sent, self.request.text, self.attachments);
                self.session.follow.resume();
            }
            // It was sent before the page had come; what is on its way may not hold it.
            (None, Some(_)) => self.session.reload.run(()),
            (None, None) => self.go.run(sent.conversation_id),
        }
    }
}

/// Empties the field, unless somebody has gone on writing meanwhile.
fn clear(draft: Draft, sent: &str) {
    if let Some(field) = draft.field.get_untracked() {
        if field.value() == sent {
            field.set_value("");
        }
        let _ = field.focus();
    }
}
