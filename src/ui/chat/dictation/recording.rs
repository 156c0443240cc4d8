//! What is said, cut into pieces, and what has become of each. Nothing here waits or asks: it says what is to be sent, and is
//! told what came back.

use super::state::Failure;
use crate::{
    browser::recordings::KeptPiece,
    model::{
        AppError, AppResult,
        ids::TranscriptionId,
        speech::{
            Activity, ActivityDetector, ActivityRules, LISTENING_RATE, Transcription, join,
            milliseconds, samples, wav,
        },
    },
};
use std::ops::Range;

/// How much is said on before words are asked for in between, by who never pauses.
const EAGER: usize = samples(3_000);
/// Shown where words are missing.
const GAP: &str = "[…]";

/// What is sent, and what for.
#[derive(Clone, Debug, PartialEq)]
pub struct Errand {
    /// What it is.
    pub of: Sent,
    /// The sound.
    pub audio: Vec<f32>,
    /// The words before.
    pub before: String,
}

/// What was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The piece at this place in the list.
    Piece(usize),
    /// What is being said, from and to these samples. It may go on.
    Open(Range<usize>),
}

/// What became of a piece.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Waiting,
    Heard(Transcription),
    Failed(AppError),
}

struct Piece {
    name: String,
    place: Range<usize>,
    /// Empty once the words are known.
    audio: Vec<f32>,
    outcome: Outcome,
    is_kept: bool,
}

/// A recording that goes on, or one that was kept.
pub struct Recording {
    /// What the names of its pieces begin with.
    stamp: String,
    detector: ActivityDetector,
    /// What may still be needed of what was heard, and where that begins.
    buffer: Vec<f32>,
    buffer_from: usize,
    pieces: Vec<Piece>,
    paused_at: Option<usize>,
    /// What was sent last of what is being said.
    sent: Option<Range<usize>>,
    /// What was heard last of it, and the words: perhaps of less than what was sent since.
    open: Option<(Range<usize>, Transcription)>,
    last_spoken: usize,
}

impl Recording {
    /// One that begins. Its stamp sorts behind those of earlier ones.
    pub fn new(stamp: String) -> Self {
        Self {
            stamp,
            detector: ActivityDetector::new(ActivityRules::DICTATION),
            buffer: Vec::new(),
            buffer_from: 0,
            pieces: Vec::new(),
            paused_at: None,
            sent: None,
            open: None,
            last_spoken: 0,
        }
    }

    /// One that was kept.
    pub fn restored(kept: Vec<KeptPiece>) -> Self {
        let pieces = kept.into_iter().map(|piece| {
            let audio = wav::decode(&piece.wav);
            Piece {
                name: piece.name,
                place: 0..audio.len(),
                audio,
                outcome: piece.heard.map_or(Outcome::Waiting, Outcome::Heard),
                is_kept: true,
            }
        });
        Self {
            pieces: pieces.collect(),
            ..Self::new(String::new())
        }
    }

    /// Listens on.
    pub fn hear(&mut self, heard: &[f32]) {
        self.buffer.extend_from_slice(heard);
        for activity in self.detector.push(heard) {
            self.note(activity);
        }
        if self.detector.speaking_since().is_some() && self.paused_at.is_none() {
            self.last_spoken = self.detector.position();
        }
        let unneeded = self.detector.needed_from() - self.buffer_from;
        // Moved together now and then, and not for every block.
        if unneeded > LISTENING_RATE as usize {
            self.buffer.drain(..unneeded.min(self.buffer.len()));
            self.buffer_from += unneeded;
        }
    }

    /// The microphone is off.
    pub fn finish(&mut self) {
        if let Some(activity) = self.detector.finish() {
            self.note(activity);
        }
    }

