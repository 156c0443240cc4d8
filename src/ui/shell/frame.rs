//! The frame of every page but the ways in: a sidebar that one checkbox opens and shuts, and the content.

use super::{sidebar::Sidebar, topbar::SkipLink};
use crate::{
    browser::page::{close_menus, dismiss_menus, focus_content, is_phone},
    ui::{kit::icon::Icon, reading::dock::PageReadingDock},
};
use leptos::{ev, html, prelude::*};
use leptos_router::{components::Outlet, hooks::use_location};
use web_sys::Node;

/// The frame around the page that the address names.
#[component]
pub fn FramedPage() -> impl IntoView {
    view! {
        <Frame>
            <Outlet />
        </Frame>
    }
}

/// The frame around a page.
#[component]
pub fn Frame(
    /// The page: its bar and its `main`.
    children: Children,
) -> impl IntoView {
    let toggle = NodeRef::<html::Input>::new();
    keep_tidy(toggle);
    view! {
        <SkipLink />
        <div class="app">
            <aside class="side" aria-label="Sidebar">
                <input
                    node_ref=toggle
                    type="checkbox"
                    class="nav-toggle"
                    id="nav-toggle"
                    aria-label="Toggle sidebar"
                    autocomplete="off"
                />
                <label class="icon-btn nav-button" for="nav-toggle" title="Toggle sidebar">
                    <Icon name="panel-left" />
                </label>
                <Sidebar />
                <label class="scrim" for="nav-toggle" aria-hidden="true"></label>
            </aside>
            <div class="main">{children()} <PageReadingDock /></div>
        </div>
    }
    .into_any()
}

/// Shuts what lies over the page when it is no longer wanted: on the way to another page, by the Escape key, by a press
/// beside it. None of it needs a script to open.
fn keep_tidy(toggle: NodeRef<html::Input>) {
    let close_drawer = move || {
        if let Some(toggle) = toggle.get_untracked()
            && is_phone()
        {
            toggle.set_checked(false);
        }
    };
    let pathname = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let now = pathname.get();
        if before.is_some_and(|before| before != now) {
            close_drawer();
            close_menus(None);
            // The new page stands by the next frame.
            request_animation_frame(focus_content);
        }
        now
    });
    Effect::new(move |_| {
        let key = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" && !event.default_prevented() && !dismiss_menus() {
                close_drawer();
            }
        });
        let press = window_event_listener(ev::click, |event| {
            close_menus(Some(&event_target::<Node>(&event)));
        });
        on_cleanup(move || {
            key.remove();
            press.remove();
        });
    });
}
