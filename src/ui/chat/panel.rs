//! The frame of what stands beside the transcript: docked at a desk, a sheet on a phone. What is in it is loaded when it is
//! opened for the first time.

use super::{
    chat_page::ChatContent,
    output_panel::output_panel,
    parameters::parameters_panel,
    session::{ChatSession, Panel},
};
use crate::{
    browser::page::{dismiss_menus, focus_element, is_phone, recall_in_tab, remember_in_tab},
    model::{assistant::ChatAssistant, chat::ChatTool},
    ui::{
        kit::icon::Icon,
        lazy::{Lazy, prefetch},
        load::Loaded,
    },
};
use leptos::{
    ev::{self, KeyboardEvent},
    leptos_dom::helpers::{request_animation_frame, window_event_listener},
    prelude::*,
};

/// The id of the open panel.
const PANEL: &str = "panel";
/// The id of its heading, which takes the focus when it is opened.
const TITLE: &str = "panel-title";
/// What the tab remembers the open panel under.
const OPEN: &str = "panel";

/// The panel that is open, if any. It works the shortcut (Ctrl or Cmd with a full stop), and a tab that is loaded again has
/// the panel open that was open in it; on a phone, where the sheet hides the transcript, it stays shut.
#[component]
pub(super) fn SidePanel(
    /// What the page shows.
    content: Loaded<ChatContent>,
) -> impl IntoView {
    let panel = ChatSession::of_page().panel;
    Effect::new(move |_| {
        if let Some(open) = recall_in_tab(OPEN).as_deref().and_then(Panel::of_key)
            && !is_phone()
        {
            panel.set(Some(open));
        }
        let last = StoredValue::new(Panel::Parameters);
        let listener = window_event_listener(ev::keydown, move |event| {
            if !(event.ctrl_key() || event.meta_key()) || event.key() != "." {
                return;
            }
            event.prevent_default();
            match panel.get_untracked() {
                Some(open) => {
                    last.set_value(open);
                    close(panel);
                }
                None => show(panel, last.get_value()),
            }
        });
        on_cleanup(move || listener.remove());
    });
    let subject = RwSignal::new(None);
    Effect::new(move || {
        let now = content.with(|content| {
            let content = content.as_ref()?.as_ref().ok()?;
            Some(Subject {
                tool: content.tool().clone(),
                assistant: content.assistant().cloned(),
            })
        });
        // While another page is fetched the panel stays as it is, and so does what is being written in it.
        if now.is_some() && subject.with_untracked(|before| *before != now) {
            subject.set(now);
        }
    });
    move || {
        let open = panel.get()?;
        Some(view! { <Frame open subject /> }.into_any())
    }
}

/// Whom the chat on the page asks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Subject {
    /// The tool that answers.
    pub tool: ChatTool,
    /// The assistant that it answers as.
    pub assistant: Option<ChatAssistant>,
}

/// The button in the composer that opens and shuts a panel.
#[component]
pub(super) fn PanelButton(
    /// Which.
    panel: Panel,
    /// What the button says.
    label: &'static str,
    /// What it shows.
    icon: &'static str,
    /// Whether something is set in it.
    #[prop(into)]
    is_set: Signal<bool>,
) -> impl IntoView {
    let open = ChatSession::of_page().panel;
    let is_open = move || open.get() == Some(panel);
    let toggle = move |_| {
        if open.get_untracked() == Some(panel) {
            close(open);
        } else {
            show(open, panel);
        }
    };
    view! {
        <button
            type="button"
            class="icon-btn needs-script"
            class:is-set=is_set
            id=panel.key()
            aria-label=label
            title=label
            aria-expanded=move || if is_open() { "true" } else { "false" }
            aria-controls=move || is_open().then_some(PANEL)
            on:pointerenter=move |_| prefetch_content(panel)
            on:focus=move |_| prefetch_content(panel)
            on:click=toggle
        >
            <Icon name=icon />
        </button>
    }
    .into_any()
}

/// Heading, way out, content.
#[component]
fn Frame(
    /// Which panel.
    open: Panel,
    /// Whom the chat asks.
    subject: RwSignal<Option<Subject>>,
) -> impl IntoView {
    let panel = ChatSession::of_page().panel;
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            // The same key stops an answer, which whoever shuts the panel does not mean.
            event.stop_propagation();
            // First what lies over the panel.
            if !dismiss_menus() {
                close(panel);
            }
        }
    };
    view! {
        <aside class="panel" class:panel-wide=open == Panel::Output id=PANEL aria-labelledby=TITLE on:keydown=on_key>
            <header class="panel-head">
                <h2 id=TITLE tabindex="-1">
                    {open.title()}
                </h2>
                <button
                    type="button"
                    class="icon-btn"
                    aria-label="Close panel"
                    title="Close (Esc)"
                    on:click=move |_| close(panel)
                >
                    <Icon name="x" />
                </button>
            </header>
            <div class="panel-body">
                {move || subject.get().map(|subject| panel_content(open, subject))}
            </div>
        </aside>
    }
    .into_any()
}

/// What is in a panel.
fn panel_content(open: Panel, subject: Subject) -> AnyView {
    match open {
        Panel::Parameters => {
            view! { <Lazy view=parameters_panel(subject) waiting=PanelSkeleton /> }.into_any()
        }
        Panel::Output => {
            view! { <Lazy view=output_panel(subject) waiting=PanelSkeleton /> }.into_any()
        }
    }
}

/// Fetches what is in a panel before it is opened.
fn prefetch_content(panel: Panel) {
    match panel {
        Panel::Parameters => prefetch(parameters_panel::PART),
        Panel::Output => prefetch(output_panel::PART),
    }
}

/// While what is in a panel comes.
#[component]
fn PanelSkeleton() -> impl IntoView {
    view! {
        <p class="sr-only" role="status">
            "Loading the panel"
        </p>
        <span class="skeleton w-50" aria-hidden="true"></span>
        <span class="skeleton w-90" aria-hidden="true"></span>
        <span class="skeleton w-90" aria-hidden="true"></span>
    }
}

/// Opens a panel and moves the focus to it.
pub(super) fn show(panel: RwSignal<Option<Panel>>, open: Panel) {
    panel.set(Some(open));
    remember_in_tab(OPEN, Some(open.key()));
    // It is on the page by the next frame.
    request_animation_frame(|| focus_element(TITLE));
}

/// Shuts the panel and gives the focus back to the button that opens it.
pub(super) fn close(panel: RwSignal<Option<Panel>>) {
    let Some(open) = panel.get_untracked() else {
        return;
    };
    panel.set(None);
    remember_in_tab(OPEN, None);
    focus_element(open.key());
}
