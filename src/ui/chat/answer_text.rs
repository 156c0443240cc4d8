//! Where the text of an answer appears while it comes: as prose, or in the shape that it was asked for in.

use super::{output_view::Growing, stream_view::StreamView};
use leptos::prelude::*;

/// A place for a growing text.
#[derive(Clone)]
pub(super) enum AnswerText {
    /// Markdown, block by block.
    Prose(StreamView),
    /// Whatever shows the text as the shape that it has.
    Shape(RwSignal<Growing>),
}

impl AnswerText {
    /// Adds text; `painted` is called when it is on the page.
    pub(super) fn push(&self, delta: &str, painted: impl FnOnce() + 'static) {
        match self {
            Self::Prose(view) => view.push(delta, painted),
            Self::Shape(growing) => {
                let _ = growing.try_update(|growing| growing.text.push_str(delta));
            }
        }
    }

    /// Replaces everything.
    pub(super) fn replace(&self, text: &str, painted: impl FnOnce() + 'static) {
        match self {
            Self::Prose(view) => view.replace(text, painted),
            Self::Shape(growing) => {
                let _ = growing.try_update(|growing| {
                    text.clone_into(&mut growing.text);
                    growing.generation += 1;
                });
            }
        }
    }

    /// Nothing more comes.
    pub(super) fn finish(&self, painted: impl FnOnce() + 'static) {
        match self {
            Self::Prose(view) => view.finish(painted),
            // Its end is told by the state of its run.
            Self::Shape(_) => {}
        }
    }
}
