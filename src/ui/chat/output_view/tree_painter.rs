//! The growing tree on the page: new values are put at the end of what they are in, the last text becomes longer, counts
//! follow. What is complete is never touched again.

use super::Output;
use crate::{
    browser::patch::Patcher,
    model::schema::{
        outline::{MAX_SHOWN, count_text, item, value_class, value_html},
        tree::{Tree, Value},
    },
};
use leptos::{leptos_dom::helpers::request_animation_frame, prelude::*};
use std::{cell::RefCell, collections::BTreeSet, rc::Rc};
use web_sys::Element;

/// What keeps a tree on the page up to date.
#[derive(Clone)]
pub(super) struct TreePainter {
    inner: Rc<RefCell<Inner>>,
}

struct Inner {
    list: Element,
    patcher: Patcher,
    /// Values on the page.
    painted: usize,
    /// Whether the last of them may become longer.
    is_last_open: bool,
    /// Bytes of the text that were read.
    read: usize,
    generation: u32,
    is_scheduled: bool,
}

impl TreePainter {
    /// Takes over a list that holds what the server made of the tree.
    pub(super) fn new(list: &Element, tree: &StoredValue<Tree>) -> Option<Self> {
        let (painted, is_last_open, read) = tree.try_with_value(|tree| {
            let painted = tree.nodes().len().min(MAX_SHOWN);
            (painted, is_open(tree, painted), tree.read_bytes())
        })?;
        Some(Self {
            inner: Rc::new(RefCell::new(Inner {
                list: list.clone(),
                patcher: Patcher::new()?,
                painted,
                is_last_open,
                read,
                generation: 0,
                is_scheduled: false,
            })),
        })
    }

    /// Has the page show all of the text with the next frame, after which `painted` is called.
    pub(super) fn schedule(&self, view: Output, painted: impl FnOnce() + 'static) {
        if std::mem::replace(&mut self.inner.borrow_mut().is_scheduled, true) {
            return;
        }
        let painter = self.clone();
        request_animation_frame(move || {
            let mut inner = painter.inner.borrow_mut();
            inner.is_scheduled = false;
            if inner.catch_up(view).is_some() {
                painted();
            }
        });
    }
}

impl Inner {
    /// Reads what came and paints it; nothing when the view has gone.
    fn catch_up(&mut self, view: Output) -> Option<()> {
        view.text.try_with_untracked(|growing| {
            view.tree.try_update_value(|tree| {
                let new = growing.text.get(self.read..);
                match new.filter(|_| growing.generation == self.generation) {
                    Some(new) => tree.push(new),
                    None => {
                        *tree = Tree::of(&growing.text);
                        self.generation = growing.generation;
                        self.list.set_inner_html("");
                        (self.painted, self.is_last_open) = (0, false);
                    }
                }
                self.read = growing.text.len();
                self.paint(tree);
            })
        })??;
        view.painted.try_update(|painted| *painted += 1)
    }

    fn paint(&mut self, tree: &Tree) {
        if self.is_last_open {
            self.lengthen(tree, self.painted - 1);
        }
        let nodes = tree.nodes();
        let end = nodes.len().min(MAX_SHOWN);
        let mut grown = BTreeSet::new();
        let mut next = self.painted;
        while let Some(node) = nodes.get(next).filter(|_| next < end) {
            // With a value comes all that is in it, which is all up to the next that is not.
            let begin = next;
            next += 1;
            while nodes
                .get(next)
                .is_some_and(|inner| inner.parent.is_some_and(|parent| parent >= begin))
            {
                next += 1;
            }
            let place = match node.parent {
                Some(parent) => self.find(&format!("[data-node=\"{parent}\"] > details > ul")),
                None => Some(self.list.clone()),
            };
            if let Some(place) = place {
                self.patcher.append(&place, &item(tree, begin));
            }
            grown.extend(node.parent);
        }
        for container in grown {
            let count = format!("[data-node=\"{container}\"] > details > summary > .json-count");
            if let Some(count) = self.find(&count) {
                count.set_text_content(Some(&count_text(&nodes[container])));
            }
        }
        self.painted = end;
        self.is_last_open = is_open(tree, end);
    }

    /// Shows what has been added to a value.
    fn lengthen(&self, tree: &Tree, node: usize) {
        let Some(element) = self.find(&format!("[data-node=\"{node}\"] > .json-value")) else {
            return;
        };
        let value = &tree.nodes()[node].value;
        element.set_class_name(value_class(value));
        self.patcher.patch(&element, &value_html(value));
    }

    fn find(&self, selector: &str) -> Option<Element> {
        self.list.query_selector(selector).ok().flatten()
    }
}

/// Whether the last of the values on the page is a plain one that may become longer.
fn is_open(tree: &Tree, painted: usize) -> bool {
    let last = painted
        .checked_sub(1)
        .and_then(|last| tree.nodes().get(last));
    last.is_some_and(|node| {
        node.end.is_none() && !matches!(node.value, Value::Object | Value::Array)
    })
}
