//! The reading of one answer.

use super::lines::Lines;
use crate::{
    browser::{speaker::Speaker, spotlight::Spotlight},
    model::{AppError, speech::tempo::Tempo},
    ui::reading::{Asked, ReadingPlace, ReadingState},
};
use futures::future::AbortHandle;

/// Samples that are queued at once: a fifth of a second, after which another speed is heard.
const CHUNK: usize = 4_800;
/// Seconds of sound that are queued: a page that nobody looks at is called once a second.
const AHEAD_S: f64 = 2.0;
/// With so much queued there is time to wait for a longer piece.
const ENOUGH_S: f64 = 0.4;

/// What a queued sound is.
struct Mark {
    line: u32,
    /// Where in the sentence it begins, to be able to go on from there.
    from: Tempo,
    /// Where it ends, in samples of the sentence.
    to: f64,
}

/// An answer that is read, and where in it.
pub(super) struct Reading {
    pub(super) asked: Asked,
    /// Whether the browser was asked to let it be heard, and did not answer yet.
    pub(super) is_starting: bool,
    pub(super) lines: Lines,
    pub(super) saving: Option<AbortHandle>,
    speaker: Speaker<Mark>,
    spotlight: Spotlight,
    speed: f32,
    /// The sentence whose sound is queued next, and where in it.
    next: usize,
    tempo: Tempo,
    is_paused: bool,
}

impl Drop for Reading {
    fn drop(&mut self) {
        if let Some(saving) = self.saving.take() {
            saving.abort();
        }
    }
}

impl Reading {
    /// `None` where the browser cannot play.
    pub(super) fn new(asked: Asked, speed: f32) -> Option<Self> {
        Some(Self {
            spotlight: Spotlight::new(asked.message),
            asked,
            is_starting: false,
            lines: Lines::default(),
            saving: None,
            speaker: Speaker::new()?,
            speed,
            next: 0,
            tempo: Tempo::new(speed),
            is_paused: false,
        })
    }

    pub(super) fn wants_sound(&self) -> bool {
        !self.is_paused
    }

    pub(super) fn grow(&mut self, text: &str, is_whole: bool) {
        self.lines.grow(text, is_whole, self.next);
    }

    pub(super) fn pause(&mut self) {
        self.is_paused = true;
        self.speaker.pause();
    }

    /// Goes on after a pause, tries a sentence again that failed, begins anew after the end.
    pub(super) fn resume(&mut self) {
        self.is_paused = false;
        if self.is_over() {
            self.go_to(0);
        } else if self
            .lines
            .get(self.next)
            .is_some_and(|line| line.clip.problem.is_some())
        {
            self.lines.retry(self.next);
            self.tempo = Tempo::new(self.speed);
        }
    }

    pub(super) fn skip(&mut self, by: i32) {
        let last = self.lines.len().saturating_sub(1);
        let by = isize::try_from(by).unwrap_or_default();
        let to = self.heard().saturating_add_signed(by).min(last);
        self.is_paused = false;
        self.go_to(to);
    }

    fn go_to(&mut self, index: usize) {
        self.speaker.hush();
        self.next = index;
        self.tempo = Tempo::new(self.speed);
        self.lines.retry(index);
    }

    /// What is queued is taken back and made anew.
    pub(super) fn set_speed(&mut self, speed: f32) {
        self.speed = speed;
        self.take_back();
        self.tempo = self.tempo.at(speed);
    }

    fn take_back(&mut self) {
        if let Some(mark) = self.speaker.take_back()
            && let Some(index) = self.lines.index_of(mark.line)
        {
            self.next = index;
            self.tempo = mark.from;
        }
    }

    /// Another voice begins with the sentence that is heard.
    pub(super) fn forget_sound(&mut self) {
        let heard = self.heard();
        self.lines.forget_sound();
        if !self.is_over() {
            self.go_to(heard);
        }
    }

    /// Reads the rows of the table that was announced last.
    pub(super) fn read_rows(&mut self) {
        let heard = self.heard();
        if self.lines.insert_rows(heard) {
            self.take_back();
            if self.next > heard {
                self.next = heard + 1;
                self.tempo = Tempo::new(self.speed);
            }
            self.is_paused = false;
        }
    }

    pub(super) fn fetching(&mut self, line: u32, stop: AbortHandle) {
        self.lines.fetching(line, stop);
    }

    pub(super) fn arrived(&mut self, line: u32, samples: &[f32]) {
        if let Some(clip) = self.lines.clip_mut(line) {
            clip.samples.extend_from_slice(samples);
        }
    }

