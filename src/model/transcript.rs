//! The one reducer: folds the events of a run into its message, on the server and in the browser alike.

use super::{
    chat::{AnswerExtras, RunState, Usage},
    event::{RunEvent, SequencedEvent},
};

/// A message while its run is open: the text so far, where the run stands, and the last event folded in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// The text so far.
    pub text: String,
    /// Where the run stands.
    pub state: RunState,
    /// The last event folded in; 0 when none.
    pub seq: u64,
    /// What it took, once told.
    pub usage: Option<Usage>,
    /// What there is besides the text.
    pub extras: AnswerExtras,
}

/// What folding one event did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Text was appended, by a delta or a snapshot that goes further; it begins at this byte of the text.
    Appended {
        /// Byte offset where the new text begins.
        from: usize,
    },
    /// A snapshot replaced the text by another.
    Replaced,
    /// The state changed, or what there is besides the text; the text did not.
    State,
    /// It was known already: nothing changed.
    Duplicate,
    /// Something is missing before it: nothing changed, take a snapshot.
    Gap,
}

impl Default for Transcript {
    fn default() -> Self {
        Self::new(String::new(), 0)
    }
}

impl Transcript {
    /// A transcript that already holds the events up to `seq`.
    #[must_use]
    pub fn new(text: String, seq: u64) -> Self {
        Self {
            text,
            state: RunState::Running,
            seq,
            usage: None,
            extras: AnswerExtras::default(),
        }
    }

    /// The same, with what there is besides the text.
    #[must_use]
    pub fn with_extras(self, extras: AnswerExtras) -> Self {
        Self { extras, ..self }
    }

