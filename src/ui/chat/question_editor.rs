//! Writing a sent message anew: the new one stands beside the old one, and both keep their answers. That it is open stands
//! in the address, so it works without a script and Back closes it.

use super::{
    attachments::attachment_list::AttachmentList,
    message_actions::begin,
    session::{ChatSession, OpenConversation},
};
use crate::{
    api,
    browser::{drafts, page::focus_element},
    model::{
        AppError,
        catalog::ImageTokens,
        chat::{Message, SendRequest, parse_message_text},
        file::Attach,
        ids::{IdempotencyKey, MessageId},
    },
    ui::kit::{field_text::field_text, notice::ErrorNotice},
};
use leptos::{
    ev::{KeyboardEvent, MouseEvent, SubmitEvent},
    html,
    leptos_dom::helpers::request_animation_frame,
    prelude::*,
};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

/// Whether a message is being edited, by the page's address.
pub(super) fn is_edited(message: MessageId) -> Memo<bool> {
    let query = use_query_map();
    let id = message.to_string();
    Memo::new(move |_| query.with(|query| query.get_str("edit") == Some(id.as_str())))
}

/// The id of the button that opens the editor of a message.
pub(super) fn edit_button(message: MessageId) -> String {
    format!("edit-{message}")
}

/// What the parts of the form share.
#[derive(Clone, Copy)]
struct Editing {
    /// The message as it was sent.
    original: StoredValue<Message>,
    open: OpenConversation,
    session: ChatSession,
    field: NodeRef<html::Textarea>,
    problem: RwSignal<Option<AppError>>,
    key: StoredValue<IdempotencyKey>,
    close: Callback<MessageId>,
}

impl Editing {
    fn id(self) -> MessageId {
        self.original.with_value(|original| original.id)
    }

    /// What an edit that was not sent is kept under.
    fn draft(self) -> String {
        format!("edit:{}", self.id())
    }

    fn written(self) -> String {
        let field = self.field.get_untracked();
        field.map(|field| field.value()).unwrap_or_default()
    }

    /// Goes on with what was not sent the last time.
    fn begin(self) {
        Effect::new(move || {
            if let Some(field) = self.field.get() {
                if let Some(kept) = drafts::load(&self.draft()) {
                    field.set_value(&kept);
                }
                let _ = field.focus();
            }
        });
    }

    fn keep(self) {
        // Other words are another message.
        self.key.set_value(IdempotencyKey::new());
        drafts::save(&self.draft(), &self.written());
    }

    fn cancel(self) {
        self.close.run(self.id());
    }

    fn send(self) {
        let (text, original) = (self.written(), self.original.get_value());
        if original.attachments.is_empty()
            && let Err(error) = parse_message_text(&text)
        {
            self.problem.set(Some(error));
            return;
        }
        let request = SendRequest {
            idempotency_key: self.key.get_value(),
            conversation_id: Some(self.open.id),
            text: text.clone(),
            attachments: original.attachments.iter().map(Attach::from).collect(),
            replaces: Some(original.id),
            ..SendRequest::default()
        };
        let (draft, close, open) = (self.draft(), self.close, self.open);
        let ask = move || api::chat::send_message(request.clone());
        begin(self.session, self.problem, ask, move |sent| {
            drafts::save(&draft, "");
            close.run(sent.user_message_id);
            open.show_replaced(&sent, &original, text);
        });
    }
}

/// The form in place of the message.
#[component]
pub(super) fn QuestionEditor(
    /// The message as it was sent.
    message: Message,
    /// What a picture costs the model that it was sent to.
    tokens: Option<ImageTokens>,
    /// Where it is.
    open: OpenConversation,
) -> impl IntoView {
    let page = format!("/chat/{}", open.id);
    let editing = Editing {
        original: StoredValue::new(message.clone()),
        open,
        session: ChatSession::of_page(),
        field: NodeRef::new(),
        problem: RwSignal::new(None),
        key: StoredValue::new(IdempotencyKey::new()),
        close: derive_close(page.clone()),
    };
    editing.begin();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        editing.send();
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.shift_key() && !event.is_composing() => {
            event.prevent_default();
            editing.send();
        }
        "Escape" => {
            event.stop_propagation();
            editing.cancel();
        }
        _ => {}
    };
    let rows = message.text.lines().count().clamp(2, 12).to_string();
    let has_files = !message.attachments.is_empty();
    view! {
        <form class="question-editor" method="post" action="/chat" on:submit=submit>
            <input type="hidden" name="conversation" value=open.id.to_string() />
            <input type="hidden" name="replaces" value=message.id.to_string() />
            <textarea
                name="text"
                class="input"
                aria-label="Edited text"
                rows=rows
                node_ref=editing.field
                on:keydown=on_key
                on:input=move |_| editing.keep()
            >
                {field_text(message.text)}
            </textarea>
            <AttachmentList attachments=message.attachments label="Attached files" tokens />
            {move || editing.problem.get().map(|error| view! { <ErrorNotice error /> }.into_any())}
            <EditorBar editing page has_files />
        </form>
    }
    .into_any()
}

/// What becomes of the old message, the way back and the way on.
#[component]
fn EditorBar(
    /// The form's part.
    editing: Editing,
    /// The address without the form.
    page: String,
    /// Whether the message has files.
    has_files: bool,
) -> impl IntoView {
    let cancel = move |event: MouseEvent| {
        if event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key() {
            event.prevent_default();
            editing.cancel();
        }
    };
    let kept_words = if has_files {
        "Its files go with this version too. The message as it was and its answer are kept beside it."
    } else {
        "The message as it was and its answer are kept beside this one."
    };
    view! {
        <div class="question-editor-bar">
            <p class="quiet">{kept_words}</p>
            <a class="btn" href=page data-noscroll="" on:click=cancel>
                "Cancel"
            </a>
            <button class="btn btn-primary" disabled=move || editing.session.is_asking.get()>
                "Send edited"
            </button>
        </div>
    }
    .into_any()
}

/// Shows the message again and moves the focus to where the editor of a message is opened.
fn derive_close(page: String) -> Callback<MessageId> {
    let navigate = use_navigate();
    Callback::new(move |focused: MessageId| {
        let options = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&page, options);
        // The button is on the page by the frame after the next.
        request_animation_frame(move || {
            request_animation_frame(move || focus_element(&edit_button(focused)));
        });
    })
}
