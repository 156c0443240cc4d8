//! What the person says in one turn: in pieces, each on its way to words.

use super::{CallEffect, hearing::Sound, samples};
use crate::model::{
    AppError, AppResult,
    ids::TranscriptionId,
    speech::{Transcription, join},
};
use std::ops::Range;

/// How much is said on before words are asked for again, by who does not pause.
const EAGER: usize = samples(1_200);
/// What is shorter is not worth keeping when somebody hangs up.
const WORTH_KEEPING: usize = samples(600);
/// Words count for a piece that went on by no more than this.
const NEARLY: usize = samples(400);

/// What is to be made into words.
#[derive(Clone, Debug, PartialEq)]
pub struct CallErrand {
    /// Where it was said, in samples since the call began.
    pub place: Range<usize>,
    /// The sound.
    pub audio: Vec<f32>,
    /// The words before.
    pub before: String,
}

/// Something that was said and is in no message.
#[derive(Clone, Debug, PartialEq)]
pub struct CallPiece {
    /// The sound.
    pub audio: Vec<f32>,
    /// The words, where they are known.
    pub heard: Option<Transcription>,
}

#[derive(Clone, Debug)]
enum Outcome {
    Waiting,
    Heard(Transcription),
    Failed(AppError),
}

#[derive(Clone, Debug)]
struct Piece {
    place: Range<usize>,
    audio: Vec<f32>,
    outcome: Outcome,
}

/// What was asked for last of what is being said.
#[derive(Clone, Debug)]
struct Open {
    place: Range<usize>,
    /// The words known last, and where what they were heard in ends.
    words: Option<(usize, Transcription)>,
}

/// A turn that goes on, or is on its way.
#[derive(Clone, Debug, Default)]
pub(super) struct Turn {
    pieces: Vec<Piece>,
    /// Where what is being said begins.
    said_from: Option<usize>,
    /// Where it ends if nothing more is said.
    paused_at: Option<usize>,
    open: Option<Open>,
    /// What is being made into words.
    in_flight: Option<Range<usize>>,
}

impl Turn {
    pub(super) fn is_speaking(&self) -> bool {
        self.said_from.is_some()
    }

    pub(super) fn said_from(&self) -> Option<usize> {
        self.said_from
    }

    /// Where its pieces were said.
    #[cfg(test)]
    pub(super) fn places(&self) -> Vec<Range<usize>> {
        self.pieces
            .iter()
            .map(|piece| piece.place.clone())
            .collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty() && self.said_from.is_none()
    }

    /// Whether nobody speaks, and every word is known.
    pub(super) fn is_complete(&self) -> bool {
        let is_heard = |piece: &Piece| matches!(piece.outcome, Outcome::Heard(_));
        !self.is_empty() && self.said_from.is_none() && self.pieces.iter().all(is_heard)
    }

    /// Whether its last piece ends there.
    pub(super) fn ends_at(&self, place: usize) -> bool {
        self.said_from.is_none()
            && (self.pieces.last()).is_some_and(|piece| piece.place.end == place)
    }

    /// Somebody speaks, from there on; never into what was said before.
    pub(super) fn began(&mut self, start: usize) {
        let floor = self.pieces.last().map_or(0, |piece| piece.place.end);
        self.said_from.get_or_insert(start.max(floor));
        self.paused_at = None;
    }

    pub(super) fn paused(&mut self, end: usize) {
        self.paused_at = self.said_from.map(|_| end);
    }

    pub(super) fn went_on(&mut self) {
        self.paused_at = None;
    }

    /// What is being said ends there.
    pub(super) fn ended(&mut self, end: usize, sound: &Sound) {
        let Some(start) = self.said_from.take() else {
            return;
        };
        self.paused_at = None;
        let place = start..end.max(start);
        // What was asked for at the last pause is all of it, if nothing more was said.
        let outcome = match self.words_until(place.start, place.end) {
            Some((end, words)) if *end == place.end => Outcome::Heard(words.clone()),
            _ => Outcome::Waiting,
        };
        self.pieces.push(Piece {
            audio: sound.at(&place),
            place,
            outcome,
        });
        // Anybody who failed before has another chance with it.
        self.retry();
    }

    /// It was nothing.
    pub(super) fn was_nothing(&mut self) {
        (self.said_from, self.paused_at, self.open) = (None, None, None);
    }

    /// What is to be made into words now, in place of what is on its way.
    pub(super) fn errand(&mut self, sound: &Sound, is_eager: bool) -> Option<CallEffect> {
        let errand = match self.waiting() {
            Some(index) => self.errand_for(index)?,
            None => self.open_errand(sound, is_eager)?,
        };
        self.in_flight = Some(errand.place.clone());
        Some(CallEffect::Transcribe(errand))
    }

    fn waiting(&self) -> Option<usize> {
        let is_waiting = |piece: &Piece| matches!(piece.outcome, Outcome::Waiting);
        self.pieces.iter().position(is_waiting)
    }

