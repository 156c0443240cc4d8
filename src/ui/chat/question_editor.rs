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
    ui::kit::notice::ErrorNotice,
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
    let session = ChatSession::of_page();
    let field = NodeRef::<html::Textarea>::new();
    let problem = RwSignal::new(None::<AppError>);
    let page = format!("/chat/{}", open.id);
    let draft = format!("edit:{}", message.id);
    let close = derive_close(page.clone());
    let key = StoredValue::new(IdempotencyKey::new());
    let id = message.id;
    Effect::new({
        let draft = draft.clone();
        move || {
            if let Some(field) = field.get() {
                if let Some(kept) = drafts::load(&draft) {
                    field.set_value(&kept);
                }
                let _ = field.focus();
            }
        }
    });
    let save = {
        let draft = draft.clone();
        move |_| {
            // Other words are another message.
            key.set_value(IdempotencyKey::new());
            drafts::save(&draft, &written(field));
        }
    };
    let original = message.clone();
    let send = Callback::new(move |()| {
        let text = written(field);
        if original.attachments.is_empty()
            && let Err(error) = parse_message_text(&text)
        {
            problem.set(Some(error));
            return;
        }
        let request = SendRequest {
            idempotency_key: key.get_value(),
            conversation_id: Some(open.id),
            text: text.clone(),
            attachments: original.attachments.iter().map(Attach::from).collect(),
            replaces: Some(original.id),
            ..SendRequest::default()
        };
        let (original, draft) = (original.clone(), draft.clone());
        let ask = move || api::chat::send_message(request.clone());
        begin(session, problem, ask, move |sent| {
            drafts::save(&draft, "");
            close.run(sent.user_message_id);
            open.show_replaced(&sent, &original, text);
        });
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        send.run(());
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.shift_key() && !event.is_composing() => {
            event.prevent_default();
            send.run(());
        }
        "Escape" => {
            event.stop_propagation();
            close.run(id);
        }
        _ => {}
    };
    let attachments = message.attachments.clone();
    let cancel = move |event: MouseEvent| {
        if event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key() {
            event.prevent_default();
            close.run(id);
        }
    };
    let kept_words = if attachments.is_empty() {
        "The message as it was and its answer are kept beside this one."
    } else {
        "Its files go with this version too. The message as it was and its answer are kept beside it."
    };
    let rows = message.text.lines().count().clamp(2, 12).to_string();
    view! {
        <form class="question-editor" method="post" action="/chat" on:submit=submit>
            <input type="hidden" name="conversation" value=open.id.to_string() />
            <input type="hidden" name="replaces" value=message.id.to_string() />
            <textarea
                name="text"
                class="input"
                aria-label="Edited text"
                rows=rows
                node_ref=field
                on:keydown=on_key
                on:input=save
            >
                {message.text}
            </textarea>
            <AttachmentList attachments label="Attached files" tokens />
            {move || problem.get().map(|error| view! { <ErrorNotice error /> }.into_any())}
            <div class="question-editor-bar">
                <p class="quiet">{kept_words}</p>
                <a class="btn" href=page data-noscroll="" on:click=cancel>
                    "Cancel"
                </a>
                <button class="btn btn-primary" disabled=move || session.is_asking.get()>
                    "Send edited"
                </button>
            </div>
        </form>
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

fn written(field: NodeRef<html::Textarea>) -> String {
    field
        .get_untracked()
        .map(|field| field.value())
        .unwrap_or_default()
}
