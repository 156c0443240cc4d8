//! Where a message is written. The text survives everything: a failed send, a reload, another conversation.

use super::{
    chat_page::ChatContent,
    insist::insist,
    session::{ChatSession, OpenConversation},
};
use crate::{
    api,
    browser::drafts,
    model::{
        AppError,
        chat::{SendRequest, parse_message_text},
        ids::{ConversationId, IdempotencyKey},
    },
    ui::{
        kit::{icon::Icon, notice::ErrorNotice},
        load::Loaded,
    },
};
use leptos::{
    ev::{self, KeyboardEvent, SubmitEvent},
    html,
    leptos_dom::helpers::window_event_listener,
    prelude::*,
    task::spawn_local,
};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map, use_query_map},
    params::ParamsMap,
};

/// What is said while a message waits for its server.
const WAITING: &str = "The server is not answering yet. Your message is sent as soon as it does.";

/// What the composer knows.
#[derive(Clone, Copy)]
struct Draft {
    field: NodeRef<html::Textarea>,
    /// Kept while the same text is tried again, so that a send which arrived after all is not stored twice.
    key: StoredValue<Option<IdempotencyKey>>,
    is_sending: RwSignal<bool>,
    /// Whether the server did not take it yet and is asked again.
    is_waiting: RwSignal<bool>,
    problem: RwSignal<Option<AppError>>,
}

/// The field, what can be done with it, and what to know of who answers.
#[component]
pub(super) fn Composer(
    /// What the page shows.
    content: Loaded<ChatContent>,
) -> impl IntoView {
    let session = ChatSession::of_page();
    let draft = Draft {
        field: NodeRef::new(),
        key: StoredValue::new(None),
        is_sending: RwSignal::new(false),
        is_waiting: RwSignal::new(false),
        problem: RwSignal::new(None),
    };
    let prompt = use_query_map().with_untracked(|query| query.get("prompt"));
    let place = Memo::new(move |_| place(session));
    Effect::new(move || restore(draft, &place.get()));
    let send = derive_send(draft, content);
    Effect::new(move || {
        let (Some(prompt), Some(field)) = (session.prompt.get(), draft.field.get_untracked())
        else {
            return;
        };
        field.set_value(&prompt);
        draft.key.set_value(None);
        session.prompt.set(None);
        untrack(|| send.run(()));
    });
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
        draft.key.set_value(None);
        drafts::save(&place.get_untracked(), &text(draft));
    };
    view! {
        <div class="dock">
            <JumpButton />
            {move || draft.problem.get().map(|error| view! { <ErrorNotice error /> })}
            <Waiting draft />
            <form class="composer" method="post" action="/chat" on:submit=submit>
                <label class="sr-only" for="message">
                    "Message"
                </label>
                <textarea
                    id="message"
                    name="text"
                    rows="1"
                    placeholder="Write a message"
                    node_ref=draft.field
                    on:keydown=on_key
                    on:input=on_input
                >
                    {prompt}
                </textarea>
                <div class="composer-bar">
                    <Transition>
                        {move || Suspend::new(async move {
                            let content = content.await.ok();
                            view! { <ComposerTool content /> }
                        })}
                    </Transition>
                    <SendOrStop draft />
                </div>
            </form>
        </div>
    }
}

/// Says that a message waits for its server. It is always on the page, so that its words are read out when they come.
#[component]
fn Waiting(
    /// What is written.
    draft: Draft,
) -> impl IntoView {
    view! {
        <p class="waiting" role="status">
            {move || draft.is_waiting.get().then_some(WAITING)}
        </p>
    }
}

/// Who answers, for the form and for the eye.
#[component]
fn ComposerTool(
    /// What the page shows.
    content: Option<ChatContent>,
) -> impl IntoView {
    let conversation = match &content {
        Some(ChatContent::Open(page)) => Some(page.id.to_string()),
        _ => None,
    };
    let tool = content.map(|content| content.tool().clone());
    let name = tool.as_ref().map(|tool| match &tool.model {
        Some(model) => format!("{} · {model}", tool.name),
        None => tool.name.clone(),
    });
    view! {
        <input type="hidden" name="conversation" value=conversation />
        <input type="hidden" name="tool" value=tool.map(|tool| tool.slug) />
        <span class="composer-model">{name}</span>
    }
}

/// Sends, or stops the answer that is being written.
#[component]
fn SendOrStop(
    /// What is written.
    draft: Draft,
) -> impl IntoView {
    let session = ChatSession::of_page();
    let stop = move || {
        if let Some(run) = session.open_run() {
            spawn_local(async move {
                if let Err(error) = api::chat::stop_run(run).await {
                    let _ = draft.problem.try_set(Some(error));
                }
            });
        }
    };
    Effect::new(move || {
        let listener = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" {
                untrack(stop);
            }
        });
        on_cleanup(move || listener.remove());
    });
    let is_open = Memo::new(move |_| session.open_run().is_some());
    move || {
        if is_open.get() {
            view! {
                <button
                    type="button"
                    class="btn send"
                    aria-label="Stop"
                    title="Stop (Esc)"
                    on:click=move |_| untrack(stop)
                >
                    <Icon name="stop" />
                </button>
            }
            .into_any()
        } else {
            view! {
                <button
                    class="btn btn-primary send"
                    aria-label="Send"
                    title="Send (Enter)"
                    disabled=move || draft.is_sending.get()
                >
                    <Icon name="send" />
                </button>
            }
            .into_any()
        }
    }
}

