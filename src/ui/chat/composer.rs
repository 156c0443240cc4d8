//! Where a message is written. What is written survives everything: a failed send, a reload, another conversation.

mod answerer;
mod send;
mod send_button;
mod status;

use super::{
    address::{Address, files_of_page},
    attachments::{row::AttachmentRow, stored_fields::StoredFields},
    call::place::CallPlace,
    chat_page::ChatContent,
    composer_tools::ComposerTools,
    dictation::{button::RecordButton, row::DictationRow},
    refused::Refused,
    session::ChatSession,
};
use crate::{
    browser::drafts,
    model::{AppError, ids::FileId},
    ui::{
        kit::{field_text::field_text, notice::ErrorNotice},
        load::Loaded,
        reading::dock::ComposerReadingDock,
    },
};
use answerer::ComposerTool;
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
};
use leptos_router::hooks::use_query_map;
use send::{LastTry, derive_send};
use send_button::SendOrStop;
use status::{JumpButton, Waiting};

/// What the composer knows.
#[derive(Clone, Copy)]
struct Draft {
    field: NodeRef<html::Textarea>,
    /// The message that was tried last, and under which key: the same message again is the same send.
    last_try: StoredValue<Option<LastTry>>,
    is_sending: RwSignal<bool>,
    /// Whether the server did not take it yet and is asked again.
    is_waiting: RwSignal<bool>,
    /// Whether it goes as soon as everything that it needs is there: its files, and the assistant that it is for.
    awaits: RwSignal<bool>,
    problem: RwSignal<Option<AppError>>,
}

impl Draft {
    fn text(self) -> String {
        self.field
            .get_untracked()
            .map(|field| field.value())
            .unwrap_or_default()
    }
}

/// The field, the files, what can be done with them, and what to know of who answers.
#[component]
pub(super) fn Composer(
    /// What the page shows.
    content: Loaded<ChatContent>,
) -> impl IntoView {
    let session = ChatSession::of_page();
    let Begun {
        draft,
        text,
        kept,
        stored,
    } = begin();
    keep_draft(draft, kept);
    let send = derive_send(draft);
    send_prompts(draft, send);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        send.run(());
    };
    let on_key = move |event: KeyboardEvent| {
        let is_enter = event.key() == "Enter" && !event.shift_key() && !event.is_composing();
        if is_enter {
            event.prevent_default();
            send.run(());
        }
    };
    let on_input = move |_| {
        let (place, text) = (place(session), draft.text());
        drafts::save(&place, &text);
        if text.is_empty() {
            drafts::save_heard(&place, &[]);
        }
    };
    // Back to the page that it stands on, so that what is not taken is there again.
    let action = move || session.address.with(Address::path);
    view! {
        <div class="dock" class:dock-call=session.call.is_on node_ref=dock_of(session)>
            <ComposerReadingDock />
            <CallPlace field=draft.field />
            <JumpButton />
            {move || draft.problem.get().map(|error| view! { <ErrorNotice error /> })}
            <Waiting draft />
            <form class="composer" method="post" action=action enctype="multipart/form-data" on:submit=submit>
                <AttachmentRow files=session.files tool=Signal::derive(move || session.tool()) />
                <StoredFields ids=stored />
                <label class="sr-only" for="message">
                    "Message"
                </label>
                <div class="composer-body">
                    <textarea
                        id="message"
                        name="text"
                        rows="1"
                        placeholder="Write a message"
                        node_ref=draft.field
                        on:keydown=on_key
                        on:input=on_input
                    >
                        {text.map(field_text)}
                    </textarea>
                    <DictationRow field=draft.field />
                    <div class="composer-bar">
                        <ComposerTools />
                        <Transition>
                            {move || Suspend::new(async move {
                                let content = content.await.ok();
                                view! { <ComposerTool content /> }
                            })}
                        </Transition>
                        <RecordButton />
                        <SendOrStop draft />
                    </div>
                </div>
            </form>
        </div>
    }
}

/// Sends what is to be sent as if it had been written.
fn send_prompts(draft: Draft, send: Callback<()>) {
    let session = ChatSession::of_page();
    Effect::new(move || {
        let (Some(prompt), Some(field)) = (session.prompt.get(), draft.field.get_untracked())
        else {
            return;
        };
        field.set_value(&prompt);
        session.prompt.set(None);
        untrack(|| send.run(()));
    });
}

/// The place of the composer: what appears in it is not to cover the end of the transcript.
fn dock_of(session: ChatSession) -> NodeRef<html::Div> {
    let dock = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if let Some(dock) = dock.get() {
            session.follow.watch(&dock);
        }
    });
    dock
}

/// What the composer begins with.
struct Begun {
    draft: Draft,
    /// What stands in the field.
    text: Option<String>,
    /// The stored files of a message that was not taken.
    kept: Vec<FileId>,
    /// Those, after the ones that the address names.
    stored: Vec<FileId>,
}

/// Begins with what the address names, or with a message that was posted and not taken.
fn begin() -> Begun {
    let refused = Refused::of_page();
    let draft = Draft {
        field: NodeRef::new(),
        last_try: StoredValue::new(None),
        is_sending: RwSignal::new(false),
        is_waiting: RwSignal::new(false),
        awaits: RwSignal::new(false),
        problem: RwSignal::new(refused.as_ref().map(|refused| refused.error.clone())),
    };
    let (text, kept) = match refused {
        Some(refused) => (Some(refused.text), refused.files),
        None => (
            use_query_map().with_untracked(|query| query.get("prompt")),
            Vec::new(),
        ),
    };
    let named = files_of_page().get_untracked();
    let stored = named.into_iter().chain(kept.iter().copied()).collect();
    Begun {
        draft,
        text,
        kept,
        stored,
    }
}

/// The name that the draft on the page is kept under.
fn place(session: ChatSession) -> String {
    session.address.with_untracked(Address::place)
}

/// Brings back what was written and attached here before, and attaches what the address names and what is `stored`.
fn keep_draft(draft: Draft, stored: Vec<FileId>) {
    let session = ChatSession::of_page();
    let named = files_of_page();
    Effect::new(move || {
        let place = session.address.with(Address::place);
        // What is in the field already wins.
        if let Some(field) = draft.field.get()
            && field.value().is_empty()
            && let Some(kept) = drafts::load(&place)
        {
            field.set_value(&kept);
        }
    });
    Effect::new(move || {
        let (files, named) = (session.files.get(), named.get());
        untrack(|| {
            files.restore();
            files.add_stored(named.into_iter().chain(stored.iter().copied()).collect());
        });
    });
}
