//! The way to the messages before those that a conversation opens with.

use super::session::{ChatSession, OpenConversation};
use crate::{
    api,
    browser::{enhance, page, reading_place},
    model::{
        AppError,
        chat::{EarlierMessages, MESSAGES_PER_PAGE},
    },
    ui::kit::notice::ErrorNotice,
};
use leptos::{
    ev::SubmitEvent, html, leptos_dom::helpers::request_animation_frame, prelude::*,
    task::spawn_local,
};
use web_sys::Element;

/// How far above what is seen the control may be when it begins to load by itself, in pixels: about a screen, so that who
/// scrolls on does not come to an end.
const AHEAD_PX: f64 = 800.0;
/// Id of the line that stands where the control was.
const BEGINNING: &str = "conversation-begins";

#[derive(Clone, PartialEq)]
enum Stage {
    /// There are earlier messages.
    More,
    Loading,
    Failed(AppError),
    /// The first message is on the page.
    Beginning,
}

/// Loads earlier messages when the reader asks for them or scrolls up to it, and moves nothing of what they read.
#[component]
pub(super) fn Earlier(
    /// The conversation.
    open: OpenConversation,
    /// Where its messages are.
    log: NodeRef<html::Div>,
    /// Told what came, for those who do not see it.
    announcement: RwSignal<String>,
) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    let loader = Loader {
        open,
        log,
        place,
        session: ChatSession::of_page(),
        announcement,
        stage: RwSignal::new(Stage::More),
    };
    Effect::new(move || {
        let Some(place) = place.get() else { return };
        let come = move || {
            // What failed waits for the reader.
            if loader.stage.try_get_untracked() == Some(Stage::More) {
                loader.load();
            }
        };
        let listening = reading_place::when_approached(place.into(), AHEAD_PX, come);
        on_cleanup(move || listening.remove());
    });
    let is_beginning = Memo::new(move |_| loader.stage.with(|stage| *stage == Stage::Beginning));
    view! {
        <div class="earlier" node_ref=place>
            {move || {
                if is_beginning.get() {
                    view! {
                        <p class="quiet small" id=BEGINNING tabindex="-1">
                            "The conversation begins here."
                        </p>
                    }
                        .into_any()
                } else {
                    view! { <ShowEarlier loader /> }.into_any()
                }
            }}
        </div>
    }
    .into_any()
}

/// The button, in a form that does the same without a script. It stays the same button while it loads and when that failed,
/// so that whoever pressed it can press it again.
#[component]
fn ShowEarlier(
    /// What it sets off.
    loader: Loader,
) -> impl IntoView {
    let shown = loader.open.messages.with_untracked(Vec::len) + MESSAGES_PER_PAGE as usize;
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        loader.load();
    };
    let problem = move || match loader.stage.get() {
        Stage::Failed(error) => Some(view! { <ErrorNotice error /> }.into_any()),
        _ => None,
    };
    let is_loading = Memo::new(move |_| loader.stage.with(|stage| *stage == Stage::Loading));
    let label = move || match loader.stage.get() {
        Stage::Loading => "Loading earlier messages…",
        Stage::Failed(_) => "Try again",
        Stage::More | Stage::Beginning => "Show earlier messages",
    };
    view! {
        {problem}
        <form method="get" action=format!("/chat/{}", loader.open.id) on:submit=submit>
            <input type="hidden" name="shown" value=shown.to_string() />
            <button class="btn" aria-disabled=move || is_loading.get().then_some("true")>
                {label}
            </button>
        </form>
    }
    .into_any()
}

/// What loads.
#[derive(Clone, Copy)]
struct Loader {
    open: OpenConversation,
    log: NodeRef<html::Div>,
    /// Where the control is.
    place: NodeRef<html::Div>,
    session: ChatSession,
    announcement: RwSignal<String>,
    stage: RwSignal<Stage>,
}

impl Loader {
    /// Loads the messages before the first on the page, unless it is about that already.
    fn load(self) {
        let first = self
            .open
            .messages
            .with_untracked(|messages| messages.first().map(|message| message.id));
        let (Some(first), Stage::More | Stage::Failed(_)) = (first, self.stage.get_untracked())
        else {
            return;
        };
        // Who looks for what was said is not thrown back to the end.
        self.session.follow.pause();
        self.stage.set(Stage::Loading);
        spawn_local(async move {
            let loaded = api::chat::earlier_messages(self.open.id, first).await;
            if self.stage.try_get_untracked() != Some(Stage::Loading) {
                return;
            }
            match loaded {
                Ok(earlier) => self.show(earlier),
                // Above the button, where the reader is who wanted them.
                Err(error) => self.stage.set(Stage::Failed(error)),
            }
        });
    }

    fn show(self, earlier: EarlierMessages) {
        self.move_nothing(|| {
            self.open.messages.update(|messages| {
                messages.splice(0..0, earlier.messages);
            });
            if earlier.has_earlier {
                return self.stage.set(Stage::More);
            }
            let place = self.place.get_untracked();
            let is_focused = place.is_some_and(|place| page::holds_focus(&place));
            self.stage.set(Stage::Beginning);
            if is_focused {
                // The button is gone by then, and the focus must not go with it.
                request_animation_frame(|| page::focus_element(BEGINNING));
            }
        });
        let count = self.open.messages.with_untracked(Vec::len);
        self.announcement.set(if earlier.has_earlier {
            format!("Earlier messages have come: {count} are on the page.")
        } else {
            format!("All {count} messages of the conversation are on the page.")
        });
        if let Some(log) = self.log.get_untracked() {
            request_animation_frame(move || enhance::finished(&log));
        }
    }

    /// Changes what is above the first message, which stays where it is seen.
    fn move_nothing(self, change: impl FnOnce()) {
        match self.first_message() {
            Some(element) => reading_place::keep(&element, change),
            None => change(),
        }
    }

    fn first_message(self) -> Option<Element> {
        let log = self.log.get_untracked()?;
        log.query_selector(".message").ok().flatten()
    }
}
