//! The sentences of an answer, each with its sound as far as it has come.

use crate::model::{
    AppError,
    speech::{GrowingSpeech, Sentence},
};
use futures::future::AbortHandle;

/// So many sentences before and behind the one that is next keep their sound; others ask for it again.
const KEPT: usize = 24;
/// So many sentences are asked for at once: the next one, and two more so that none is waited for.
const PREFETCHED: usize = 3;

/// One sentence.
pub(super) struct Line {
    /// Tells it from all others of this reading.
    pub(super) id: u32,
    pub(super) sentence: Sentence,
    pub(super) clip: Clip,
}

/// The sound of a sentence, at its usual speed.
#[derive(Default)]
pub(super) struct Clip {
    pub(super) samples: Vec<f32>,
    pub(super) is_whole: bool,
    pub(super) problem: Option<AppError>,
    request: Option<AbortHandle>,
}

impl Drop for Clip {
    fn drop(&mut self) {
        if let Some(request) = self.request.take() {
            request.abort();
        }
    }
}

impl Clip {
    fn is_begun(&self) -> bool {
        self.is_whole || self.request.is_some() || self.problem.is_some()
    }
}

/// All sentences that are known so far.
#[derive(Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
    growing: GrowingSpeech,
    /// The text that they were made of.
    text: String,
    is_whole: bool,
    last_id: u32,
}

impl Lines {
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether the answer has no more.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    pub(super) fn get(&self, index: usize) -> Option<&Line> {
        self.lines.get(index)
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, Line> {
        self.lines.iter()
    }

    pub(super) fn index_of(&self, id: u32) -> Option<usize> {
        self.lines.iter().position(|line| line.id == id)
    }

    pub(super) fn clip_mut(&mut self, id: u32) -> Option<&mut Clip> {
        let line = self.lines.iter_mut().find(|line| line.id == id)?;
        Some(&mut line.clip)
    }

    /// Takes what the text is by now. Of one that became another text, sentences up to `heard` stay.
    pub(super) fn grow(&mut self, text: &str, is_whole: bool, heard: usize) {
        if self.is_whole {
            return;
        }
        let found = match text.strip_prefix(self.text.as_str()) {
            Some(more) => self.growing.push(more),
            None => {
                self.growing = GrowingSpeech::new();
                let all = self.growing.push(text);
                let pairs = self.lines.iter().zip(&all);
                let same = pairs
                    .take_while(|(line, one)| line.sentence == **one)
                    .count();
                let kept = same.max((heard + 1).min(self.lines.len()));
                self.lines.truncate(kept);
                all.into_iter().skip(kept).collect()
            }
        };
        text.clone_into(&mut self.text);
        self.insert(self.lines.len(), found);
        if is_whole {
            self.is_whole = true;
            let rest = self.growing.finish();
            self.insert(self.lines.len(), rest);
        }
    }

    /// Puts the rows of a table behind its announcement; whether there are any.
    pub(super) fn insert_rows(&mut self, announcement: usize) -> bool {
        let line = self.lines.get_mut(announcement);
        let rows = line.map(|line| std::mem::take(&mut line.sentence.rows));
        let rows = rows.unwrap_or_default().into_iter().map(|text| Sentence {
            text,
            rows: Vec::new(),
        });
        let rows: Vec<_> = rows.collect();
        let is_any = !rows.is_empty();
        self.insert(announcement + 1, rows);
        is_any
    }

    fn insert(&mut self, at: usize, sentences: Vec<Sentence>) {
        let lines: Vec<_> = sentences
            .into_iter()
            .map(|sentence| {
                self.last_id += 1;
                Line {
                    id: self.last_id,
                    sentence,
                    clip: Clip::default(),
                }
            })
            .collect();
        self.lines.splice(at..at, lines);
    }

    /// Forgets what a sentence failed with, so that it is asked for again.
    pub(super) fn retry(&mut self, index: usize) {
        if let Some(line) = self.lines.get_mut(index)
            && line.clip.problem.is_some()
        {
            line.clip = Clip::default();
        }
    }

    /// Forgets all sound.
    pub(super) fn forget_sound(&mut self) {
        for line in &mut self.lines {
            line.clip = Clip::default();
        }
    }

    /// What is to be asked for when `next` is due: identifiers and texts. Lets go of what is far from there.
    pub(super) fn take_wanted(&mut self, next: usize) -> Vec<(u32, String)> {
        for (index, line) in self.lines.iter_mut().enumerate() {
            if index.abs_diff(next) > KEPT && line.clip.is_begun() {
                line.clip = Clip::default();
            }
        }
        let near = self.lines.iter().skip(next).take(PREFETCHED);
        near.filter(|line| !line.clip.is_begun())
            .map(|line| (line.id, line.sentence.text.clone()))
            .collect()
    }

    /// Notes that a sentence is on its way.
    pub(super) fn fetching(&mut self, id: u32, stop: AbortHandle) {
        match self.clip_mut(id) {
            Some(clip) => clip.request = Some(stop),
            None => stop.abort(),
        }
    }

    /// Notes that nothing more comes of a sentence.
    pub(super) fn ended(&mut self, id: u32, problem: Option<AppError>) {
        if let Some(clip) = self.clip_mut(id) {
            clip.request = None;
            clip.is_whole = problem.is_none();
            clip.problem = problem;
        }
    }
}