    pub(super) fn ended(&mut self, line: u32, problem: Option<AppError>) {
        self.lines.ended(line, problem);
    }

    pub(super) fn take_wanted(&mut self) -> Vec<(u32, String)> {
        match self.is_paused {
            true => Vec::new(),
            false => self.lines.take_wanted(self.next),
        }
    }

    /// Queues sound until there is enough of it.
    pub(super) fn fill(&mut self) {
        while !self.is_paused && self.speaker.ahead_s() < AHEAD_S {
            let Some(line) = self.lines.get(self.next) else {
                break;
            };
            let clip = &line.clip;
            if clip.is_whole && self.tempo.is_over(clip.samples.len()) {
                self.next += 1;
                self.tempo = Tempo::new(self.speed);
                // What failed before it was due has another chance.
                self.lines.retry(self.next);
                continue;
            }
            let mut tempo = self.tempo;
            let sound = tempo.stretch(&clip.samples, clip.is_whole, CHUNK);
            let is_short = !clip.is_whole && clip.problem.is_none() && sound.len() < CHUNK;
            if sound.is_empty() || (is_short && self.speaker.ahead_s() > ENOUGH_S) {
                break;
            }
            let mark = Mark {
                line: line.id,
                from: self.tempo,
                to: tempo.position(),
            };
            self.speaker.play(&sound, mark);
            self.tempo = tempo;
        }
    }

    fn is_over(&self) -> bool {
        self.lines.is_whole() && self.next >= self.lines.len() && self.speaker.ahead_s() <= 0.0
    }

    pub(super) fn state(&self) -> ReadingState {
        if self.is_over() {
            return ReadingState::Finished;
        }
        if self.is_paused {
            return ReadingState::Paused;
        }
        if !self.speaker.is_running() && !self.is_starting {
            return ReadingState::Blocked;
        }
        if self.speaker.ahead_s() > 0.0 {
            return ReadingState::Playing;
        }
        match self.lines.get(self.next) {
            None => ReadingState::Waiting,
            Some(line) => match &line.clip.problem {
                Some(problem) => ReadingState::Failed(problem.clone()),
                None => ReadingState::Loading,
            },
        }
    }

    /// The sentence that is heard, or else the next one.
    fn heard(&mut self) -> usize {
        let sounding = match self.speaker.ahead_s() > 0.0 {
            true => self.speaker.now().map(|(mark, _)| mark.line),
            false => None,
        };
        let sounding = sounding.and_then(|line| self.lines.index_of(line));
        let last = self.lines.len().saturating_sub(1);
        sounding.unwrap_or(self.next).min(last)
    }

    pub(super) fn place(&mut self) -> ReadingPlace {
        let sentence = self.heard();
        let line = self.lines.get(sentence);
        ReadingPlace {
            sentence,
            count: self.lines.len(),
            is_whole: self.lines.is_whole(),
            words: line
                .map(|line| line.sentence.text.clone())
                .unwrap_or_default(),
            has_rows: line.is_some_and(|line| !line.sentence.rows.is_empty()),
        }
    }

    /// Marks the sentence on the page.
    pub(super) fn show_place(&mut self) {
        if self.is_over() || self.lines.len() == 0 {
            return self.spotlight.clear();
        }
        let heard = self.heard();
        let sentences = self.lines.iter().map(|line| line.sentence.text.as_str());
        self.spotlight.show(sentences, heard);
    }

    /// How many characters have been heard.
    pub(super) fn said(&mut self) -> usize {
        if self.is_over() {
            return self
                .lines
                .iter()
                .map(|line| line.sentence.text.chars().count())
                .sum();
        }
        let heard = self.heard();
        let before = self.lines.iter().take(heard);
        let before: usize = before.map(|line| line.sentence.text.chars().count()).sum();
        let Some((mark, part)) = self.speaker.now() else {
            return before;
        };
        let (from, to) = (mark.from.position(), mark.to);
        let Some(line) = self.lines.get(heard).filter(|line| line.id == mark.line) else {
            return before;
        };
        let at = from + (to - from) * part;
        before
            + share(
                line.sentence.text.chars().count(),
                at,
                line.clip.samples.len(),
            )
    }
}

/// The part of a sentence's characters that is heard by a sample of it.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few hundred characters"
)]
fn share(characters: usize, at: f64, samples: usize) -> usize {
    let part = (at / (samples.max(1) as f64)).clamp(0.0, 1.0);
    (characters as f64 * part) as usize
}