    /// Folds one event. An event is taken only in its turn: one that was seen is skipped, one that comes too early is
    /// refused, so that no character is ever doubled or lost.
    pub fn apply(&mut self, SequencedEvent { seq, event }: &SequencedEvent) -> Applied {
        if let RunEvent::Snapshot {
            text,
            state,
            usage,
            extras,
        } = event
        {
            // An end is the last word, also where the driver died before all it had sent was stored.
            if *seq < self.seq && !state.is_end() {
                return Applied::Duplicate;
            }
            let from = self.text.len();
            let applied = match text.strip_prefix(&self.text) {
                Some("") => Applied::State,
                Some(_) => Applied::Appended { from },
                None => Applied::Replaced,
            };
            self.text.clone_from(text);
            self.state = state.clone();
            self.seq = *seq;
            self.usage = *usage;
            self.extras.clone_from(extras);
            return applied;
        }
        if *seq <= self.seq {
            return Applied::Duplicate;
        }
        if *seq > self.seq + 1 {
            return Applied::Gap;
        }
        self.seq = *seq;
        match event {
            RunEvent::Text(delta) => {
                let from = self.text.len();
                self.text.push_str(delta);
                self.state = RunState::Running;
                return Applied::Appended { from };
            }
            RunEvent::Reasoning(delta) => {
                self.extras.reasoning.push_str(delta);
                self.state = RunState::Running;
            }
            RunEvent::File(file) => self.extras.files.push((**file).clone()),
            RunEvent::AnsweredBy { name } => self.extras.answered_by = Some(name.clone()),
            RunEvent::Finished { usage, .. } => self.usage = *usage,
            _ => {}
        }
        if let Some(state) = event.state() {
            self.state = state;
        }
        Applied::State
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::chat::FinishReason;
    use proptest::prelude::*;

    fn text(seq: u64, delta: &str) -> SequencedEvent {
        SequencedEvent {
            seq,
            event: RunEvent::Text(delta.to_owned()),
        }
    }

    #[test]
    fn deltas_append_in_order_and_tell_where_they_begin() {
        let mut transcript = Transcript::default();
        assert_eq!(
            transcript.apply(&text(1, "Hé")),
            Applied::Appended { from: 0 }
        );
        assert_eq!(
            transcript.apply(&text(2, "llo")),
            Applied::Appended { from: 3 }
        );
        assert_eq!(transcript.text, "Héllo");
    }

    #[test]
    fn replayed_events_do_not_duplicate_text_and_early_ones_are_refused() {
        let mut transcript = Transcript::default();
        transcript.apply(&text(1, "a"));
        assert_eq!(transcript.apply(&text(1, "a")), Applied::Duplicate);
        assert_eq!(transcript.apply(&text(3, "c")), Applied::Gap);
        assert_eq!((transcript.text.as_str(), transcript.seq), ("a", 1));
    }

    fn snapshot(seq: u64, text: &str, state: RunState) -> SequencedEvent {
        let (text, usage) = (text.to_owned(), None);
        SequencedEvent {
            seq,
            event: RunEvent::Snapshot {
                text,
                state,
                usage,
                extras: AnswerExtras::default(),
            },
        }
    }

    #[test]
    fn a_snapshot_replaces_what_is_older_than_it_and_nothing_newer() {
        let mut transcript = Transcript::new("x".to_owned(), 1);
        let second = snapshot(2, "ab", RunState::Running);
        assert_eq!(transcript.apply(&second), Applied::Replaced);
        transcript.apply(&text(3, "c"));
        assert_eq!(transcript.apply(&second), Applied::Duplicate);
        assert_eq!(transcript.text, "abc");
    }

    #[test]
    fn a_snapshot_that_goes_further_appends_so_that_nothing_on_the_page_moves() {
        let mut transcript = Transcript::new("Grü".to_owned(), 1);
        let further = snapshot(3, "Grüße", RunState::Running);
        assert_eq!(transcript.apply(&further), Applied::Appended { from: 4 });
        assert_eq!(transcript.apply(&further), Applied::State);
    }

    #[test]
    fn an_end_is_taken_also_when_less_was_stored_than_was_shown() {
        let mut transcript = Transcript::new("abc".to_owned(), 9);
        let end = snapshot(5, "ab", RunState::Interrupted);
        assert_eq!(transcript.apply(&end), Applied::Replaced);
        assert_eq!(
            (transcript.text.as_str(), &transcript.state),
            ("ab", &RunState::Interrupted)
        );
    }

    #[test]
    fn the_end_keeps_reason_and_usage() {
        let mut transcript = Transcript::default();
        let usage = Some(Usage {
            input_tokens: 3,
            output_tokens: 4,
            reasoning_tokens: 0,
        });
        let end = RunEvent::Finished {
            reason: FinishReason::Length,
            usage,
        };
        transcript.apply(&SequencedEvent { seq: 1, event: end });
        assert!(transcript.state.is_end() && transcript.state.is_cut_short());
        assert_eq!(transcript.usage, usage);
    }

    proptest! {
        /// However a reader loses, repeats and resumes, what it holds is a prefix of the truth, and all of it in the end.
        #[test]
        fn any_interleaving_of_replays_and_snapshots_ends_in_the_same_text(
            deltas in prop::collection::vec("\\PC{0,6}", 1..20),
            hops in prop::collection::vec((0usize..20, any::<bool>()), 0..40),
        ) {
            let whole: String = deltas.concat();
            let mut transcript = Transcript::default();
            let prefix = |n: usize| deltas[..n].concat();
            for (at, is_snapshot) in hops {
                let n = at % deltas.len() + 1;
                let event = if is_snapshot {
                    RunEvent::Snapshot { text: prefix(n), state: RunState::Running, usage: None, extras: AnswerExtras::default() }
                } else {
                    RunEvent::Text(deltas[n - 1].clone())
                };
                transcript.apply(&SequencedEvent { seq: n as u64, event });
                prop_assert_eq!(&transcript.text, &prefix(usize::try_from(transcript.seq).unwrap_or(0)));
            }
            for (index, delta) in deltas.iter().enumerate() {
                transcript.apply(&text(index as u64 + 1, delta));
            }
            prop_assert_eq!(transcript.text, whole);
        }
    }
}