/// Leads back to the end when the reader has left it.
#[component]
fn JumpButton() -> impl IntoView {
    let follow = ChatSession::of_page().follow;
    let is_following = follow.is_following();
    move || {
        (!is_following.get()).then(|| {
            view! {
                <button type="button" class="btn jump" on:click=move |_| follow.resume()>
                    <Icon name="arrow-down" />
                    "Latest"
                </button>
            }
        })
    }
}

/// The name a draft is kept under: its conversation, or `new`.
fn place(session: ChatSession) -> String {
    session
        .open
        .get()
        .map_or_else(|| "new".to_owned(), |open| open.id.to_string())
}

fn text(draft: Draft) -> String {
    draft
        .field
        .get_untracked()
        .map(|field| field.value())
        .unwrap_or_default()
}

/// Brings back what was written here before; what is in the field already wins.
fn restore(draft: Draft, place: &str) {
    let Some(field) = draft.field.get() else {
        return;
    };
    if field.value().is_empty()
        && let Some(kept) = drafts::load(place)
    {
        field.set_value(&kept);
    }
}

/// The conversation and the tool that a message goes to. Where the page's content has not come yet, its address is all
/// there is to go by.
fn whereto(
    open: Option<OpenConversation>,
    content: Loaded<ChatContent>,
    params: Memo<ParamsMap>,
    query: Memo<ParamsMap>,
) -> (Option<ConversationId>, Option<String>) {
    let addressed = |map: Memo<ParamsMap>, name| map.with_untracked(|map| map.get(name));
    let conversation = match open {
        Some(open) => Some(open.id),
        None => addressed(params, "id").and_then(|id| id.parse().ok()),
    };
    let tool = content.with_untracked(|content| {
        let content = content.as_ref()?.as_ref().ok()?;
        Some(content.tool().slug.clone())
    });
    (conversation, tool.or_else(|| addressed(query, "tool")))
}

/// Sends what is written. Where there is a conversation on the page the message appears in it; else the page goes to the
/// new one.
fn derive_send(draft: Draft, content: Loaded<ChatContent>) -> Callback<()> {
    let session = ChatSession::of_page();
    let (params, query) = (use_params_map(), use_query_map());
    let navigate = use_navigate();
    let go = Callback::new(move |id: ConversationId| {
        let options = NavigateOptions {
            replace: true,
            ..NavigateOptions::default()
        };
        navigate(&format!("/chat/{id}"), options);
    });
    Callback::new(move |()| {
        let written = text(draft);
        let is_busy = draft.is_sending.get_untracked() || untrack(|| session.open_run()).is_some();
        if is_busy {
            return;
        }
        if let Err(error) = parse_message_text(&written) {
            // Nothing written is no mistake worth a sentence.
            let is_empty = written.trim().is_empty();
            draft.problem.set((!is_empty).then_some(error));
            return;
        }
        let key = draft.key.get_value().unwrap_or_default();
        draft.key.set_value(Some(key));
        let open = session.open.get_untracked();
        let (conversation_id, tool) = whereto(open, content, params, query);
        let request = SendRequest {
            idempotency_key: key,
            conversation_id,
            tool,
            text: written.clone(),
        };
        // The page is the conversation's already, but its content was asked for before this message was in it.
        let is_addressed = open.is_none() && request.conversation_id.is_some();
        let place = untrack(|| place(session));
        draft.is_sending.set(true);
        draft.problem.set(None);
        spawn_local(async move {
            let ask = || api::chat::send_message(request.clone());
            let outcome = insist(ask, move |_| {
                let _ = draft.is_waiting.try_set(true);
            })
            .await;
            let _ = draft.is_waiting.try_set(false);
            // Whoever has left the page is not brought back to it.
            let has_left = draft.is_sending.try_set(false).is_some();
            match outcome {
                Ok(sent) => {
                    drafts::save(&place, "");
                    if has_left {
                        return;
                    }
                    draft.key.set_value(None);
                    // Who looks at another conversation by now writes there.
                    if untrack(|| self::place(session)) == place {
                        clear(draft, &written);
                    }
                    match open {
                        Some(open) => {
                            open.show_sent(&sent, written);
                            session.follow.resume();
                        }
                        None if is_addressed => {
                            let _ = session.reload.try_run(());
                        }
                        None => go.run(sent.conversation_id),
                    }
                }
                Err(error) => {
                    let _ = draft.problem.try_set(Some(error));
                }
            }
        });
    })
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
