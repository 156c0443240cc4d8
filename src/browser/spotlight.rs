//! Marks the sentence that is read aloud, by a highlight over the text: the page's elements stay untouched, so that an
//! answer can grow meanwhile. A browser without highlights marks nothing.

use crate::model::{
    ids::MessageId,
    speech::on_page::{is_letter, places},
};
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Node, Range, Text};

/// The highlight's name; `style/reading.css` says how it looks.
const NAME: &str = "spoken";
/// What is announced rather than read is not searched for words; formulas are shown in a script of their own.
const SILENT: &str = ".code-block, math";

/// The id of the element that holds the words of an answer.
#[must_use]
pub fn words_id(message: MessageId) -> String {
    format!("words-{message}")
}

/// The mark of one answer. It goes when this is dropped.
#[derive(Debug)]
pub struct Spotlight {
    id: String,
    shown: Option<(usize, Range)>,
}

impl Drop for Spotlight {
    fn drop(&mut self) {
        self.clear();
    }
}

impl Spotlight {
    /// Nothing is marked yet.
    #[must_use]
    pub fn new(message: MessageId) -> Self {
        Self {
            id: words_id(message),
            shown: None,
        }
    }

    /// Marks one of an answer's sentences, if it is on the page; again where the page has changed under the mark.
    pub fn show<'a>(&mut self, sentences: impl Iterator<Item = &'a str> + Clone, index: usize) {
        if let Some((shown, range)) = &self.shown
            && *shown == index
            && !range.collapsed()
            && is_on_page(range)
        {
            return;
        }
        match self.range(sentences, index) {
            Some(range) => {
                highlight(Some(&range));
                self.shown = Some((index, range));
            }
            None => self.clear(),
        }
    }

    /// Marks nothing.
    pub fn clear(&mut self) {
        if self.shown.take().is_some() {
            highlight(None);
        }
    }

    fn range<'a>(
        &self,
        sentences: impl Iterator<Item = &'a str> + Clone,
        index: usize,
    ) -> Option<Range> {
        let document = web_sys::window()?.document()?;
        let words = document.get_element_by_id(&self.id)?;
        let page = Page::read(&words);
        let place = places(&page.letters, sentences.clone().take(index + 1)).last()?;
        let range = document.create_range().ok()?;
        if let Some(place) = place {
            page.set(&range, place.start, place.end)?;
            return Some(range);
        }
        // What is announced is marked as a whole: the same one in its row.
        let announced = sentences.clone().nth(index)?;
        let kinds = [("A table with ", "table"), ("Here is some ", ".code-head")];
        let (start, selector) = kinds
            .iter()
            .find(|(start, _)| announced.starts_with(start))?;
        let before = sentences.take(index).filter(|one| one.starts_with(start));
        let element = nth(&words, selector, before.count())?;
        range.select_node_contents(&element).ok()?;
        Some(range)
    }
}

fn is_on_page(range: &Range) -> bool {
    range
        .start_container()
        .is_ok_and(|node| node.is_connected())
}

fn nth(root: &Element, selector: &str, index: usize) -> Option<Node> {
    let found = root.query_selector_all(selector).ok()?;
    found.item(u32::try_from(index).ok()?)
}

/// The letters of an element, and where each stands.
struct Page {
    letters: Vec<char>,
    /// The text node and the place in it, in UTF-16 units, of each letter.
    at: Vec<(usize, u32)>,
    texts: Vec<Text>,
}

impl Page {
    fn read(root: &Element) -> Self {
        let mut page = Self {
            letters: Vec::new(),
            at: Vec::new(),
            texts: Vec::new(),
        };
        page.add(root);
        page
    }

    fn add(&mut self, node: &Node) {
        if let Some(text) = node.dyn_ref::<Text>() {
            let mut unit = 0;
            for character in text.data().chars() {
                if is_letter(character) {
                    self.letters.push(character);
                    self.at.push((self.texts.len(), unit));
                }
                unit += if character.len_utf16() == 2 { 2 } else { 1 };
            }
            self.texts.push(text.clone());
            return;
        }
        let element = node.dyn_ref::<Element>();
        if element.is_some_and(|element| element.matches(SILENT).unwrap_or(false)) {
            return;
        }
        let mut child = node.first_child();
        while let Some(node) = child {
            self.add(&node);
            child = node.next_sibling();
        }
    }

    /// From one letter to before another, with the marks that end the last word.
    fn set(&self, range: &Range, start: usize, end: usize) -> Option<()> {
        let (first, from) = *self.at.get(start)?;
        let (last, to) = *self.at.get(end.checked_sub(1)?)?;
        let text = self.texts.get(last)?.data();
        let units: Vec<u16> = text.encode_utf16().collect();
        let after = units.get(to as usize..).unwrap_or_default();
        let letters = char::decode_utf16(after.iter().copied()).map(|letter| letter.unwrap_or(' '));
        let word: usize = letters
            .enumerate()
            .take_while(|(index, letter)| {
                *index == 0 || !(is_letter(*letter) || letter.is_whitespace())
            })
            .map(|(_, letter)| letter.len_utf16())
            .sum();
        range.set_start(self.texts.get(first)?, from).ok()?;
        range
            .set_end(self.texts.get(last)?, to + u32::try_from(word).ok()?)
            .ok()
    }
}

/// Highlights a range, or none. The interface is young: it is looked for by name.
fn highlight(range: Option<&Range>) {
    let _ = try_highlight(range);
}

fn try_highlight(range: Option<&Range>) -> Option<()> {
    let window = web_sys::window()?;
    let get = |from: &JsValue, name: &str| Reflect::get(from, &name.into()).ok();
    let registry = get(&get(&window, "CSS")?, "highlights")?;
    match range {
        Some(range) => {
            let constructor: Function = get(&window, "Highlight")?.dyn_into().ok()?;
            let made = Reflect::construct(&constructor, &Array::of1(range)).ok()?;
            let set: Function = get(&registry, "set")?.dyn_into().ok()?;
            set.call2(&registry, &NAME.into(), &made).ok()?;
        }
        None => {
            let delete: Function = get(&registry, "delete")?.dyn_into().ok()?;
            delete.call1(&registry, &NAME.into()).ok()?;
        }
    }
    Some(())
}