    fn errand_for(&self, index: usize) -> Option<CallErrand> {
        let piece = &self.pieces[index];
        let is_under_way = self.in_flight.as_ref() == Some(&piece.place);
        (!is_under_way).then(|| CallErrand {
            place: piece.place.clone(),
            audio: piece.audio.clone(),
            before: words_of(&self.pieces[..index]),
        })
    }

    fn open_errand(&mut self, sound: &Sound, is_eager: bool) -> Option<CallErrand> {
        let start = self.said_from?;
        let open = self.open.as_ref().filter(|open| open.place.start == start);
        let asked_until = open.map_or(start, |open| open.place.end);
        let end = match self.paused_at {
            Some(end) => end,
            // Words that may become others can wait for those that are on their way.
            None if is_eager && self.in_flight.is_none() && sound.end() >= asked_until + EAGER => {
                sound.end()
            }
            None => return None,
        };
        if end == asked_until {
            return None;
        }
        let place = start..end;
        self.open = Some(Open {
            words: open.and_then(|open| open.words.clone()),
            place: place.clone(),
        });
        Some(CallErrand {
            audio: sound.at(&place),
            place,
            before: words_of(&self.pieces),
        })
    }

    /// What came back.
    pub(super) fn answered(&mut self, place: &Range<usize>, answer: AppResult<Transcription>) {
        if self.in_flight.as_ref() != Some(place) {
            return;
        }
        self.in_flight = None;
        let piece = self.pieces.iter_mut().find(|piece| piece.place == *place);
        match (piece, answer) {
            (Some(piece), Ok(words)) => piece.outcome = Outcome::Heard(words),
            (Some(piece), Err(error)) => piece.outcome = Outcome::Failed(error),
            (None, Ok(words)) => {
                let asked = self.open.as_mut().filter(|open| open.place == *place);
                if let Some(open) = asked {
                    open.words = Some((place.end, words));
                }
            }
            // It is asked for again when it is complete; that tells what is wrong.
            (None, Err(_)) => {}
        }
    }

    /// Why the last of what failed did.
    pub(super) fn failure(&self) -> Option<AppError> {
        self.pieces
            .iter()
            .rev()
            .find_map(|piece| match &piece.outcome {
                Outcome::Failed(error) => Some(error.clone()),
                _ => None,
            })
    }

    pub(super) fn retry(&mut self) {
        for piece in &mut self.pieces {
            if matches!(piece.outcome, Outcome::Failed(_)) {
                piece.outcome = Outcome::Waiting;
            }
        }
    }

    /// Takes up what was said before it.
    pub(super) fn go_before(&mut self, before: Turn) {
        self.pieces.splice(0..0, before.pieces);
    }

    /// The words so far, also those that may become others.
    pub(super) fn words(&self) -> String {
        let open = |from: usize| {
            let words = self.words_until(from, usize::MAX);
            words.map_or("", |(_, words)| words.text.as_str())
        };
        let pieces = self.pieces.iter().map(|piece| match &piece.outcome {
            Outcome::Heard(words) => words.text.as_str(),
            _ => open(piece.place.start),
        });
        join(pieces.chain(self.said_from.map(open)))
    }

    pub(super) fn certain_words(&self) -> String {
        words_of(&self.pieces)
    }

    /// What the words were heard in.
    pub(super) fn transcriptions(&self) -> Vec<TranscriptionId> {
        let heard = self.pieces.iter().filter_map(|piece| match &piece.outcome {
            Outcome::Heard(words) if !words.text.trim().is_empty() => Some(words.id),
            _ => None,
        });
        heard.collect()
    }

    /// The words of what begins there, as far as they were heard by another place.
    fn words_until(&self, start: usize, end: usize) -> Option<&(usize, Transcription)> {
        let open = self
            .open
            .as_ref()
            .filter(|open| open.place.start == start)?;
        open.words.as_ref().filter(|(until, _)| *until <= end)
    }

    /// All that is worth keeping, with the words as far as they are known.
    pub(super) fn into_pieces(self) -> Vec<CallPiece> {
        // Words that were heard until shortly before its end are nearly all of it.
        let nearly = |place: &Range<usize>| {
            let (until, words) = self.words_until(place.start, place.end)?;
            (until + NEARLY >= place.end).then(|| words.clone())
        };
        let pieces = self.pieces.iter().map(|piece| CallPiece {
            heard: match &piece.outcome {
                Outcome::Heard(words) => Some(words.clone()),
                _ => nearly(&piece.place),
            },
            audio: piece.audio.clone(),
        });
        let is_worth_it = |piece: &CallPiece| match &piece.heard {
            Some(words) => !words.text.trim().is_empty(),
            None => piece.audio.len() >= WORTH_KEEPING,
        };
        pieces.filter(is_worth_it).collect()
    }
}

fn words_of(pieces: &[Piece]) -> String {
    join(pieces.iter().filter_map(|piece| match &piece.outcome {
        Outcome::Heard(words) => Some(&words.text),
        _ => None,
    }))
}
