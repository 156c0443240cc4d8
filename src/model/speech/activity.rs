//! When somebody speaks: found from loudness alone, against a room whose noise is learned on the way.

use super::room::{FRAME, Frames, Room};
use std::ops::Range;

/// What sound is listened at, in Hz.
pub const LISTENING_RATE: u32 = 16_000;

/// How many of the last frames have to be loud for speech to have begun, and of how many: a click is shorter.
const ONSET_FRAMES: u32 = 3;
const ONSET_WINDOW: u32 = 5;
/// Kept of what comes after the last loud frame, for words fade out: 200 ms. A pause is never shorter.
const FADE: usize = 10 * FRAME;
/// What is quieter than this nobody says, in dB of the full scale: to begin, and to go on.
const BEGIN_DB: f32 = -52.0;
const GO_ON_DB: f32 = -57.0;
/// How much louder than the room speech is, in dB: to begin, and to go on.
const BEGIN_ABOVE_ROOM_DB: f32 = 10.0;
const GO_ON_ABOVE_ROOM_DB: f32 = 6.0;
/// Where a meter begins and where it is full, in dB.
const METER_DB: Range<f32> = -56.0..-14.0;
/// Earliest place, as a share of the longest segment, at which one that is too long is cut.
const EARLIEST_CUT: usize = 3;
/// What has to be quiet around such a cut: 100 ms.
const CUT_FRAMES: usize = 5;

/// How pauses are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivityRules {
    /// Quiet after which somebody pauses, in milliseconds.
    pub pause_ms: u32,
    /// Quiet after which they have finished, in milliseconds.
    pub end_ms: u32,
    /// What is kept of the time before the first loud sound, in milliseconds: words begin softly.
    pub pre_roll_ms: u32,
    /// Longest time from a beginning to an end, in milliseconds; who speaks on is cut where it is quietest.
    pub longest_ms: u32,
}

impl ActivityRules {
    /// For speech that becomes text bit by bit. Models that listen take 25 s and more at once.
    pub const DICTATION: Self = Self {
        pause_ms: 360,
        end_ms: 700,
        pre_roll_ms: 300,
        longest_ms: 24_000,
    };
}

/// What somebody does. Places are samples since the beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activity {
    /// They speak, from here on.
    Began(usize),
    /// They pause; what they have said ends here if they do not go on.
    Paused(usize),
    /// They go on after a pause.
    WentOn,
    /// They have finished; this is all of it.
    Ended(Range<usize>),
}

/// Finds speech in sound of one channel at [`LISTENING_RATE`] that is handed over bit by bit, of any lengths.
#[derive(Clone, Debug)]
pub struct ActivityDetector {
    rules: ActivityRules,
    frames: Frames,
    room: Room,
    /// Samples of all whole frames.
    position: usize,
    /// Where the last speech ended; what comes next does not reach into it.
    floor: usize,
    /// The last frames, a bit each: whether it was loud.
    onset: u32,
    speech: Option<Speech>,
    level: f32,
}

/// Speech that goes on.
#[derive(Clone, Debug)]
struct Speech {
    start: usize,
    /// The end of the last loud frame.
    loud_until: usize,
    is_paused: bool,
    /// How loud each frame was, from the start on.
    loudness: Vec<f32>,
}

impl ActivityDetector {
    /// Before the first sound.
    #[must_use]
    pub fn new(rules: ActivityRules) -> Self {
        let fade_ms = milliseconds(FADE);
        let rules = ActivityRules {
            pause_ms: rules.pause_ms.max(fade_ms),
            end_ms: rules.end_ms.max(fade_ms),
            longest_ms: rules.longest_ms.max(1_000),
            ..rules
        };
        Self {
            rules,
            frames: Frames::default(),
            room: Room::default(),
            position: 0,
            floor: 0,
            onset: 0,
            speech: None,
            level: 0.0,
        }
    }

    /// Listens on. Tells what happened, in order.
    pub fn push(&mut self, samples: &[f32]) -> Vec<Activity> {
        let mut told = Vec::new();
        let Self { frames, .. } = self;
        for decibels in frames.push(samples) {
            self.hear(decibels, &mut told);
        }
        told
    }

    /// Nothing follows. Tells the end of what is being said, if somebody speaks.
    pub fn finish(&mut self) -> Option<Activity> {
        let speech = self.speech.take()?;
        let end = if speech.is_paused {
            speech.loud_until + FADE
        } else {
            self.position
        };
        self.floor = end;
        Some(Activity::Ended(speech.start..end))
    }

