//! Keeping the end of a growing page in sight, for as long as the reader wants it. Only what the reader does decides (wheel,
//! touch, keys): distances lie while a page grows.

use leptos::prelude::*;
use leptos::{
    ev,
    leptos_dom::helpers::{request_animation_frame, window_event_listener},
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, ResizeObserver, Window};

/// Within this many pixels of the end the reader has come back to it.
const AT_END_PX: f64 = 8.0;

/// Whether the page follows its end.
#[derive(Clone, Copy)]
pub struct Follow {
    is_following: RwSignal<bool>,
}

impl Follow {
    /// A page that follows its end. Call it in a component; it listens from when the component is on the page.
    #[must_use]
    pub fn new() -> Self {
        let follow = Self {
            is_following: RwSignal::new(true),
        };
        Effect::new(move || follow.listen());
        follow
    }

    /// Whether it follows, for a button that leads back to the end.
    #[must_use]
    pub fn is_following(self) -> Signal<bool> {
        self.is_following.into()
    }

    /// Goes to the end and follows it again.
    pub fn resume(self) {
        self.is_following.set(true);
        self.keep_up();
        // What was just added to the page is on it by the next frame.
        request_animation_frame(move || self.keep_up());
    }

    /// Leaves the end alone until the reader comes back to it.
    pub fn pause(self) {
        self.is_following.set(false);
    }

    /// Keeps up with an element however it grows: math is typeset and code coloured after the words are there. The observer
    /// lives as long as the element.
    pub fn watch(self, element: &Element) {
        let grown = Closure::<dyn FnMut()>::new(move || self.keep_up()).into_js_value();
        if let Ok(observer) = ResizeObserver::new(grown.unchecked_ref()) {
            observer.observe(element);
        }
    }

    /// To be called after the page has grown.
    pub fn keep_up(self) {
        // A frame that was asked for may come when the page is gone.
        if self.is_following.try_get_untracked() == Some(true)
            && let Some(window) = web_sys::window()
        {
            window.scroll_to_with_x_and_y(window.scroll_x().unwrap_or(0.0), height(&window));
        }
    }

    fn listen(self) {
        // Scrolling down to the end is coming back; the first pixels of scrolling up are near the end, too.
        let last_y = StoredValue::new(0.0_f64);
        let away = move || {
            if self.is_following.get_untracked() {
                self.is_following.set(false);
                // Where the page followed to since it last told is no way down that the reader went.
                let y = web_sys::window().and_then(|window| window.scroll_y().ok());
                last_y.set_value(y.unwrap_or_default());
            }
        };
        let perhaps_back = move || {
            let Some(window) = web_sys::window() else {
                return;
            };
            let y = window.scroll_y().unwrap_or_default();
            let is_downwards = y > last_y.get_value();
            last_y.set_value(y);
            if is_downwards && is_at_end(&window) && !self.is_following.get_untracked() {
                self.is_following.set(true);
            }
        };
        let wheel = window_event_listener(ev::wheel, move |event| {
            if event.delta_y() < 0.0 && !is_in_scroller(event.target()) {
                away();
            }
        });
        let touch = window_event_listener(ev::touchmove, move |_| away());
        let keys = window_event_listener(ev::keydown, move |event| {
            let is_typing = event
                .target()
                .and_then(|target| target.dyn_into::<Element>().ok())
                .is_some_and(|element| element.matches("input, textarea, select").unwrap_or(false));
            if !is_typing && matches!(event.key().as_str(), "PageUp" | "ArrowUp" | "Home") {
                away();
            }
        });
        let scroll = window_event_listener(ev::scroll, move |_| perhaps_back());
        on_cleanup(move || {
            wheel.remove();
            touch.remove();
            keys.remove();
            scroll.remove();
        });
    }
}

impl Default for Follow {
    fn default() -> Self {
        Self::new()
    }
}

/// The wheel over a code block or a table scrolls that, not the page.
fn is_in_scroller(target: Option<web_sys::EventTarget>) -> bool {
    target
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|element| {
            element
                .closest("pre, .table-scroll, textarea")
                .ok()
                .flatten()
        })
        .is_some_and(|scroller| scroller.scroll_height() > scroller.client_height())
}

fn height(window: &Window) -> f64 {
    window
        .document()
        .and_then(|document| document.document_element())
        .map(|root| f64::from(root.scroll_height()))
        .unwrap_or_default()
}

fn is_at_end(window: &Window) -> bool {
    let bottom = window.scroll_y().unwrap_or_default()
        + window
            .inner_height()
            .ok()
            .and_then(|height| height.as_f64())
            .unwrap_or_default();
    height(window) - bottom <= AT_END_PX
}
