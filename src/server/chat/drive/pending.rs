//! Words that came and were not sent yet: they wait a moment for more, so that fewer bytes go around the same text.

use crate::model::event::RunEvent;

/// Most text in one event; more goes out as several.
pub(super) const MAX_DELTA_BYTES: usize = 16 * 1024;

/// Words on their way to readers.
#[derive(Default)]
pub(super) struct Pending {
    text: String,
    thoughts: String,
}

impl Pending {
    /// Adds words of the answer.
    pub(super) fn add_text(&mut self, words: &str) {
        push(&mut self.text, words);
    }

    /// Adds words of the thoughts before it.
    pub(super) fn add_thoughts(&mut self, words: &str) {
        push(&mut self.thoughts, words);
    }

    /// How much waits, in bytes.
    pub(super) fn len(&self) -> usize {
        self.text.len() + self.thoughts.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All that waits, as events: thoughts first, for they came before the words.
    pub(super) fn take(&mut self) -> impl Iterator<Item = RunEvent> + use<> {
        let thoughts = pieces(std::mem::take(&mut self.thoughts)).map(RunEvent::Reasoning);
        let text = pieces(std::mem::take(&mut self.text)).map(RunEvent::Text);
        thoughts.chain(text)
    }
}

/// A NUL is text to a model and an error to a database.
fn push(waiting: &mut String, words: &str) {
    if words.contains('\0') {
        waiting.push_str(&words.replace('\0', "\u{fffd}"));
    } else {
        waiting.push_str(words);
    }
}

/// A text in pieces of at most [`MAX_DELTA_BYTES`].
fn pieces(mut text: String) -> impl Iterator<Item = String> {
    std::iter::from_fn(move || {
        if text.is_empty() {
            return None;
        }
        let rest = text.split_off(text.floor_char_boundary(MAX_DELTA_BYTES));
        Some(std::mem::replace(&mut text, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_go_out_in_pieces_that_make_the_whole() {
        let mut pending = Pending::default();
        let text = "ä".repeat(MAX_DELTA_BYTES);
        pending.add_text(&text);
        pending.add_thoughts("first\0");
        let events: Vec<_> = pending.take().collect();
        assert_eq!(events[0], RunEvent::Reasoning("first\u{fffd}".to_owned()));
        let mut whole = String::new();
        for event in &events[1..] {
            let RunEvent::Text(piece) = event else {
                panic!("{event:?}");
            };
            assert!(piece.len() <= MAX_DELTA_BYTES);
            whole.push_str(piece);
        }
        assert_eq!(whole, text);
        assert!(pending.is_empty() && pending.take().next().is_none());
    }
}
