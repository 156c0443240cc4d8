//! Whether somebody speaks into what is being said: longer than a cough, and louder than what is left of the loudspeaker.

use crate::model::speech::{
    room::{FRAME, Frames, Room},
    samples,
};

/// Frames that are looked at, 20 ms each: 400 ms, in which a short pause between syllables does not count.
const WINDOW: u32 = 20;
/// Of them, how many have to be loud: 250 ms.
const SUSTAINED: u32 = 13;
/// How many, where nothing is being said: 160 ms, more than a loudspeaker's last breath.
const BRIEF: u32 = 8;
/// How loud speech is at least, in dB of the full scale and above the room.
const SOFT: (f32, f32) = (-52.0, 10.0);
/// The same while the loudspeaker sounds. Echo cancellation leaves at most about -45 dB of it.
const HARD: (f32, f32) = (-38.0, 15.0);
/// Kept of the time before the first loud frame: words begin softly.
const BEFORE: usize = samples(500);

/// What somebody has to outdo to be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bar {
    /// Nothing is being said.
    Quiet,
    /// The answer is being thought.
    Thinking,
    /// The answer sounds.
    Sounding,
}

/// Measures how long and how loud it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Gate {
    frames: Frames,
    room: Room,
    position: usize,
    /// The last frames, a bit each, the last one lowest: whether it was loud, and whether it was very loud.
    soft: u32,
    hard: u32,
}

impl Gate {
    pub(super) fn push(&mut self, heard: &[f32]) {
        for decibels in self.frames.push(heard) {
            let room = self.room.hear(decibels);
            let is_over = |(least, above): (f32, f32)| decibels > least.max(room + above);
            let note = |bits: u32, is_loud| (bits << 1 | u32::from(is_loud)) & ((1 << WINDOW) - 1);
            self.soft = note(self.soft, is_over(SOFT));
            self.hard = note(self.hard, is_over(HARD));
            self.position += FRAME;
        }
    }

    /// From where on somebody speaks, if they outdo the bar.
    pub(super) fn opens(&self, bar: Bar) -> Option<usize> {
        let (bits, least) = match bar {
            Bar::Quiet => (self.soft, BRIEF),
            Bar::Thinking => (self.soft, SUSTAINED),
            Bar::Sounding => (self.hard, SUSTAINED),
        };
        if bits.count_ones() < least {
            return None;
        }
        let first_loud = (u32::BITS - bits.leading_zeros()) as usize * FRAME;
        Some(self.position.saturating_sub(first_loud + BEFORE))
    }

    /// What was heard until now counts for nothing.
    pub(super) fn forget(&mut self) {
        (self.soft, self.hard) = (0, 0);
    }
}