    /// Where the speech that goes on began.
    #[must_use]
    pub fn speaking_since(&self) -> Option<usize> {
        self.speech.as_ref().map(|speech| speech.start)
    }

    /// How far it has listened, in samples: a little less than it was given.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Before this nothing matters any more: neither what is being said nor what may turn out to have begun.
    #[must_use]
    pub fn needed_from(&self) -> usize {
        let onset = ONSET_WINDOW as usize * FRAME + samples(self.rules.pre_roll_ms);
        let idle = self.position.saturating_sub(onset).max(self.floor);
        self.speaking_since().unwrap_or(idle)
    }

    /// How loud it is just now, for a meter: from 0 to 1.
    #[must_use]
    pub fn level(&self) -> f32 {
        self.level
    }

    fn hear(&mut self, decibels: f32, told: &mut Vec<Activity>) {
        let room = self.room.hear(decibels);
        self.position += FRAME;
        let meter = (decibels - METER_DB.start) / (METER_DB.end - METER_DB.start);
        // It rises at once and falls slowly, as eyes like it.
        self.level = meter.clamp(0.0, 1.0).max(self.level * 0.85);
        let Some(speech) = &mut self.speech else {
            let is_loud = decibels > (room + BEGIN_ABOVE_ROOM_DB).max(BEGIN_DB);
            self.begin(is_loud, told);
            return;
        };
        speech.loudness.push(decibels);
        if decibels > (room + GO_ON_ABOVE_ROOM_DB).max(GO_ON_DB) {
            speech.loud_until = self.position;
            if std::mem::take(&mut speech.is_paused) {
                told.push(Activity::WentOn);
            }
        }
        self.end(told);
    }

    fn begin(&mut self, is_loud: bool, told: &mut Vec<Activity>) {
        self.onset = (self.onset << 1 | u32::from(is_loud)) & ((1 << ONSET_WINDOW) - 1);
        if self.onset.count_ones() < ONSET_FRAMES {
            return;
        }
        let first_loud = (u32::BITS - self.onset.leading_zeros()) as usize * FRAME;
        let onset = self.position.saturating_sub(first_loud);
        let start = onset
            .saturating_sub(samples(self.rules.pre_roll_ms))
            .max(self.floor);
        self.onset = 0;
        self.speech = Some(Speech {
            start,
            loud_until: self.position,
            is_paused: false,
            loudness: Vec::new(),
        });
        told.push(Activity::Began(start));
    }

    fn end(&mut self, told: &mut Vec<Activity>) {
        let Some(speech) = &mut self.speech else {
            return;
        };
        let quiet = self.position - speech.loud_until;
        if quiet >= samples(self.rules.end_ms) {
            let said = speech.start..speech.loud_until + FADE;
            self.floor = said.end;
            self.speech = None;
            told.push(Activity::Ended(said));
        } else if quiet >= samples(self.rules.pause_ms) && !speech.is_paused {
            speech.is_paused = true;
            told.push(Activity::Paused(speech.loud_until + FADE));
        } else if self.position - speech.start >= samples(self.rules.longest_ms) {
            self.cut(told);
        }
    }

    /// Ends what goes on too long where it is quietest, and begins anew there.
    fn cut(&mut self, told: &mut Vec<Activity>) {
        let Some(speech) = &mut self.speech else {
            return;
        };
        let frames = speech.loudness.len();
        let windows = speech.loudness.windows(CUT_FRAMES).enumerate();
        let quietest = windows
            .skip(frames / EARLIEST_CUT)
            .map(|(first, window)| (first, window.iter().sum::<f32>()))
            .reduce(|best, next| if next.1 <= best.1 { next } else { best });
        let kept = frames - quietest.map_or(frames, |(first, _)| first + CUT_FRAMES / 2);
        let place = self.position - kept * FRAME;
        let start = std::mem::replace(&mut speech.start, place);
        speech.loudness.drain(..frames - kept);
        speech.loud_until = speech.loud_until.max(place);
        let was_paused = std::mem::take(&mut speech.is_paused);
        self.floor = place;
        if was_paused {
            told.push(Activity::WentOn);
        }
        told.extend([Activity::Ended(start..place), Activity::Began(place)]);
    }
}

/// A time as samples.
#[must_use]
pub const fn samples(ms: u32) -> usize {
    ms as usize * (LISTENING_RATE as usize / 1_000)
}

/// Samples as a time in milliseconds.
#[must_use]
pub fn milliseconds(samples: usize) -> u32 {
    u32::try_from(samples / (LISTENING_RATE as usize / 1_000)).unwrap_or(u32::MAX)
}