    fn note(&mut self, activity: Activity) {
        match activity {
            Activity::Began(_) | Activity::WentOn => self.paused_at = None,
            Activity::Paused(end) => self.paused_at = Some(end),
            Activity::Ended(place) => {
                let words = self.open.take_if(|(heard, _)| *heard == place);
                // Where it did not go on after a pause, what was heard then is all of it.
                let outcome = words.map_or(Outcome::Waiting, |(_, words)| Outcome::Heard(words));
                self.paused_at = None;
                self.pieces.push(Piece {
                    name: self.next_name(),
                    audio: self.sound(&place),
                    place,
                    outcome,
                    is_kept: false,
                });
            }
        }
    }

    fn next_name(&self) -> String {
        format!("{}-{:05}", self.stamp, self.pieces.len())
    }

    fn sound(&self, place: &Range<usize>) -> Vec<f32> {
        let at = |sample: usize| {
            let at = sample.saturating_sub(self.buffer_from);
            at.min(self.buffer.len())
        };
        self.buffer[at(place.start)..at(place.end)].to_vec()
    }

    /// What to send next. What is being said is sent at every pause, and if `is_eager` also while it goes on.
    pub fn next(&mut self, is_eager: bool) -> Option<Errand> {
        let waiting = |piece: &Piece| piece.outcome == Outcome::Waiting;
        if let Some(index) = self.pieces.iter().position(waiting) {
            return Some(Errand {
                of: Sent::Piece(index),
                audio: self.pieces[index].audio.clone(),
                before: self.words_before(index),
            });
        }
        let start = self.detector.speaking_since()?;
        let sent = self.sent.as_ref().filter(|sent| sent.start == start);
        let sent_until = sent.map_or(start, |sent| sent.end);
        let now = self.detector.position();
        let end = match self.paused_at {
            Some(end) if end > sent_until => end,
            None if is_eager && now >= sent_until + EAGER => now,
            _ => return None,
        };
        let place = start..end;
        self.sent = Some(place.clone());
        Some(Errand {
            audio: self.sound(&place),
            of: Sent::Open(place),
            before: self.words_before(self.pieces.len()),
        })
    }

    /// Whether nobody needs an answer any more, because there was said more meanwhile that is complete.
    pub fn is_moot(&self, sent: &Sent) -> bool {
        let Sent::Open(place) = sent else {
            return false;
        };
        let is_open = self.detector.speaking_since() == Some(place.start);
        !is_open && !self.pieces.iter().any(|piece| piece.place == *place)
    }

    /// What came back.
    pub fn answered(&mut self, sent: &Sent, answer: AppResult<Transcription>) {
        let index = match sent {
            Sent::Piece(index) => Some(*index),
            Sent::Open(place) => {
                let is_it =
                    |piece: &Piece| piece.place == *place && piece.outcome == Outcome::Waiting;
                self.pieces.iter().position(is_it)
            }
        };
        match (
            index.and_then(|index| self.pieces.get_mut(index)),
            answer,
            sent,
        ) {
            (Some(piece), Ok(words), _) => {
                piece.audio = Vec::new();
                piece.outcome = Outcome::Heard(words);
                piece.is_kept = false;
            }
            (Some(piece), Err(error), Sent::Piece(_)) => piece.outcome = Outcome::Failed(error),
            (None, Ok(words), Sent::Open(place)) => self.open = Some((place.clone(), words)),
            // It will be sent again as a piece; that tells what is wrong.
            _ => {}
        }
    }

    /// Has everything that failed sent again.
    pub fn retry(&mut self) {
        for piece in &mut self.pieces {
            if matches!(piece.outcome, Outcome::Failed(_)) {
                piece.outcome = Outcome::Waiting;
            }
        }
    }

    /// The words so far, with a mark where some are missing.
    pub fn words(&self) -> String {
        let pieces = self.pieces.iter().map(|piece| match &piece.outcome {
            Outcome::Heard(words) => words.text.as_str(),
            Outcome::Failed(_) => GAP,
            Outcome::Waiting => self.open_words(&piece.place),
        });
        let start = self.detector.speaking_since();
        let open = start.map_or("", |start| self.open_words(&(start..start)));
        join(pieces.chain([open]))
    }

