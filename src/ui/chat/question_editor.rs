//! Writing a sent message anew: the new one stands beside the old one, and both keep their answers. That it is open stands
//! in the address, so it works without a script and Back closes it.

use super::{
    message_actions::begin,
    session::{ChatSession, OpenConversation},
};
use crate::{
    api,
    browser::drafts,
    model::{
        AppError,
        chat::{Message, SendRequest, parse_message_text},
        file::Attach,
        ids::{IdempotencyKey, MessageId},
    },
    ui::kit::notice::ErrorNotice,
};
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
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

/// The form in place of the message.
#[component]
pub(super) fn QuestionEditor(
    /// The message as it was sent.
    message: Message,
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
            close.run(());
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
            close.run(());
        }
        _ => {}
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
            {move || problem.get().map(|error| view! { <ErrorNotice error /> }.into_any())}
            <div class="question-editor-bar">
                <p class="quiet">"The message as it was and its answer are kept beside this one."</p>
                <a class="btn" href=page data-noscroll="">
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

/// Shows the message again.
fn derive_close(page: String) -> Callback<()> {
    let navigate = use_navigate();
    Callback::new(move |()| {
        let options = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&page, options);
    })
}

fn written(field: NodeRef<html::Textarea>) -> String {
    field
        .get_untracked()
        .map(|field| field.value())
        .unwrap_or_default()
}
