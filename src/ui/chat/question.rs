//! A person's message.

use super::{
    attachments::attachment_list::AttachmentList,
    message_actions::{CopyButton, SiblingSwitch},
    question_editor::{QuestionEditor, edit_button, is_edited},
    session::{ChatSession, OpenConversation},
};
use crate::{
    model::{AppError, catalog::ImageTokens, chat::Message},
    ui::{
        kit::{icon::Icon, notice::ErrorNotice},
        speech::usage::heard,
    },
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// What the person said.
#[component]
pub(super) fn Question(
    /// The message.
    message: Message,
    /// What a picture costs the model that it was sent to.
    tokens: Option<ImageTokens>,
    /// The conversation it is in.
    open: OpenConversation,
) -> impl IntoView {
    let is_edited = is_edited(message.id);
    let message = StoredValue::new(message);
    view! {
        <article class="message message-user" aria-label="You">
            {move || {
                let message = message.get_value();
                if is_edited.get() {
                    view! { <QuestionEditor message tokens open /> }.into_any()
                } else {
                    view! { <QuestionBody message tokens open /> }.into_any()
                }
            }}
        </article>
    }
    .into_any()
}

/// Its words, and what can be done with them.
#[component]
fn QuestionBody(
    /// The message.
    message: Message,
    /// What a picture costs the model that it was sent to.
    tokens: Option<ImageTokens>,
    /// The conversation it is in.
    open: OpenConversation,
) -> impl IntoView {
    let text = StoredValue::new(message.text.clone());
    let id = message.id;
    let problem = RwSignal::new(None::<AppError>);
    let navigate = use_navigate();
    // A page that shows earlier messages goes on showing them.
    let shown = ChatSession::of_page().address.with_untracked(|it| it.shown);
    let edit = move |event: SubmitEvent| {
        event.prevent_default();
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        let shown = shown.map(|shown| format!("&shown={shown}"));
        let shown = shown.unwrap_or_default();
        navigate(&format!("/chat/{}?edit={id}{shown}", open.id), options);
    };
    view! {
        <AttachmentList attachments=message.attachments.clone() label="Attached files" tokens />
        {(!message.text.is_empty())
            .then(|| view! { <div class="message-body">{message.text.clone()}</div> })}
        {move || problem.get().map(|error| view! { <ErrorNotice error /> }.into_any())}
        <footer class="message-foot">
            {heard(message.heard_ms).map(|words| view! { <p class="usage">{words}</p> })}
            <div class="message-actions">
                <SiblingSwitch message kind="version" problem />
                <CopyButton text=Callback::new(move |()| text.get_value()) />
                <form method="get" action=format!("/chat/{}", open.id) on:submit=edit>
                    <input type="hidden" name="edit" value=id.to_string() />
                    {shown
                        .map(|shown| {
                            view! { <input type="hidden" name="shown" value=shown.to_string() /> }
                        })}
                    <button
                        class="icon-btn"
                        id=edit_button(id)
                        aria-label="Edit message"
                        title="Edit message"
                    >
                        <Icon name="pencil" />
                    </button>
                </form>
            </div>
        </footer>
    }
    .into_any()
}