    /// What is known of words that may yet become others.
    fn open_words(&self, place: &Range<usize>) -> &str {
        match &self.open {
            Some((heard, words)) if heard.start == place.start => &words.text,
            _ => "",
        }
    }

    fn words_before(&self, index: usize) -> String {
        join(self.pieces[..index].iter().filter_map(words_of))
    }

    /// The words that are certain.
    pub fn certain_words(&self) -> String {
        self.words_before(self.pieces.len())
    }

    /// The recordings that the certain words come from.
    pub fn transcriptions(&self) -> Vec<TranscriptionId> {
        let ids = self.pieces.iter().map(|piece| match &piece.outcome {
            Outcome::Heard(words) if !words.text.trim().is_empty() => Some(words.id),
            _ => None,
        });
        ids.flatten().collect()
    }

    /// What failed, and why the last of it did.
    pub fn failure(&self) -> Option<Failure> {
        let failed = self.pieces.iter().filter_map(|piece| match &piece.outcome {
            Outcome::Failed(error) => Some((piece.audio.len(), error)),
            _ => None,
        });
        failed.fold(None, |before: Option<Failure>, (length, error)| {
            Some(Failure {
                ms: before.map_or(0, |before| before.ms) + milliseconds(length),
                error: error.clone(),
            })
        })
    }

    /// Whether nothing is to be sent any more.
    pub fn is_settled(&self) -> bool {
        let is_waiting = |piece: &Piece| piece.outcome == Outcome::Waiting;
        self.detector.speaking_since().is_none() && !self.pieces.iter().any(is_waiting)
    }

    /// How long was listened, in milliseconds.
    pub fn listened_ms(&self) -> u32 {
        milliseconds(self.detector.position())
    }

    /// How long was spoken, in milliseconds: the pieces alone.
    pub fn spoken_ms(&self) -> u32 {
        let spoken = self.pieces.iter().map(|piece| match &piece.outcome {
            Outcome::Heard(words) => words.heard_ms,
            _ => milliseconds(piece.audio.len()),
        });
        spoken.sum()
    }

    /// For how long nobody has spoken, in milliseconds.
    pub fn silent_ms(&self) -> u32 {
        milliseconds(self.detector.position().saturating_sub(self.last_spoken))
    }

    /// How loud it is, from 0 to 1.
    pub fn level(&self) -> f32 {
        self.detector.level()
    }

    /// What is to be kept, of pieces that have changed since the last time.
    pub fn unkept(&mut self) -> Vec<KeptPiece> {
        let changed = self.pieces.iter_mut().filter(|piece| !piece.is_kept);
        changed
            .map(|piece| {
                piece.is_kept = true;
                KeptPiece {
                    name: piece.name.clone(),
                    wav: file(&piece.audio),
                    heard: match &piece.outcome {
                        Outcome::Heard(words) => Some(words.clone()),
                        _ => None,
                    },
                }
            })
            .collect()
    }

    /// What is being said, as it is to be kept until it is a piece of that name.
    pub fn unfinished(&self) -> Option<KeptPiece> {
        let start = self.detector.speaking_since()?;
        Some(KeptPiece {
            name: self.next_name(),
            wav: file(&self.sound(&(start..self.detector.position()))),
            heard: None,
        })
    }

    /// The names of all pieces.
    pub fn names(&self) -> Vec<String> {
        self.pieces.iter().map(|piece| piece.name.clone()).collect()
    }
}

/// As it is kept; of what needs no listening any more, nothing.
fn file(audio: &[f32]) -> Vec<u8> {
    if audio.is_empty() {
        Vec::new()
    } else {
        wav::encode(audio, LISTENING_RATE)
    }
}

fn words_of(piece: &Piece) -> Option<&str> {
    match &piece.outcome {
        Outcome::Heard(words) => Some(&words.text),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
