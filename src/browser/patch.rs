//! Bringing an element's content to what some HTML says, touching only what differs: text that grew is appended to, so a
//! selection and the layout above it stay.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlTemplateElement, Node, NodeList, Text};

/// A parser of HTML into nodes.
pub struct Patcher {
    document: Document,
    template: HtmlTemplateElement,
}

impl Patcher {
    /// A parser for the page; `None` outside a browser.
    #[must_use]
    pub fn new() -> Option<Self> {
        let document = web_sys::window()?.document()?;
        let template = document.create_element("template").ok()?.dyn_into().ok()?;
        Some(Self { document, template })
    }

    /// Makes `target` hold what `html` says. `html` comes from our own renderer, which escapes everything.
    pub fn patch(&self, target: &Element, html: &str) {
        self.template.set_inner_html(html);
        reconcile(target, &self.template.content());
    }

    /// Puts what `html` says at the end of `parent`.
    pub fn append(&self, parent: &Element, html: &str) {
        self.template.set_inner_html(html);
        let _ = parent.append_child(&self.template.content());
    }

    /// Puts what `html` says before `next`, in `next`'s parent.
    pub fn insert_before(&self, next: &Element, html: &str) {
        self.template.set_inner_html(html);
        if let Some(parent) = next.parent_node() {
            let _ = parent.insert_before(&self.template.content(), Some(next));
        }
    }

    /// Moves what `from` holds before it, leaving it empty: the nodes stay as they are.
    pub fn move_out(&self, from: &Element) {
        let fragment = self.document.create_document_fragment();
        while let Some(child) = from.first_child() {
            let _ = fragment.append_child(&child);
        }
        if let Some(parent) = from.parent_node() {
            let _ = parent.insert_before(&fragment, Some(from));
        }
    }
}

fn reconcile(target: &Node, wanted: &Node) {
    let have = nodes(&target.child_nodes());
    let want = nodes(&wanted.child_nodes());
    for (index, new) in want.iter().enumerate() {
        match have.get(index) {
            Some(old) if is_same_kind(old, new) => update(old, new),
            Some(old) => {
                let _ = target.replace_child(new, old);
            }
            None => {
                let _ = target.append_child(new);
            }
        }
    }
    for old in have.iter().skip(want.len()) {
        let _ = target.remove_child(old);
    }
}

fn nodes(list: &NodeList) -> Vec<Node> {
    (0..list.length())
        .filter_map(|index| list.item(index))
        .collect()
}

fn is_same_kind(old: &Node, new: &Node) -> bool {
    if old.node_type() != new.node_type() || old.node_name() != new.node_name() {
        return false;
    }
    match (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) {
        // An element with other attributes is another element: attributes of ours never change by themselves.
        (Some(old), Some(new)) => {
            let names = new.get_attribute_names();
            names.length() == old.get_attribute_names().length()
                && names
                    .iter()
                    .filter_map(|name| name.as_string())
                    .all(|name| old.get_attribute(&name) == new.get_attribute(&name))
        }
        _ => true,
    }
}

fn update(old: &Node, new: &Node) {
    let (Some(old_text), Some(new_text)) = (old.dyn_ref::<Text>(), new.dyn_ref::<Text>()) else {
        reconcile(old, new);
        return;
    };
    let (had, has) = (old_text.data(), new_text.data());
    if had == has {
        return;
    }
    match has.strip_prefix(&had) {
        Some(more) => {
            let _ = old_text.append_data(more);
        }
        None => old_text.set_data(&has),
    }
}
