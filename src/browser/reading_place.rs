//! The place that somebody reads at: it stays where it is while the page grows above it, and what lies above is made ready
//! before the reader comes to it.

use leptos::{
    ev,
    leptos_dom::helpers::{WindowListenerHandle, request_animation_frame, window_event_listener},
};
use std::cell::Cell;
use web_sys::Element;

/// The class of a page that keeps its place by itself: the browser must not do the same at the same time. It does not where
/// the reader is at the very top, and some browsers never do.
const KEPT: &str = "keeps-place";

/// Changes what stands above an element, and leaves that element where the reader sees it.
pub fn keep(element: &Element, change: impl FnOnce()) {
    let Some(root) = element
        .owner_document()
        .and_then(|document| document.document_element())
    else {
        return change();
    };
    let _ = root.class_list().add_1(KEPT);
    let before = top(element);
    change();
    let element = element.clone();
    // What was changed is on the page by the next frame, and not painted before it.
    request_animation_frame(move || {
        if let Some(window) = web_sys::window() {
            window.scroll_by_with_x_and_y(0.0, top(&element) - before);
        }
        request_animation_frame(move || {
            let _ = root.class_list().remove_1(KEPT);
        });
    });
}

fn top(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}

/// Calls `come` whenever the reader scrolls up while an element is less than `ahead_px` above what they see, or in it.
pub fn when_approached(
    element: Element,
    ahead_px: f64,
    come: impl Fn() + 'static,
) -> WindowListenerHandle {
    let place = || {
        web_sys::window()
            .and_then(|window| window.scroll_y().ok())
            .unwrap_or_default()
    };
    let last = Cell::new(place());
    window_event_listener(ev::scroll, move |_| {
        let is_upwards = place() < last.replace(place());
        if is_upwards && element.get_bounding_client_rect().bottom() > -ahead_px {
            come();
        }
    })
}
