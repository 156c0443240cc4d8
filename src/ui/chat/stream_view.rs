//! The growing text of an open answer. Finished blocks are frozen and never touched again; the open one is brought up to
//! date at most once a frame; nothing above it moves.

use crate::{
    browser::{enhance, patch::Patcher},
    model::markdown::{BlockSplitter, render_block, render_tail},
};
use leptos::leptos_dom::helpers::request_animation_frame;
use std::{cell::RefCell, rc::Rc};
use web_sys::Element;

/// The HTML of a text while it may still grow: its finished blocks, then the open one. The server renders the same, so the
/// view takes over what is on the page.
pub(super) fn render_open(text: &str) -> String {
    let mut splitter = BlockSplitter::new();
    splitter.push(text);
    let mut html: String = splitter
        .take_frozen()
        .iter()
        .map(|block| render_block(block))
        .collect();
    html.push_str("<div class=\"tail\">");
    html.push_str(&render_tail(splitter.tail()));
    html.push_str("</div>");
    html
}

/// A view of a text on the page.
#[derive(Clone)]
pub(super) struct StreamView {
    inner: Rc<RefCell<Inner>>,
}

struct Inner {
    prose: Element,
    tail: Element,
    patcher: Patcher,
    splitter: BlockSplitter,
    is_scheduled: bool,
    is_over: bool,
}

impl StreamView {
    /// Takes over `prose`, which holds what [`render_open`] made of `text`.
    pub(super) fn new(prose: Element, text: &str) -> Option<Self> {
        let patcher = Patcher::new()?;
        let tail = prose.query_selector(":scope > .tail").ok().flatten()?;
        let mut splitter = BlockSplitter::new();
        splitter.push(text);
        splitter.take_frozen();
        Some(Self {
            inner: Rc::new(RefCell::new(Inner {
                prose,
                tail,
                patcher,
                splitter,
                is_scheduled: false,
                is_over: false,
            })),
        })
    }

    /// Adds text; it is on the page with the next frame, after which `painted` is called.
    pub(super) fn push(&self, delta: &str, painted: impl FnOnce() + 'static) {
        self.inner.borrow_mut().splitter.push(delta);
        self.schedule(painted);
    }

    /// Replaces everything.
    pub(super) fn replace(&self, text: &str, painted: impl FnOnce() + 'static) {
        let mut inner = self.inner.borrow_mut();
        inner.prose.set_inner_html(&render_open(text));
        if let Ok(Some(tail)) = inner.prose.query_selector(":scope > .tail") {
            inner.tail = tail;
        }
        inner.splitter = BlockSplitter::new();
        inner.splitter.push(text);
        inner.splitter.take_frozen();
        drop(inner);
        self.schedule(painted);
    }

    /// Freezes what is left: nothing more comes.
    pub(super) fn finish(&self, painted: impl FnOnce() + 'static) {
        let mut inner = self.inner.borrow_mut();
        inner.splitter.finish();
        inner.is_over = true;
        drop(inner);
        self.schedule(painted);
    }

    fn schedule(&self, painted: impl FnOnce() + 'static) {
        let is_scheduled = std::mem::replace(&mut self.inner.borrow_mut().is_scheduled, true);
        let is_over = self.inner.borrow().is_over;
        if is_scheduled && !is_over {
            return;
        }
        let view = self.clone();
        request_animation_frame(move || {
            view.paint();
            painted();
        });
    }

    fn paint(&self) {
        let mut inner = self.inner.borrow_mut();
        inner.is_scheduled = false;
        let frozen = inner.splitter.take_frozen();
        let has_frozen = !frozen.is_empty();
        for block in frozen {
            // What the tail shows is the beginning of this block: finish it in place, then move it out of the way.
            inner.patcher.patch(&inner.tail, &render_block(&block));
            inner.patcher.move_out(&inner.tail);
        }
        if inner.is_over {
            inner.tail.remove();
        } else {
            let html = render_tail(inner.splitter.tail());
            inner.patcher.patch(&inner.tail, &html);
        }
        if has_frozen {
            enhance::finished(&inner.prose);
        }
    }
}
