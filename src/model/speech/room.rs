//! How loud sound is, frame by frame, and how loud the room is in which somebody speaks.

use std::collections::VecDeque;

/// What loudness is measured over, in samples at 16 kHz: 20 ms.
pub const FRAME: usize = 320;

/// What hums below voices, as mains and desks do, is taken out: nothing is left of a steady pressure, half of 100 Hz.
const HUM: f32 = 0.96;
/// Frames that loudness is averaged over before it counts as the room's: 60 ms, shorter than what lies between syllables.
const SMOOTHED: usize = 3;
/// For how many frames the room is as quiet as its quietest moment: 3 s. Noise that sets in is the room after that.
const MEMORY: usize = 150;
/// While the room is still unknown, 1.5 s, it counts as no louder than this, in dB: who speaks at once is heard.
const UNKNOWN: usize = 75;
const UNKNOWN_DB: f32 = -62.0;

/// Cuts sound into frames and measures them.
#[derive(Clone, Debug, Default)]
pub(super) struct Frames {
    before: f32,
    filtered: f32,
    energy: f32,
    length: usize,
}

impl Frames {
    /// The loudness of each frame that is whole by now, in dB of the full scale.
    pub(super) fn push(&mut self, samples: &[f32]) -> Vec<f32> {
        let mut loudness = Vec::with_capacity(samples.len() / FRAME + 1);
        for sample in samples {
            // What is no number is no sound.
            let sample = if sample.is_finite() { *sample } else { 0.0 };
            self.filtered = sample - self.before + HUM * self.filtered;
            self.before = sample;
            self.energy += self.filtered * self.filtered;
            self.length += 1;
            if self.length == FRAME {
                loudness.push(decibels(self.energy));
                (self.energy, self.length) = (0.0, 0);
            }
        }
        loudness
    }
}

#[expect(clippy::cast_precision_loss, reason = "a frame is short")]
fn decibels(energy: f32) -> f32 {
    // The smallest step of 16 bits is at -90 dB; nothing below it differs from nothing.
    10.0 * (energy / FRAME as f32).max(1e-9).log10()
}

/// The room: as loud as its quietest moment of late.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    recent: VecDeque<f32>,
    /// Smoothed loudness that may yet be the quietest, with its frame: each is louder than the one before it.
    candidates: VecDeque<(usize, f32)>,
    heard: usize,
}

impl Room {
    /// Hears a frame, and tells how loud the room is, in dB.
    #[expect(clippy::cast_precision_loss, reason = "a few frames")]
    pub(super) fn hear(&mut self, decibels: f32) -> f32 {
        self.recent.push_back(decibels);
        if self.recent.len() > SMOOTHED {
            self.recent.pop_front();
        }
        let smoothed = self.recent.iter().sum::<f32>() / self.recent.len() as f32;
        while self
            .candidates
            .back()
            .is_some_and(|last| last.1 >= smoothed)
        {
            self.candidates.pop_back();
        }
        self.candidates.push_back((self.heard, smoothed));
        self.heard += 1;
        while (self.candidates.front()).is_some_and(|first| first.0 + MEMORY < self.heard) {
            self.candidates.pop_front();
        }
        let quietest = self.candidates.front().map_or(smoothed, |first| first.1);
        if self.heard < UNKNOWN {
            quietest.min(UNKNOWN_DB)
        } else {
            quietest
        }
    }
}
