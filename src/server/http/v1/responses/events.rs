//! A response as a sequence of events, in the order that the interface documents: an item begins, grows, and is done before
//! the next begins, but for calls that a model tells in turns.

use super::{
    answer::{Answer, Change},
    item::{Item, ItemKind, ItemStatus, summary, text_part},
};
use crate::server::http::v1::{
    ask::Said,
    error::ApiError,
    sse::{Wording, named},
};
use serde_json::{Value, json};

/// A kind of event with its fields.
type Event = (&'static str, Value);

/// The events of one response.
pub(super) struct Events {
    answer: Answer,
    /// The number of the next.
    sequence: u64,
    /// Places of items that are not done.
    open: Vec<usize>,
}

impl Events {
    /// The events of an answer of which nothing has come yet.
    pub(super) fn new(answer: Answer) -> Self {
        Self {
            answer,
            sequence: 0,
            open: Vec::new(),
        }
    }

    fn write(&mut self, (name, mut fields): Event) -> String {
        fields["type"] = json!(name);
        fields["sequence_number"] = json!(self.sequence);
        self.sequence += 1;
        named(name, &fields)
    }

    /// Writes what an item has to tell.
    fn of_item(&mut self, place: usize, events: impl FnOnce(&Item) -> Vec<Event>) -> String {
        let events = self.answer.item(place).map(events).unwrap_or_default();
        events.into_iter().map(|event| self.write(event)).collect()
    }

    fn begin(&mut self, place: usize) -> String {
        let before = self.finish_before(place);
        self.open.push(place);
        before + &self.of_item(place, |item| begun(item, place))
    }

    /// What must be done before this item begins. Calls may go on beside one another.
    fn finish_before(&mut self, place: usize) -> String {
        let is_call = |place: usize| {
            let item = self.answer.item(place);
            item.is_some_and(|item| matches!(item.kind, ItemKind::Call { .. }))
        };
        let open = std::mem::take(&mut self.open);
        let stays = |other: &usize| is_call(place) && is_call(*other);
        let (stay, done): (Vec<_>, Vec<_>) = open.into_iter().partition(stays);
        self.open = stay;
        self.finish(done, ItemStatus::Completed)
    }

    fn finish(&mut self, places: Vec<usize>, status: ItemStatus) -> String {
        let places = places.into_iter();
        places
            .map(|place| self.of_item(place, |item| done(item, place, status)))
            .collect()
    }

    /// The end of all of it, however it ended.
    fn end(&mut self) -> String {
        let open = std::mem::take(&mut self.open);
        // Words that were streamed as words stay words, also where they turn out to be a refusal.
        let status = match self.answer.item_status() {
            ItemStatus::Refused => ItemStatus::Completed,
            status => status,
        };
        let (name, response) = self.answer.event();
        self.finish(open, status) + &self.write((name, json!({ "response": response })))
    }
}

impl Wording for Events {
    fn opening(&mut self) -> String {
        let (name, response) = self.answer.event();
        let created = self.write(("response.created", json!({ "response": response })));
        created + &self.write((name, json!({ "response": response })))
    }

    fn said(&mut self, said: Said) -> String {
        match self.answer.take(said) {
            Change::None => String::new(),
            Change::Grown {
                place,
                is_new,
                delta,
            } => {
                let mut frames = match is_new {
                    true => self.begin(place),
                    false => String::new(),
                };
                if !delta.is_empty() {
                    frames += &self.of_item(place, |item| vec![grown(item, place, &delta)]);
                }
                frames
            }
            Change::Ended { added } => {
                let begun = added.map(|place| self.begin(place));
                begun.unwrap_or_default() + &self.end()
            }
        }
    }

    fn failed(&mut self, error: ApiError) -> String {
        self.answer.fail(error);
        self.end()
    }
}

/// The events of an item that begins.
fn begun(item: &Item, place: usize) -> Vec<Event> {
    let added = json!({ "output_index": place, "item": item.empty() });
    let mut events = vec![("response.output_item.added", added)];
    match &item.kind {
        ItemKind::Reasoning(_) => events.push((
            "response.reasoning_summary_part.added",
            json!({ "item_id": item.id, "output_index": place, "summary_index": 0, "part": summary("") }),
        )),
        ItemKind::Message(_) => events.push((
            "response.content_part.added",
            json!({ "item_id": item.id, "output_index": place, "content_index": 0, "part": text_part("") }),
        )),
        ItemKind::Call { .. } => {}
    }
    events
}

/// The event of an item that grows.
fn grown(item: &Item, place: usize, delta: &str) -> Event {
    match &item.kind {
        ItemKind::Reasoning(_) => (
            "response.reasoning_summary_text.delta",
            json!({ "item_id": item.id, "output_index": place, "summary_index": 0, "delta": delta }),
        ),
        ItemKind::Message(_) => (
            "response.output_text.delta",
            json!({
                "item_id": item.id, "output_index": place, "content_index": 0, "delta": delta,
                "logprobs": [],
            }),
        ),
        ItemKind::Call { .. } => (
            "response.function_call_arguments.delta",
            json!({ "item_id": item.id, "output_index": place, "delta": delta }),
        ),
    }
}

/// The events of an item that is done.
fn done(item: &Item, place: usize, status: ItemStatus) -> Vec<Event> {
    let mut events = match &item.kind {
        ItemKind::Reasoning(text) => vec![
            (
                "response.reasoning_summary_text.done",
                json!({ "item_id": item.id, "output_index": place, "summary_index": 0, "text": text }),
            ),
            (
                "response.reasoning_summary_part.done",
                json!({ "item_id": item.id, "output_index": place, "summary_index": 0, "part": summary(text) }),
            ),
        ],
        ItemKind::Message(text) => vec![
            (
                "response.output_text.done",
                json!({
                    "item_id": item.id, "output_index": place, "content_index": 0, "text": text,
                    "logprobs": [],
                }),
            ),
            (
                "response.content_part.done",
                json!({ "item_id": item.id, "output_index": place, "content_index": 0, "part": text_part(text) }),
            ),
        ],
        ItemKind::Call {
            name, arguments, ..
        } => vec![(
            "response.function_call_arguments.done",
            json!({ "item_id": item.id, "output_index": place, "name": name, "arguments": arguments }),
        )],
    };
    let whole = json!({ "output_index": place, "item": item.whole(status) });
    events.push(("response.output_item.done", whole));
    events
}
