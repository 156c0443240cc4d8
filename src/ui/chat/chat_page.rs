//! The page of a new chat and of a conversation.

use super::{
    address::Address,
    attachments::{all_drafts::use_draft_files, drop_zone::DropZone},
    call::state::VoiceCall,
    chat_start::ChatStart,
    composer::Composer,
    dictation::state::Dictation,
    keep_settings::SettingsKeeper,
    panel::SidePanel,
    session::ChatSession,
    transcript::transcript_view,
};
use crate::{
    api,
    browser::follow::Follow,
    model::{
        AppError, AppResult, ErrorKind,
        assistant::{ChatAssistant, NewChat},
        chat::{ChatTool, ConversationPage},
    },
    ui::{
        kit::{notice::ErrorNotice, page_title::PageTitle},
        lazy::{Lazy, lazy_view},
        load::load,
        reading::options::learn_options_soon,
        shell::topbar::TopBar,
    },
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum ChatContent {
    /// Nothing said yet.
    New(NewChat),
    /// A conversation.
    Open(ConversationPage),
}

impl ChatContent {
    /// Who answers.
    pub(super) fn tool(&self) -> &ChatTool {
        match self {
            Self::New(chat) => &chat.tool,
            Self::Open(page) => &page.tool,
        }
    }

    /// The assistant that answers, if it is one.
    pub(super) fn assistant(&self) -> Option<&ChatAssistant> {
        match self {
            Self::New(chat) => chat.assistant.as_ref(),
            Self::Open(page) => page.assistant.as_ref(),
        }
    }

    fn title(&self) -> String {
        match self {
            Self::New(_) => "New chat".to_owned(),
            Self::Open(page) => page.title.clone(),
        }
    }
}

async fn fetch(address: Address) -> AppResult<ChatContent> {
    match address.conversation_id() {
        Some(id) => api::chat::open_conversation(id, address.shown)
            .await
            .map(ChatContent::Open),
        None => {
            let assistant = address.assistant_id();
            api::assistants::begin_chat(address.tool, assistant)
                .await
                .map(ChatContent::New)
        }
    }
}

lazy_view! {
    /// `/chat`.
    pub fn chat_page() in chat {
        view! { <ChatPage /> }
    }
}

/// `/chat` and `/chat/{id}`.
#[component]
fn ChatPage() -> impl IntoView {
    let address = Address::of_page();
    let draft_files = use_draft_files();
    let content = load(move || address.get(), fetch);
    let settings = RwSignal::default();
    provide_context(ChatSession {
        address,
        open: RwSignal::new(None),
        shown: RwSignal::new(None),
        files: Memo::new(move |_| draft_files.of(&address.with(Address::place))),
        dictation: Dictation::default(),
        call: VoiceCall::default(),
        follow: Follow::new(),
        prompt: RwSignal::new(None),
        is_asking: RwSignal::new(false),
        settings,
        keeper: SettingsKeeper::new(settings),
        panel: RwSignal::new(None),
        switched: StoredValue::new(None),
        reload: Callback::new(move |()| content.refetch()),
    });
    learn_options_soon();
    let title = move || {
        content.with(|content| match content {
            Some(Ok(content)) => content.title(),
            _ => "Chat".to_owned(),
        })
    };
    view! {
        <Transition>
            {move || {
                let title = title();
                view! {
                    <PageTitle title=title.clone() />
                    <TopBar title />
                }
            }}
        </Transition>
        <main class="chat" id="content" tabindex="-1">
            <Transition fallback=|| {
                view! { <ChatSkeleton /> }
            }>
                {move || Suspend::new(async move {
                    match content.await {
                        Ok(ChatContent::New(chat)) => view! { <ChatStart chat /> }.into_any(),
                        Ok(ChatContent::Open(page)) => {
                            view! { <Lazy view=transcript_view(page) waiting=ChatSkeleton /> }
                                .into_any()
                        }
                        Err(error) => view! { <ChatProblem error /> }.into_any(),
                    }
                })}
            </Transition>
            <Composer content />
            <DropZone />
        </main>
        <SidePanel content />
    }
}

/// While a conversation is fetched: its shape.
#[component]
fn ChatSkeleton() -> impl IntoView {
    view! {
        <div class="transcript" aria-busy="true">
            <p class="sr-only">"Loading the conversation"</p>
            <div class="message message-user">
                <div class="message-body">
                    <span class="skeleton"></span>
                </div>
            </div>
            <div class="message message-assistant">
                <div class="prose">
                    <p class="skeleton"></p>
                    <p class="skeleton"></p>
                    <p class="skeleton"></p>
                </div>
            </div>
        </div>
    }
}

/// Why there is no conversation on the page, and the way out.
#[component]
fn ChatProblem(
    /// What went wrong.
    error: AppError,
) -> impl IntoView {
    let (href, label) = match error.kind {
        ErrorKind::Unauthorized => ("/login?next=/chat", "Log in"),
        _ => ("/chat", "Start a new chat"),
    };
    view! {
        <div class="chat-start">
            <ErrorNotice error />
            <p>
                <a class="btn btn-primary" href=href>
                    {label}
                </a>
            </p>
        </div>
    }
}
