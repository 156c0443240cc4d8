//! The document around the components: its theme, its menus, where the focus is, what its tab remembers.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlAnchorElement, HtmlElement, Node, Storage};

/// Below this width the sidebar lies over the page; `style/shell.css` says the same.
const PHONE: &str = "(max-width: 768px)";

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Whether the sidebar lies over the page.
#[must_use]
pub fn is_phone() -> bool {
    web_sys::window()
        .and_then(|window| window.match_media(PHONE).ok().flatten())
        .is_some_and(|query| query.matches())
}

/// Sets the document's theme; none lets the system decide.
pub fn set_theme(theme: Option<&str>) {
    let Some(root) = document().and_then(|document| document.document_element()) else {
        return;
    };
    // Setting and removing an attribute of the root cannot fail.
    let _ = match theme {
        Some(theme) => root.set_attribute("data-theme", theme),
        None => root.remove_attribute("data-theme"),
    };
}

/// Moves the focus to a new page's content, unless it is there already: a reader starts at its top, and the next press of
/// the tab key goes on from it.
pub fn focus_content() {
    let Some(document) = document() else { return };
    let Some(content) = find::<HtmlElement>(&document, "#content") else {
        return;
    };
    let focused = document.active_element();
    if !content.contains(focused.as_ref().map(AsRef::as_ref)) {
        let _ = content.focus();
    }
}

/// Opens everything shut around an element and moves the focus to it, which brings it into view.
pub fn reveal(element: &Element) {
    let mut around = element.closest("details").ok().flatten();
    while let Some(details) = around {
        let _ = details.set_attribute("open", "");
        around = details
            .parent_element()
            .and_then(|outer| outer.closest("details").ok().flatten());
    }
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// Moves the focus to the element of an id, if there is one.
pub fn focus_element(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

fn tab_storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

/// What the tab was told to remember under a key; it survives a reload.
#[must_use]
pub fn recall_in_tab(key: &str) -> Option<String> {
    tab_storage()?.get_item(key).ok().flatten()
}

/// Has the tab remember something, or forget it. A browser that refuses storage remembers nothing.
pub fn remember_in_tab(key: &str, value: Option<&str>) {
    let Some(storage) = tab_storage() else { return };
    let _ = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}

/// Whether the focus is on an element or inside it.
#[must_use]
pub fn holds_focus(element: &Element) -> bool {
    let focused = document().and_then(|document| document.active_element());
    focused.is_some() && element.contains(focused.as_ref().map(AsRef::as_ref))
}

/// Moves the focus to the page's content if what held it is gone.
pub fn regain_focus() {
    if is_focus_lost() {
        focus_content();
    }
}

/// Whether what held the focus is gone.
#[must_use]
pub fn is_focus_lost() -> bool {
    let focused = document().and_then(|document| document.active_element());
    focused.is_none_or(|element| element.tag_name() == "BODY")
}

/// Shuts every open menu but the one that holds a node.
pub fn close_menus(except: Option<&Node>) {
    for menu in open_menus() {
        if except.is_none() || !menu.contains(except) {
            let _ = menu.remove_attribute("open");
        }
    }
}

/// Shuts every open menu and gives the focus back to what opened the one that held it. Whether there was any.
pub fn dismiss_menus() -> bool {
    let menus = open_menus();
    let focused = document().and_then(|document| document.active_element());
    for menu in &menus {
        let held_focus = menu.contains(focused.as_ref().map(AsRef::as_ref));
        let _ = menu.remove_attribute("open");
        let opener = menu.query_selector(":scope > summary").ok().flatten();
        if held_focus && let Some(opener) = opener.and_then(|it| it.dyn_into::<HtmlElement>().ok())
        {
            let _ = opener.focus();
        }
    }
    !menus.is_empty()
}

fn open_menus() -> Vec<Element> {
    find_all("details.menu[open]")
}

/// The names of the lazy views that the server rendered into the page.
#[must_use]
pub fn shown_parts() -> Vec<String> {
    let marks = find_all("[data-part]");
    marks
        .iter()
        .filter_map(|mark| mark.get_attribute("data-part"))
        .collect()
}

/// The path of this site that a link leads to, if an event happened at one.
#[must_use]
pub fn link_path(event: &Event) -> Option<String> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let link: HtmlAnchorElement = target.closest("a[href]").ok()??.dyn_into().ok()?;
    let is_ours = link.host() == web_sys::window()?.location().host().ok()?;
    is_ours.then(|| link.pathname())
}

fn find_all(selector: &str) -> Vec<Element> {
    let found = document().and_then(|document| document.query_selector_all(selector).ok());
    let Some(found) = found else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|index| found.item(index)?.dyn_into().ok())
        .collect()
}

/// Whether a dialog lies over the page.
#[must_use]
pub fn is_dialog_open() -> bool {
    document().is_some_and(|document| find::<Element>(&document, "dialog[open]").is_some())
}

fn find<T: JsCast>(document: &Document, selector: &str) -> Option<T> {
    document.query_selector(selector).ok()??.dyn_into().ok()
}
