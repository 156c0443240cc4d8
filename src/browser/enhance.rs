//! What scripts of their own make of finished blocks: colours in code, typeset math. Each script is fetched when there is
//! something for it to do.

use crate::model::markdown;
use js_sys::Function;
use leptos::leptos_dom::helpers::request_animation_frame;
use std::cell::OnceCell;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{CustomEvent, CustomEventInit, Document, Element};

thread_local! {
    /// What `math.js` typesets with, once it is there.
    static TYPESETTER: OnceCell<Function> = const { OnceCell::new() };
}

/// Has the code and the math inside an element seen to. What its open tail holds waits until it is finished as well.
pub fn finished(root: &Element) {
    if root.is_connected() {
        return announce(root);
    }
    // The scripts listen on the page, which a view that is still being built joins by the next frame.
    let root = root.clone();
    request_animation_frame(move || announce(&root));
}

fn announce(root: &Element) {
    let Some(document) = root.owner_document() else {
        return;
    };
    let has = |selector| matches!(root.query_selector(selector), Ok(Some(_)));
    if has("pre > code[class]") {
        load(&document, "highlight-script", "/pkg/highlight.js");
    }
    // The server typeset what it rendered of an open tail; so must whoever continues it.
    if has("code.math, .tail math") && load(&document, "math-script", "/pkg/math.js") {
        await_typesetter(&document);
    }
    let options = CustomEventInit::new();
    options.set_bubbles(true);
    if let Ok(event) = CustomEvent::new_with_event_init_dict("block-finished", &options) {
        let _ = root.dispatch_event(&event);
    }
}

/// Adds a script to the page, once, and says whether this was the time. What is asked for before the script has arrived
/// it finds by itself.
fn load(document: &Document, id: &str, address: &str) -> bool {
    if document.get_element_by_id(id).is_some() {
        return false;
    }
    let (Ok(script), Some(head)) = (document.create_element("script"), document.head()) else {
        return false;
    };
    script.set_id(id);
    let _ = script.set_attribute("type", "module");
    let _ = script.set_attribute("src", address);
    head.append_child(&script).is_ok()
}

/// Once math can be typeset, all that is rendered from then on is: growing text shows formulas, not their source.
fn await_typesetter(document: &Document) {
    let install = Closure::once_into_js(|event: CustomEvent| {
        if let Ok(typesetter) = event.detail().dyn_into() {
            TYPESETTER.with(|known| known.set(typesetter).ok());
            markdown::install_math(typeset);
        }
    });
    let _ = document.add_event_listener_with_callback("math-ready", install.unchecked_ref());
}

fn typeset(latex: &str, is_display: bool) -> Option<String> {
    TYPESETTER.with(|typesetter| {
        let mathml = typesetter
            .get()?
            .call2(&JsValue::NULL, &latex.into(), &is_display.into());
        mathml.ok()?.as_string()
    })
}
